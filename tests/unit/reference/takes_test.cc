#include "reference/takes.h"

#include <gtest/gtest.h>

#include <memory>

#include "reference/comparison.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::reference {
namespace {

const repetitions::Catalogue& Exercises() {
  static const auto kCatalogue = *repetitions::Catalogue::Load(TRACKFIT_EXERCISES);
  return *kCatalogue;
}

std::vector<skeleton::Pose> Poses(const synthesis::MotionOptions& motion) {
  return *synthesis::SynthesizePoses(
      {.motion = motion, .camera = synthesis::CameraOptions{.yaw_degrees = 60}, .noise = std::nullopt});
}

TEST(FindTakes, FindsEachRepetitionAndPrefersGoodForm) {
  std::vector<skeleton::Pose> poses = Poses({.exercise = "squat", .repetitions = 4, .seed = 3});
  const auto good = FindTakes(*Exercises().Find("squat"), poses);
  EXPECT_EQ(good.size(), 4U);
  const auto bad = FindTakes(
      *Exercises().Find("squat"),
      Poses({.exercise = "squat", .fault = "shallow", .fault_strength = 0.7, .repetitions = 4, .seed = 3}));
  ASSERT_GE(bad.size(), 2U);
  EXPECT_GT(good[1].score, bad[1].score);
}

TEST(FindTakes, LeavesOutWhatAGapOrAnotherPersonInterrupts) {
  const std::vector<skeleton::Pose> poses = Poses({.exercise = "squat", .repetitions = 4, .seed = 3});
  std::vector<skeleton::Pose> cut = poses;
  cut.erase(cut.begin() + static_cast<int>(poses.size() * 3 / 8),
            cut.begin() + static_cast<int>(poses.size() * 4 / 8));
  EXPECT_LT(FindTakes(*Exercises().Find("squat"), cut).size(), 4U);
  std::vector<skeleton::Pose> others = poses;
  for (size_t i = poses.size() * 3 / 8; i < poses.size(); ++i) others[i].person_id = 7;
  EXPECT_LT(FindTakes(*Exercises().Find("squat"), others).size(), 4U);
}

TEST(PartsOf, AreThoseOfTheConditions) {
  EXPECT_EQ(PartsOf(*Exercises().Find("squat")), (std::vector<Part>{Part::kTrunk, Part::kLegs}));
  EXPECT_EQ(PartsOf(*Exercises().Find("barbell_biceps_curl")),
            (std::vector<Part>{Part::kArms, Part::kTrunk}));
  EXPECT_EQ(PartsOf(repetitions::Exercise{}).size(), 3U);
}

TEST(FindTakes, FindsNoneInOtherMovements) {
  EXPECT_TRUE(FindTakes(*Exercises().Find("squat"), Poses({.exercise = "standing_idle"})).empty());
  EXPECT_TRUE(FindTakes(*Exercises().Find("squat"), {}).empty());
}

}  // namespace
}  // namespace trackfit::reference
