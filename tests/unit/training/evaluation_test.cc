#include "protogcn/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "test_poses.h"

namespace trackfit::protogcn {
namespace {

using ::testing::HasSubstr;

Clip MakeClip(const std::string& exercise, int frames) {
  return {.id = exercise,
          .source = "test",
          .exercise = exercise,
          .form = "correct",
          .fault = "",
          .group = exercise,
          .fps = frames == 2 ? 0.0 : 30.0,
          .kind = frames == 2 ? SourceKind::kPhotoPair : SourceKind::kRecorded,
          .poses = testing::MakePoses(frames)};
}

TEST(ConfusionMatrix, CountsByHand) {
  ConfusionMatrix matrix({"squat", "push_up", "other"});
  for (int i = 0; i < 8; ++i) matrix.Add(0, 0);
  for (int i = 0; i < 2; ++i) matrix.Add(0, 2);
  for (int i = 0; i < 3; ++i) matrix.Add(1, 1);
  matrix.Add(1, 0);
  EXPECT_EQ(matrix.Total(), 14);
  EXPECT_EQ(matrix.Correct(), 11);
  EXPECT_DOUBLE_EQ(matrix.Recall(0), 0.8);
  EXPECT_DOUBLE_EQ(matrix.Recall(1), 0.75);
  EXPECT_DOUBLE_EQ(matrix.Recall(2), 0) << "nothing to recall";
  EXPECT_DOUBLE_EQ(matrix.Accuracy(), 11.0 / 14);
  EXPECT_THAT(matrix.ToText(), HasSubstr("80.0 %"));
  EXPECT_EQ(matrix.ToJson()["matrix"][0][2], 2);
}

TEST(ServedWindows, StartAfterSixtyFramesAndComeEveryFifteen) {
  const ServedWindows windows;
  EXPECT_EQ(windows.Of(MakeClip("squat", 40)).size(), 1U) << "a short clip is stretched";
  EXPECT_EQ(windows.Of(MakeClip("squat", 60)).size(), 1U);
  EXPECT_EQ(windows.Of(MakeClip("squat", 120)).size(), 5U) << "at 60, 75, 90, 105 and 120";
  EXPECT_EQ(windows.Of(MakeClip("squat", 2)).size(), 1U) << "a photo pair";
}

TEST(Decide, AveragesTheWindowsOfAClip) {
  const std::vector<std::string> classes = {"squat", "push_up"};
  int calls = 0;
  const auto decisions =
      Decide({MakeClip("push_up", 75)}, classes, ServedWindows{}, [&](std::span<const float>) {
        ++calls;
        const float first = calls == 1 ? 0.6F : 0.2F;
        return absl::StatusOr<Prediction>(Prediction{
            .logits = {}, .probabilities = {first, 1 - first}, .embedding = {}, .joint_error = {}});
      });
  ASSERT_TRUE(decisions.ok());
  ASSERT_EQ(decisions->size(), 1U);
  EXPECT_EQ(calls, 2);
  EXPECT_NEAR(decisions->front().probabilities[0], 0.4, 1e-6);
  EXPECT_EQ(decisions->front().decision, 1);
  EXPECT_EQ(decisions->front().truth, 1);
}

TEST(Summarize, KeepsExercisesStandInsAndBackgroundApart) {
  const std::vector<std::string> classes = {"barbell_biceps_curl", "squat", kBackgroundClass};
  const auto decision = [](SourceKind kind, int truth, bool stand_in, int decided) {
    return ClipDecision{.id = "",
                        .exercise = "",
                        .kind = kind,
                        .truth = truth,
                        .stand_in = stand_in,
                        .probabilities = {},
                        .decision = decided};
  };
  const Evaluation evaluation =
      Summarize({decision(SourceKind::kRecorded, 0, false, 0), decision(SourceKind::kPhotoPair, 1, false, 0),
                 decision(SourceKind::kRecorded, 0, true, 2), decision(SourceKind::kRecorded, 2, false, 2)},
                classes);
  EXPECT_EQ(evaluation.sequences.Total(), 1);
  EXPECT_EQ(evaluation.photos.Total(), 1);
  EXPECT_DOUBLE_EQ(evaluation.exercises.Accuracy(), 0.5);
  EXPECT_DOUBLE_EQ(evaluation.background.Accuracy(), 1);
  EXPECT_DOUBLE_EQ(evaluation.stand_ins.Accuracy(), 0);
}

TEST(Summarize, FindsTheBackgroundByTheModelsOwnName) {
  const std::vector<std::string> classes = {"squat", "none_of_these"};
  const WindowFunction run = [](std::span<const float>) -> absl::StatusOr<Prediction> {
    return Prediction{.logits = {}, .probabilities = {0.1F, 0.9F}, .embedding = {}, .joint_error = {}};
  };
  const auto decisions =
      Decide({MakeClip(kBackgroundClass, 60)}, classes, ServedWindows{}, run, "none_of_these");
  ASSERT_TRUE(decisions.ok());
  const Evaluation evaluation = Summarize(*decisions, classes, "none_of_these");
  EXPECT_EQ(evaluation.exercises.Total(), 0);
  EXPECT_EQ(evaluation.background.Correct(), 1);
}

TEST(Evaluation, SaysHowManyClipsAreLeftOut) {
  Evaluation evaluation({"squat", kBackgroundClass});
  EXPECT_EQ(EvaluationToText(evaluation), "");
  evaluation.left_out = 7;
  EXPECT_THAT(EvaluationToText(evaluation), HasSubstr("Left out: 7"));
  EXPECT_EQ(EvaluationToJson(evaluation, {})["left_out"], 7);
}

}  // namespace
}  // namespace trackfit::protogcn
