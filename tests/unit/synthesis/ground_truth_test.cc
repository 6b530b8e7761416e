#include "synthesis/ground_truth.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace trackfit::synthesis {
namespace {

TEST(GroundTruth, TellsFaultRepetitionsAndEveryJointOfEveryFrame) {
  const Motion motion =
      *SynthesizeMotion({.exercise = "squat", .fault = "knees_in", .repetitions = 2, .seed = 8});
  const auto cameras = *MakeCameraPath(ShowcaseCamera(motion, 8), motion);
  const auto text = GroundTruthJson(motion, cameras, 8);
  ASSERT_TRUE(text.ok()) << text.status();
  const nlohmann::json truth = nlohmann::json::parse(*text);
  EXPECT_EQ(truth["exercise"], "squat");
  EXPECT_EQ(truth["fault"], "knees_in");
  EXPECT_EQ(truth["wrong_joints"], (nlohmann::json{"left_knee", "right_knee"}));
  EXPECT_EQ(truth["repetitions"], 2);
  EXPECT_EQ(truth["repetition_spans"].size(), 2U);
  EXPECT_EQ(truth["repetition_spans"][1]["first_frame"], motion.repetitions[1].first);
  ASSERT_EQ(truth["frames"].size(), motion.frames.size());
  const auto& frame = truth["frames"][20];
  EXPECT_EQ(frame["timestamp_us"], 666667);
  const PixelPoint nose = Project(cameras[20], motion.frames[20][skeleton::kNose]);
  EXPECT_NEAR(frame["pixels"][0][0].get<double>(), nose.x, 0.01);
  EXPECT_NEAR(frame["metres"][0][1].get<double>(), motion.frames[20][0].y, 1e-3);
}

TEST(GroundTruth, SaysNullForCorrectForm) {
  const Motion motion = *SynthesizeMotion({.exercise = "squat", .repetitions = 1});
  const auto text = GroundTruthJson(motion, *MakeCameraPath({}, motion), 1);
  const nlohmann::json truth = nlohmann::json::parse(*text);
  EXPECT_TRUE(truth["fault"].is_null());
  EXPECT_TRUE(truth["wrong_joints"].empty());
}

TEST(GroundTruth, WantsACameraForEveryFrame) {
  const Motion motion = *SynthesizeMotion({.exercise = "squat", .repetitions = 1});
  EXPECT_EQ(GroundTruthJson(motion, {Camera{}}, 1).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace trackfit::synthesis
