#include "evaluation/form.h"

#include <gtest/gtest.h>

#include <cmath>

#include "unit/evaluation/scripted_assessor.h"

namespace trackfit::evaluation {
namespace {

// Judges by the expected exercise; the longer the clip, the better.
AssessorPtr Judge(float offset = 0) {
  return Scripted([offset](auto window, const std::string& expected) {
    assessment::Assessment assessment = Squat(0.9F);
    assessment.judged_exercise = expected;
    assessment.quality.score = offset + static_cast<float>(window.size());
    return assessment;
  });
}

TEST(JudgeForm, JudgesLabelledClipsAgainstItsOwnExercise) {
  dataset::Clip photos = MakeClip("squat", 2);
  const auto judged =
      JudgeForm({Judge()},
                {MakeClip("squat", 40), MakeClip("squat", 30, "incorrect"), MakeClip("squat", 50, "unknown"),
                 MakeClip("dumbbell_biceps_curl", 20), photos, MakeClip("other", 40), MakeClip("squat", 5)},
                [](const dataset::Clip&) { return 0; });
  ASSERT_TRUE(judged.ok()) << judged.status();
  ASSERT_EQ(judged->size(), 3U);
  EXPECT_EQ((*judged)[0].exercise, "squat");
  EXPECT_TRUE((*judged)[0].correct);
  EXPECT_FLOAT_EQ((*judged)[0].score, 40);
  EXPECT_FALSE((*judged)[1].correct);
  EXPECT_EQ((*judged)[2].exercise, "barbell_biceps_curl") << "which a dumbbell curl stands in for";
}

TEST(JudgeForm, AsksTheModelOfTheFoldAndSkipsClipsWithoutOne) {
  const auto judged = JudgeForm({Judge(), Judge(1000)}, {MakeClip("squat", 40), MakeClip("squat", 30)},
                                [](const dataset::Clip& clip) { return clip.poses.size() == 40 ? 1 : -1; });
  ASSERT_TRUE(judged.ok()) << judged.status();
  ASSERT_EQ(judged->size(), 1U);
  EXPECT_FLOAT_EQ((*judged)[0].score, 1040);
}

TEST(SummariseForm, CountsWhereBothKindsAreThere) {
  const auto clip = [](const char* exercise, bool correct, double score, int fold) {
    return FormClip{
        .id = "", .exercise = exercise, .group = "", .fold = fold, .correct = correct, .score = score};
  };
  const auto results =
      Summarise({clip("squat", true, 80, 0), clip("squat", false, 20, 0), clip("squat", true, 30, 1),
                 clip("squat", false, 40, 1), clip("push_up", true, 50, 0)});
  ASSERT_EQ(results.size(), 1U) << "no incorrect push-up";
  EXPECT_EQ(results[0].exercise, "squat");
  EXPECT_DOUBLE_EQ(results[0].auc, 0.75);
  EXPECT_EQ(results[0].accuracy.total, 4);
  EXPECT_EQ(results[0].roc.front().true_positives, 0);
  EXPECT_EQ(results[0].roc.back().false_positives, 1);
}

}  // namespace
}  // namespace trackfit::evaluation
