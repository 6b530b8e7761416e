#include "blazepose/pose_engines.h"

#include <gtest/gtest.h>

#include "models.h"

namespace trackfit::blazepose {
namespace {

TEST(PoseEngines, AreOneForEachWorker) {
  auto engines = PoseEngines::LoadWarm(testing::kBlazePoseFolder, ModelComplexity::kLite, 2);
  ASSERT_TRUE(engines.ok()) << engines.status();
  EXPECT_NE(&engines->OfWorker(0), &engines->OfWorker(1));
}

TEST(PoseEngines, FailAsTheirModelsDo) {
  const absl::Status status = PoseEngines::LoadWarm("no/such/folder", ModelComplexity::kFull, 1).status();
  EXPECT_EQ(status, LoadPoseModels("no/such/folder", ModelComplexity::kFull).status());
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace trackfit::blazepose
