#include "evaluation/stability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "coaching/knowledge.h"
#include "unit/evaluation/scripted_assessor.h"

namespace trackfit::evaluation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Knows squats by their left knee, and takes those without the right one for curls.
AssessorPtr KneeAssessor() {
  return Scripted([](auto window, const std::string&) {
    const auto sees = [&](int joint) { return window.front().landmarks[joint].visibility > 0; };
    assessment::Assessment assessment = Squat(0.9F, sees(skeleton::kLeftKnee));
    if (!sees(skeleton::kRightKnee)) assessment.exercise = "barbell_biceps_curl";
    return assessment;
  });
}

dataset::Clip Variant(const dataset::Clip& original, int number, const std::vector<int>& hidden = {}) {
  dataset::Clip variant = original;
  variant.id = dataset::VariantId(original.id, number);
  variant.variant = "mirrored";
  for (skeleton::Pose& pose : variant.poses) {
    for (const int joint : hidden) pose.landmarks[static_cast<size_t>(joint)].visibility = 0;
  }
  return variant;
}

TEST(MeasureStability, CountsVariantsWithAnotherVerdictThanTheirOriginal) {
  const dataset::Clip squat = MakeClip("squat", 60), still = MakeClip("squat", 70),
                      other = MakeClip("other", 60);
  const auto stability = MeasureStability(
      KneeAssessor(), {squat, Variant(squat, 1), Variant(squat, 2, {skeleton::kLeftKnee}),
                       Variant(squat, 3, {skeleton::kRightKnee}), other, Variant(other, 1), still});
  ASSERT_TRUE(stability.ok()) << stability.status();
  EXPECT_EQ(stability->all.clips, 2);
  EXPECT_EQ(stability->all.changed.right, 2);
  EXPECT_EQ(stability->all.changed.total, 4);
  EXPECT_EQ(stability->all.renamed.right, 1);
  EXPECT_EQ(stability->all.unstable, 1);
  ASSERT_EQ(stability->by_class.size(), 2U);
  EXPECT_EQ(stability->by_class[0].name, "squat");
  EXPECT_EQ(stability->by_class[0].changed.total, 3);
  EXPECT_EQ(stability->by_class[1].changed.right, 0);
  EXPECT_THAT(stability->changes, ElementsAre("squat60~2: squat > nothing known (mirrored)",
                                              "squat60~3: squat > barbell_biceps_curl (mirrored)"));
  EXPECT_THAT(ToText(*stability), HasSubstr("2 of 4,  50.0 %"));
  EXPECT_EQ(ToJson(*stability).at("all").at("changed").at("total"), 4);
}

TEST(MeasureStability, IsNotMovedByAnotherNameOfWhatIsNotKnown) {
  const dataset::Clip squat = Variant(MakeClip("squat", 60), 0, {skeleton::kLeftKnee});
  dataset::Clip original = squat;
  original.id = "a";
  dataset::Clip variant = Variant(original, 1, {skeleton::kRightKnee});
  const auto stability = MeasureStability(KneeAssessor(), {original, variant});
  ASSERT_TRUE(stability.ok()) << stability.status();
  EXPECT_EQ(stability->all.changed.right, 0);
  EXPECT_EQ(stability->all.renamed.right, 1);
}

TEST(MeasureStability, CountsTheLossOfTheAnswer) {
  const dataset::Clip squat = MakeClip("squat", 15);
  dataset::Clip shorter = Variant(squat, 1);
  shorter.poses.resize(10);
  const auto stability = MeasureStability(KneeAssessor(), {squat, shorter});
  ASSERT_TRUE(stability.ok()) << stability.status();
  EXPECT_EQ(stability->all.changed.right, 1);
}

TEST(MeasureStability, LetsTheCoachCountAsTheServersDo) {
  // Nobody squats in it, which the coach notices once it has waited long enough.
  const dataset::Clip still = MakeClip("squat", 450);
  dataset::Clip shorter = Variant(still, 1);
  shorter.poses.resize(60);
  const AssessorPtr sees_squats = Scripted([](auto, const std::string&) {
    assessment::Assessment assessment = Squat(0.9F);
    assessment.known_threshold = 0.5F;
    return assessment;
  });
  const auto by_windows = MeasureStability(sees_squats, {still, shorter});
  ASSERT_TRUE(by_windows.ok()) << by_windows.status();
  EXPECT_EQ(by_windows->all.changed.right, 0);
  RunOptions run;
  run.knowledge = coaching::Knowledge::Load("deploy/exercises").value();
  const auto with_coach = MeasureStability(sees_squats, {still, shorter}, run);
  ASSERT_TRUE(with_coach.ok()) << with_coach.status();
  EXPECT_EQ(with_coach->all.changed.right, 1);
}

TEST(MeasureStability, SaysNothingWithoutVariants) {
  const auto stability = MeasureStability(KneeAssessor(), {MakeClip("squat", 60)});
  ASSERT_TRUE(stability.ok()) << stability.status();
  EXPECT_EQ(ToText(*stability), "");
}

}  // namespace
}  // namespace trackfit::evaluation
