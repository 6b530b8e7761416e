#include "evaluation/localisation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "evaluation/pose_sequence.h"
#include "unit/evaluation/scripted_assessor.h"

namespace trackfit::evaluation {
namespace {

using ::testing::ElementsAre;

TEST(RankJoints, PutsTheWorstFirstAndLeavesOutTheUnjudged) {
  assessment::Assessment assessment;
  for (auto& error : assessment.joint_errors) error.judged = false;
  assessment.joint_errors[3] = {.error = 0.1F, .percentile = 99};
  assessment.joint_errors[7] = {.error = 0.2F, .percentile = 99};
  assessment.joint_errors[9] = {.error = 5, .percentile = 50};
  EXPECT_THAT(RankJoints(assessment), ElementsAre(7, 3, 9));
}

TEST(FirstHit, IsThePlaceOfTheFirstWrongJoint) {
  EXPECT_EQ(FirstHit(std::vector{7, 3, 9}, std::vector{9, 3}), 2);
  EXPECT_EQ(FirstHit(std::vector{7, 3, 9}, std::vector{1}), 0);
}

TEST(HitRates, CountOverAllAndByKind) {
  const auto fault = [](const char* what, int hit) {
    return LocalisedFault{.id = "", .what = what, .first_hit = hit, .judged = 10, .wrong_judged = 1};
  };
  const auto rates = HitRates({fault("arm", 1), fault("arm", 3), fault("leg", 4), fault("leg", 0)});
  ASSERT_EQ(rates.size(), 3U);
  EXPECT_EQ(rates[0].what, "all");
  EXPECT_DOUBLE_EQ(rates[0].rate1(), 0.25);
  EXPECT_DOUBLE_EQ(rates[0].rate3(), 0.5);
  EXPECT_NEAR(rates[0].chance3, 0.3, 1e-9);
  EXPECT_EQ(rates[1].what, "arm");
  EXPECT_DOUBLE_EQ(rates[1].rate3(), 1);
  EXPECT_DOUBLE_EQ(rates[2].rate3(), 0);
}

// Blames every joint by how far it is from where MakeClip() has it, on a picture that is square anyway.
assessment::Assessment BlameWhatMoved(std::span<const skeleton::Pose> window, const std::string& expected) {
  assessment::Assessment assessment = Squat(0.9F);
  assessment.judged_exercise = expected;
  const skeleton::Pose original = testing::MakePose(static_cast<int>(window.front().sequence));
  for (int j = 0; j < skeleton::kJointCount; ++j) {
    const skeleton::Landmark &a = original.landmarks[j], &b = window.front().landmarks[j];
    const float distance = std::hypot(a.x - b.x, a.y - b.y);
    assessment.joint_errors[j] = {.error = distance, .percentile = distance > 1e-3F ? 100.0F : 10.0F};
  }
  return assessment;
}

TEST(Localise, DisturbsRealCorrectClipsWhereItSays) {
  std::vector<dataset::Clip> clips;
  for (int frames = 30; frames < 50; ++frames) clips.push_back(MakeClip("squat", frames));
  clips.push_back(MakeClip("squat", 60, "incorrect"));
  clips.push_back(MakeClip("other", 60));
  const auto result = Localise(Scripted(BlameWhatMoved), clips, 1);
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->limbs.size(), 20U);
  ASSERT_EQ(result->joints.size(), 20U);
  EXPECT_DOUBLE_EQ(HitRates(result->limbs)[0].rate1(), 1);
  EXPECT_DOUBLE_EQ(HitRates(result->joints)[0].rate1(), 1);
  EXPECT_GT(HitRates(result->limbs).size(), 3U) << "several limbs";
  EXPECT_EQ(result->undisturbed, 20);
  EXPECT_EQ(result->unflagged, 20);
}

TEST(Localise, DisturbsOnlyWhatIsSeen) {
  dataset::Clip clip = MakeClip("squat", 40);
  for (skeleton::Pose& pose : clip.poses) {
    for (int j = 0; j < skeleton::kJointCount; ++j) {
      const bool arm = j == skeleton::kLeftShoulder || j == skeleton::kLeftElbow;
      if (!arm) pose.landmarks[j].visibility = 0.2F;
    }
  }
  const auto result = Localise(Scripted(BlameWhatMoved), {clip}, 1);
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->limbs.size(), 1U);
  EXPECT_EQ(result->limbs[0].what, "left arm");
  ASSERT_EQ(result->joints.size(), 1U);
  EXPECT_EQ(result->joints[0].what, "left_elbow");
}

TEST(Localise, ShowsEveryFaultOfTheExercisesThatTheModelKnows) {
  const auto result = Localise(Scripted(BlameWhatMoved), {}, 2);
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->faults.size(), 12U) << "three of squats and three of curls, twice each";
  EXPECT_EQ(HitRates(result->faults).size(), 7U);
  EXPECT_EQ(result->faults[0].wrong_judged, 2);
}

}  // namespace
}  // namespace trackfit::evaluation
