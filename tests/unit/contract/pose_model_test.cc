#include "contract/pose_model.h"

#include <gtest/gtest.h>

namespace trackfit::contract {
namespace {

TEST(PoseModel, IsReadAsItIsWritten) {
  EXPECT_EQ(*ParsePoseModel("pose_model", "lite"), v1::POSE_MODEL_LITE);
  EXPECT_EQ(*ParsePoseModel("pose_model", "full"), v1::POSE_MODEL_FULL);
  EXPECT_EQ(*ParsePoseModel("pose_model", "heavy"), v1::POSE_MODEL_HEAVY);
  EXPECT_EQ(ParsePoseModel("--pose-model", "ful").status(),
            absl::InvalidArgumentError("--pose-model is \"ful\"; it must be lite, full or heavy"));
}

}  // namespace
}  // namespace trackfit::contract
