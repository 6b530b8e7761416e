#include "blazepose/pose_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace trackfit::blazepose {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(LoadPoseModels, SaysWhatToDoWhenAModelIsMissing) {
  const absl::Status status = LoadPoseModels("no/such/folder", ModelComplexity::kFull).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("no/such/folder/pose_detection.tflite"), HasSubstr("run tools/setup")));
}

TEST(ParseModelComplexity, KnowsTheThreeModels) {
  for (const ModelComplexity complexity :
       {ModelComplexity::kLite, ModelComplexity::kFull, ModelComplexity::kHeavy}) {
    EXPECT_EQ(*ParseModelComplexity(ModelComplexityName(complexity)), complexity);
  }
  EXPECT_THAT(std::string(ParseModelComplexity("huge").status().message()), HasSubstr("'huge'"));
}

}  // namespace
}  // namespace trackfit::blazepose
