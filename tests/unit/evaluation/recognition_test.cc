#include "evaluation/recognition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/evaluation/scripted_assessor.h"

namespace trackfit::evaluation {
namespace {

using dataset::SourceKind;
using ::testing::HasSubstr;

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

TEST(ConfusionMatrix, MacroF1IsTheMeanOverTheClassesThatOccur) {
  ConfusionMatrix matrix({"squat", "push_up", "other"});
  for (int i = 0; i < 3; ++i) matrix.Add(0, 0);
  matrix.Add(0, 1);
  matrix.Add(1, 1);
  // Squat: precision 1, recall 3/4; push-up: precision 1/2, recall 1; nothing else occurs.
  EXPECT_NEAR(matrix.MacroF1(), (2 * 0.75 / 1.75 + 2 * 0.5 / 1.5) / 2, 1e-12);
  EXPECT_DOUBLE_EQ(ConfusionMatrix({"squat"}).MacroF1(), 0);
}

TEST(Decide, TakesTheExerciseWhereItIsKnown) {
  const AssessorPtr assessor = Scripted([](auto, const std::string&) { return Squat(0.8F); });
  const auto decisions =
      Decide(assessor, {MakeClip("squat", 75), MakeClip("other", 60), MakeClip("squat", 10)});
  ASSERT_TRUE(decisions.ok()) << decisions.status();
  ASSERT_EQ(decisions->clips.size(), 2U);
  EXPECT_EQ(decisions->unanswered, 1);
  EXPECT_EQ(decisions->classes, (std::vector<std::string>{"barbell_biceps_curl", "squat", "other"}));
  EXPECT_EQ(decisions->clips[0].truth, 1);
  EXPECT_EQ(decisions->clips[0].decision, 1);
  EXPECT_TRUE(decisions->clips[0].known(decisions->classes));
  EXPECT_NEAR(decisions->clips[0].probabilities[1], 0.8, 1e-6);
  EXPECT_NEAR(decisions->clips[0].probabilities[2], 0.1, 1e-6) << "the background by the model's own name";
  EXPECT_EQ(decisions->clips[1].truth, 2);
}

TEST(Decide, IsOtherWhereTheExerciseIsNotKnownHoweverProbable) {
  const AssessorPtr assessor = Scripted([](auto, const std::string&) { return Squat(0.8F, false); });
  const auto decisions = Decide(assessor, {MakeClip("squat", 75)});
  ASSERT_TRUE(decisions.ok()) << decisions.status();
  EXPECT_EQ(decisions->clips[0].decision, 2);
  EXPECT_EQ(decisions->clips[0].exercise_named, 1);
}

TEST(Decide, DoesNotDependOnTheThreads) {
  const AssessorPtr assessor = Scripted([](auto window, const std::string&) {
    return Squat(0.5F + 0.001F * static_cast<float>(window.size()));
  });
  std::vector<dataset::Clip> clips;
  for (int frames = 20; frames < 60; ++frames) clips.push_back(MakeClip("squat", frames));
  const auto one = Decide(assessor, clips), three = Decide(assessor, clips, {.threads = 3});
  ASSERT_TRUE(one.ok() && three.ok());
  for (size_t i = 0; i < clips.size(); ++i) {
    EXPECT_EQ(one->clips[i].id, three->clips[i].id);
    EXPECT_EQ(one->clips[i].probabilities, three->clips[i].probabilities);
  }
}

Decisions Decided(const std::vector<ClipDecision>& clips) {
  return {.classes = {"barbell_biceps_curl", "squat", "other"}, .clips = clips};
}

ClipDecision Decision(SourceKind kind, int truth, int decided, float known_score = 0.5F) {
  ClipDecision decision;
  decision.kind = kind;
  decision.truth = truth;
  decision.decision = decision.exercise_named = decided;
  decision.known_score = known_score;
  decision.probabilities = {0, 0, 0};
  decision.probabilities[decided] = 1;
  return decision;
}

TEST(Summarise, KeepsExercisesStandInsOthersAndTheMannequinApart) {
  ClipDecision stand_in = Decision(SourceKind::kRecorded, 0, 2);
  stand_in.stand_in = true;
  const Recognition recognition = Summarise(
      Decided({Decision(SourceKind::kRecorded, 0, 0), Decision(SourceKind::kPhotoPair, 1, 0), stand_in,
               Decision(SourceKind::kRecorded, 2, 2), Decision(SourceKind::kSynthetic, 1, 0)}));
  EXPECT_EQ(recognition.videos.Total(), 1);
  EXPECT_EQ(recognition.photos.Total(), 1);
  EXPECT_DOUBLE_EQ(recognition.exercises.Accuracy(), 0.5);
  EXPECT_DOUBLE_EQ(recognition.others.Accuracy(), 1);
  EXPECT_DOUBLE_EQ(recognition.stand_ins.Accuracy(), 0);
  EXPECT_DOUBLE_EQ(recognition.mannequin.Accuracy(), 0);
  EXPECT_EQ(recognition.all.Total(), 3);
  EXPECT_NEAR(recognition.calibration_error, 1.0 / 3, 1e-9) << "certain three times, wrong once";
}

TEST(Summarise, RanksTheKnownAgainstTheUnknown) {
  const auto score = [](int truth, float known) { return Decision(SourceKind::kRecorded, truth, 1, known); };
  EXPECT_DOUBLE_EQ(Summarise(Decided({score(1, 0.9F), score(0, 0.4F), score(2, 0.6F)})).known_auroc, 0.5);
}

TEST(Recognition, SaysHowManyClipsAreLeftOut) {
  Decisions decisions = Decided({});
  EXPECT_EQ(ToText(Summarise(decisions)), "");
  decisions.left_out = 7;
  decisions.unanswered = 2;
  EXPECT_THAT(ToText(Summarise(decisions)), HasSubstr("Left out: 7"));
  EXPECT_THAT(ToText(Summarise(decisions)), HasSubstr("Without an answer: 2"));
  EXPECT_EQ(ToJson(Summarise(decisions))["left_out"], 7);
}

TEST(Decisions, AreWrittenWithNames) {
  const nlohmann::json json = ToJson(Decided({Decision(SourceKind::kRecorded, 1, 2)}));
  EXPECT_EQ(json[0]["truth"], "squat");
  EXPECT_EQ(json[0]["decision"], "other");
  EXPECT_EQ(json[0]["known"], false);
}

}  // namespace
}  // namespace trackfit::evaluation
