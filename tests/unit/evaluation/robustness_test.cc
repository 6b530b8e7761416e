#include "evaluation/robustness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/evaluation/scripted_assessor.h"

namespace trackfit::evaluation {
namespace {

TEST(MeasureRobustness, CountsAChangeThatCostsTheDecision) {
  // Knows squats by their knees.
  const AssessorPtr assessor = Scripted([](auto window, const std::string&) {
    return Squat(0.9F, window.front().landmarks[skeleton::kLeftKnee].visibility > 0);
  });
  const auto variants = MeasureRobustness(assessor, {MakeClip("squat", 60), MakeClip("squat", 10),
                                                     MakeClip("cable_curl", 60), MakeClip("other", 60)});
  ASSERT_TRUE(variants.ok()) << variants.status();
  ASSERT_EQ(variants->size(), 10U);
  for (const VariantResult& variant : *variants) {
    EXPECT_EQ(variant.total, 1) << "one squat that is long enough; no stand-in, nothing else";
    const bool legs = variant.name == "legs out of the picture";
    EXPECT_DOUBLE_EQ(variant.accuracy(), legs ? 0 : 1) << variant.name;
    EXPECT_EQ(variant.named, 1);
  }
  EXPECT_THAT(ToText(*variants), ::testing::HasSubstr("-100.0 points"));
}

TEST(MeasureRobustness, TellsWhichClipsAreLostToWhat) {
  // Takes squats without knees for curls.
  const AssessorPtr assessor = Scripted([](auto window, const std::string&) {
    const bool knees = window.front().landmarks[skeleton::kLeftKnee].visibility > 0;
    assessment::Assessment assessment = Squat(knees ? 0.9F : 0.1F);
    if (!knees) assessment.exercise = "barbell_biceps_curl";
    return assessment;
  });
  const dataset::Clip squat = MakeClip("squat", 60);
  const auto variants = MeasureRobustness(assessor, {squat});
  ASSERT_TRUE(variants.ok()) << variants.status();
  for (const VariantResult& variant : *variants) {
    if (variant.name == "legs out of the picture") {
      EXPECT_THAT(variant.lost, ::testing::ElementsAre(squat.id + ": squat > barbell_biceps_curl"));
    } else {
      EXPECT_THAT(variant.lost, ::testing::IsEmpty()) << variant.name;
    }
  }
  EXPECT_THAT(ToText(*variants),
              ::testing::HasSubstr("named otherwise: " + squat.id + ": squat > barbell_biceps_curl"));
}

TEST(MeasureRobustness, CountsAChangeThatCostsTheAnswer) {
  const AssessorPtr assessor = Scripted([](auto, const std::string&) { return Squat(0.9F); });
  // A single window of half a second, and no frame to spare.
  const auto variants = MeasureRobustness(assessor, {MakeClip("squat", 15)});
  ASSERT_TRUE(variants.ok()) << variants.status();
  const VariantResult& missing = variants->back();
  EXPECT_EQ(missing.right, 0);
  EXPECT_THAT(missing.lost, ::testing::ElementsAre("squat15: squat > nothing"));
}

TEST(MeasureRobustness, ChangesWhatTheAssessorSees) {
  std::vector<float> wrists;
  const AssessorPtr assessor = Scripted([&](auto window, const std::string&) {
    wrists.push_back(window.front().landmarks[skeleton::kLeftWrist].x);
    return Squat(0.9F);
  });
  ASSERT_TRUE(MeasureRobustness(assessor, {MakeClip("squat", 60)}).ok());
  const skeleton::Pose first = testing::MakePose(0);
  EXPECT_FLOAT_EQ(wrists.front(), first.landmarks[skeleton::kLeftWrist].x);
  EXPECT_THAT(wrists, ::testing::Contains(1 - first.landmarks[skeleton::kRightWrist].x)) << "mirrored";
}

}  // namespace
}  // namespace trackfit::evaluation
