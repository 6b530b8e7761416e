// What the coach in the inferencer says, and how it survives the loss of one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "analysis_session_fixture.h"
#include "runtime/connection_lost.h"

namespace trackfit::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class AnalysisSessionCoach : public AnalysisSessionTest {
 protected:
  AnalysisSessionCoach() {
    ModelInfo model = *model_;
    model.coached_exercises = {"lunge", "squat"};
    model.references = {"squat_standard"};
    model.voices = {{"en", {"drill", "neutral"}}, {"ko", {"neutral"}}};
    model_ = std::make_shared<ModelInfo>(model);
  }

  void ConfigureExercise(const std::string& exercise) {
    v1::SessionConfig config;
    config.set_expected_exercise(exercise);
    Configure(config);
  }

  void PushPoses(uint64_t first, uint64_t last) {
    for (uint64_t sequence = first; sequence <= last; ++sequence) {
      PushPose(PoseNumber(sequence));
      TakeNewPoses();
    }
  }

  void TakeNewPoses() {
    if (taken_attempt_ != inferencer_.attempt()) taken_ = 0;
    taken_attempt_ = inferencer_.attempt();
    for (; taken_ < inferencer_.sent.size(); ++taken_) session_.OnPoseWritten(taken_attempt_);
  }

  // A repetition that ended with this pose, and the coach's state behind it.
  void Repeat(uint32_t number, uint64_t last_sequence, std::optional<uint64_t> checkpoint = std::nullopt) {
    v1::InferStreamResponse response;
    response.mutable_repetition()->set_set(1);
    response.mutable_repetition()->set_number(number);
    response.mutable_repetition()->set_last_sequence(last_sequence);
    if (checkpoint) SetCheckpoint(*checkpoint, response);
    session_.OnInferred(inferencer_.attempt(), std::move(response));
  }

  void Checkpoint(uint64_t sequence) {
    v1::InferStreamResponse response;
    SetCheckpoint(sequence, response);
    session_.OnInferred(inferencer_.attempt(), std::move(response));
  }

  static void SetCheckpoint(uint64_t sequence, v1::InferStreamResponse& response) {
    response.mutable_checkpoint()->set_sequence(sequence);
    response.mutable_checkpoint()->set_state("behind " + std::to_string(sequence));
  }

  // Windows of squats that the coach counts, one after the other.
  void AssessTenSeconds(float known_score) {
    PushPoses(0, 300);
    for (uint64_t last = 99; last <= 299; last += 100) {
      v1::Assessment window = AssessmentOf(last - 99, last);
      window.set_known_score(known_score);
      window.set_duration_us(3'333'333);
      window.set_counted(true);
      Assess(1, std::move(window));
    }
  }

  void KillInferencer() {
    session_.OnInferencerClosed(inferencer_.attempt(), absl::UnavailableError("killed"));
    Wait(seconds(3));  // whatever the pause
    TakeNewPoses();
  }

  std::vector<uint32_t> Repetitions() const {
    std::vector<uint32_t> numbers;
    for (const auto& response : client_.responses) {
      if (response.has_repetition()) numbers.push_back(response.repetition().number());
    }
    return numbers;
  }

  const v1::InferStreamConfig& ConfigSent() const { return inferencer_.sent.at(0)->config(); }

  std::vector<uint64_t> NobodySent() const {
    std::vector<uint64_t> sequences;
    for (const auto& request : inferencer_.sent) {
      if (request->has_no_pose()) sequences.push_back(request->no_pose().sequence());
    }
    return sequences;
  }

 private:
  uint64_t taken_attempt_ = 0;
  size_t taken_ = 0;
};

TEST_F(AnalysisSessionCoach, IntroducesItselfWithTheExercisesAndReferences) {
  Configure();
  const v1::SessionStarted& started = client_.responses.at(0).started();
  EXPECT_THAT(started.exercises(), ElementsAre("push_up", "squat"));
  EXPECT_THAT(started.coached_exercises(), ElementsAre("lunge", "squat"));
  EXPECT_THAT(started.references(), ElementsAre("squat_standard"));
}

TEST_F(AnalysisSessionCoach, GetsItsPartOfTheConfiguration) {
  v1::SessionConfig config;
  config.mutable_coach()->set_voice("drill");
  config.set_reference("squat_standard");
  config.set_reference_data(std::string(256 << 10, 'r'));
  Configure(config);
  PushPose(PoseNumber(1));
  EXPECT_EQ(ConfigSent().coach().voice(), "drill");
  EXPECT_EQ(ConfigSent().reference(), "squat_standard");
  EXPECT_EQ(ConfigSent().reference_data().size(), 256U << 10);
  EXPECT_FALSE(ConfigSent().has_checkpoint());
}

TEST_F(AnalysisSessionCoach, RefusesAReferenceThatIsTooLarge) {
  v1::SessionConfig config;
  config.set_reference_data(std::string((256 << 10) + 1, 'r'));
  Configure(config);
  ExpectInvalidArgument("config.reference_data has 262145 bytes; at most 262144 are accepted");
}

TEST_F(AnalysisSessionCoach, RefusesAReferenceThatTheServerDoesNotHave) {
  v1::SessionConfig config;
  config.set_reference("olympic");
  Configure(config);
  ExpectInvalidArgument("config.reference is \"olympic\"; there are squat_standard");
}

TEST_F(AnalysisSessionCoach, RefusesAVoiceThatTheLanguageDoesNotHave) {
  v1::SessionConfig config;
  config.mutable_coach()->set_voice("dril");
  Configure(config);
  ExpectInvalidArgument("config.coach.voice is \"dril\"; there are drill, neutral; did you mean drill?");
}

TEST_F(AnalysisSessionCoach, LetsInferencersJudgeAVoiceThatDoNotNameTheirs) {
  ModelInfo model = *model_;
  model.voices.clear();
  model_ = std::make_shared<ModelInfo>(model);
  v1::SessionConfig config;
  config.mutable_coach()->set_voice("dril");
  Configure(config);
  EXPECT_TRUE(client_.responses.at(0).has_started());
}

TEST_F(AnalysisSessionCoach, RefusesALanguageThatTheServerDoesNotSpeak) {
  v1::SessionConfig config;
  config.mutable_coach()->set_language("kr");
  Configure(config);
  ExpectInvalidArgument("config.coach.language is \"kr\"; there are en, ko; did you mean ko?");
}

TEST_F(AnalysisSessionCoach, LooksForAVoiceInTheLanguageOfTheSession) {
  v1::SessionConfig config;
  config.mutable_coach()->set_language("ko");
  config.mutable_coach()->set_voice("drill");
  Configure(config);
  ExpectInvalidArgument("config.coach.voice is \"drill\"; there are neutral");
}

TEST_F(AnalysisSessionCoach, NamesItsLanguageWhenItStarts) {
  v1::SessionConfig config;
  config.mutable_coach()->set_language("ko");
  Configure(config);
  EXPECT_EQ(client_.responses.at(0).started().language(), "ko");
}

TEST_F(AnalysisSessionCoach, SpeaksEnglishUnlessAskedOtherwise) {
  Configure();
  EXPECT_EQ(client_.responses.at(0).started().language(), "en");
}

TEST_F(AnalysisSessionCoach, NeedsNoVoiceWhenItIsOff) {
  v1::SessionConfig config;
  config.mutable_coach()->set_off(true);
  config.mutable_coach()->set_voice("dril");
  Configure(config);
  EXPECT_TRUE(client_.responses.at(0).has_started());
  EXPECT_EQ(client_.responses.at(0).started().language(), "");
}

TEST_F(AnalysisSessionCoach, RefusesAConfigurationThatIsTooLarge) {
  v1::SessionConfig config;
  config.mutable_coach()->add_targets()->set_code(std::string(70'000, 'c'));
  Configure(config);
  ExpectInvalidArgument("bytes beside reference_data; at most 65536 are accepted");
}

TEST_F(AnalysisSessionCoach, TakesAnExerciseThatTheModelDoesNotKnow) {
  ConfigureExercise("lunge");
  PushPoses(0, 60);
  EXPECT_EQ(ConfigSent().expected_exercise(), "lunge");
  Assess(1, AssessmentOf(0, 59, "squat"));
  EXPECT_THAT(observer_.assessments, ElementsAre(std::pair<std::string, std::string>("squat", "")))
      << "the model cannot be right about it";
}

TEST_F(AnalysisSessionCoach, NamesWhatItAndTheModelKnow) {
  ConfigureExercise("juggling");
  ExpectInvalidArgument(
      "config.expected_exercise is \"juggling\"; the model knows push_up, squat; the coach also lunge");
}

TEST_F(AnalysisSessionCoach, DoesNotHelpWithAnExerciseWhileItIsOff) {
  v1::SessionConfig config;
  config.set_expected_exercise("lunge");
  config.mutable_coach()->set_off(true);
  Configure(config);
  ExpectInvalidArgument("config.expected_exercise is \"lunge\"; the model knows push_up, squat");
  EXPECT_THAT(std::string(client_.finished->message()), Not(HasSubstr("the coach")));
}

TEST_F(AnalysisSessionCoach, HearsOfFramesWithoutAnybodyInOrder) {
  Configure();
  PushFrames(1, 3);
  AnswerFrame(ResultWithout(1, v1::FRAME_STATUS_NO_POSE));
  AnswerFrame(PoseResult(2));
  AnswerFrame(ResultWithout(3, v1::FRAME_STATUS_NO_POSE));
  TakeNewPoses();
  EXPECT_THAT(PosesSent(), ElementsAre(2));
  EXPECT_THAT(NobodySent(), ElementsAre(1, 3));
  EXPECT_EQ(inferencer_.sent.back()->no_pose().timestamp_us(), 3 * kFrameUs);
}

TEST_F(AnalysisSessionCoach, HearsNothingOfFramesWithoutAnybodyWhileItIsOff) {
  v1::SessionConfig config;
  config.mutable_coach()->set_off(true);
  Configure(config);
  PushFrames(1, 2);
  AnswerFrame(ResultWithout(1, v1::FRAME_STATUS_NO_POSE));
  AnswerFrame(PoseResult(2));
  EXPECT_THAT(NobodySent(), IsEmpty());
  EXPECT_THAT(PosesSent(), ElementsAre(2));
}

TEST_F(AnalysisSessionCoach, HearsHowManyPeopleThereAre) {
  ConfigurePeople(4);
  PushFrames(1, 2);
  AnswerFrame(ResultWithPeople(1, {1, 2, 3}));
  AnswerFrame(ResultWithPeople(2, {1}));
  ASSERT_EQ(PosesSent().size(), 2U);
  EXPECT_EQ(inferencer_.sent.at(1)->people(), 3U);
  EXPECT_EQ(inferencer_.sent.at(2)->people(), 1U);
}

TEST_F(AnalysisSessionCoach, SaysWhatItSaysInOrder) {
  Configure();
  PushPoses(0, 60);
  v1::InferStreamResponse hint;
  hint.mutable_hint()->set_code("too_near");
  session_.OnInferred(1, hint);
  Repeat(1, 55);
  v1::InferStreamResponse advice;
  advice.mutable_advice()->set_text("Go deeper.");
  advice.mutable_advice()->set_sequence(56);
  session_.OnInferred(1, advice);
  const auto& responses = client_.responses;
  ASSERT_GE(responses.size(), 3U);
  EXPECT_EQ(responses[responses.size() - 3].hint().code(), "too_near");
  EXPECT_EQ(responses[responses.size() - 2].repetition().last_sequence(), 55U);
  EXPECT_EQ(responses[responses.size() - 1].advice().text(), "Go deeper.");
}

TEST_F(AnalysisSessionCoach, SumsUpItsSets) {
  Configure();
  PushPoses(0, 10);
  session_.OnHalfClose();
  v1::InferStreamResponse set;
  set.mutable_set()->set_set(1);
  set.mutable_set()->set_repetitions(3);
  session_.OnInferred(1, set);
  session_.OnInferencerClosed(1, absl::OkStatus());
  ASSERT_EQ(Summary().sets_size(), 1);
  EXPECT_EQ(Summary().repetitions(), 3U);
}

TEST_F(AnalysisSessionCoach, KnowsTheExerciseByWhatItCounts) {
  Configure();
  AssessTenSeconds(0.45F);  // not enough by itself
  for (uint32_t number = 1; number <= 2; ++number) {
    v1::InferStreamResponse response;
    response.mutable_repetition()->set_set(1);
    response.mutable_repetition()->set_number(number);
    response.mutable_repetition()->set_exercise("squat");
    response.mutable_repetition()->set_complete(true);
    session_.OnInferred(1, std::move(response));
  }
  session_.OnHalfClose();
  session_.OnInferencerClosed(1, absl::OkStatus());
  EXPECT_EQ(Summary().overall().exercise(), "squat");
  EXPECT_TRUE(Summary().overall().known());
  EXPECT_NEAR(static_cast<double>(Summary().overall().duration_us()), 1e7, 10);
}

TEST_F(AnalysisSessionCoach, TellsInTheSummaryThatItWaitedInVain) {
  Configure();
  AssessTenSeconds(0.9F);
  session_.OnHalfClose();
  session_.OnInferencerClosed(1, absl::OkStatus());
  EXPECT_FALSE(Summary().overall().known());
  ASSERT_EQ(Summary().notices_size(), 1);
  EXPECT_EQ(Summary().notices(0).code(), v1::NOTICE_CODE_NO_REPETITION);
}

TEST_F(AnalysisSessionCoach, GoesOnFromItsLastCheckpoint) {
  Configure();
  PushPoses(0, 200);
  for (uint64_t last = 59; last <= 194; last += 15) {
    Assess(1, AssessmentOf(0, last));
    if (last == 104) Repeat(1, 100, 105);
    if (last == 179) Repeat(2, 170);
  }
  KillInferencer();
  EXPECT_EQ(ConfigSent().checkpoint().sequence(), 105U);
  EXPECT_EQ(ConfigSent().checkpoint().state(), "behind 105");
  EXPECT_EQ(PosesSent().front(), 0U)
      << "so that the windows behind the checkpoint are what they were: 104 is the end of a full one";
  Repeat(2, 170, 171);
  Repeat(3, 199);
  EXPECT_THAT(Repetitions(), ElementsAre(1, 2, 3));
}

TEST_F(AnalysisSessionCoach, KeepsThePosesThatTheWindowsBehindItsCheckpointNeed) {
  Configure();
  PushPoses(0, 300);
  for (uint64_t last = 59; last <= 299; last += 15) {
    Assess(1, AssessmentOf(0, last));
    if (last == 209) Checkpoint(215);
  }
  KillInferencer();
  EXPECT_EQ(PosesSent().front(), 209U - 104U);
  EXPECT_EQ(PosesSent().back(), 300U);
}

TEST_F(AnalysisSessionCoach, ReplaysFromTheStartBeforeItsFirstCheckpoint) {
  Configure();
  PushPoses(0, 1000);
  for (uint64_t last = 59; last <= 989; last += 15) Assess(1, AssessmentOf(0, last));
  KillInferencer();
  EXPECT_FALSE(ConfigSent().has_checkpoint());
  EXPECT_EQ(PosesSent().front(), 0U);
}

TEST_F(AnalysisSessionCoach, TakesCheckpointsOfAReplayInsteadOfOlderOnes) {
  Configure();
  PushPoses(0, 300);
  for (uint64_t last = 59; last <= 299; last += 15) Assess(1, AssessmentOf(0, last));
  KillInferencer();
  for (uint64_t last = 59; last <= 209; last += 15) Assess(2, AssessmentOf(0, last));
  Checkpoint(215);
  KillInferencer();
  EXPECT_EQ(ConfigSent().checkpoint().sequence(), 215U);
  EXPECT_EQ(PosesSent().front(), 209U - 104U);
  EXPECT_THAT(client_.Assessed().size(), 17U);
}

TEST_F(AnalysisSessionCoach, ForgetsFramesWithoutAnybodyThatItHasTaken) {
  Configure();
  PushFrames(1, 20);
  for (uint64_t sequence = 1; sequence <= 20; ++sequence) {
    AnswerFrame(ResultWithout(sequence, v1::FRAME_STATUS_NO_POSE));
  }
  TakeNewPoses();
  Checkpoint(15);
  KillInferencer();
  EXPECT_THAT(NobodySent(), ElementsAre(16, 17, 18, 19, 20));
}

TEST_F(AnalysisSessionCoach, GoesOnBehindPosesThatBreakEveryInferencer) {
  const absl::Status crash = runtime::ConnectionLost(absl::UnavailableError("Socket closed"));
  Configure();
  PushPoses(0, 150);
  for (uint64_t last = 59; last <= 119; last += 15) Assess(1, AssessmentOf(0, last));
  Repeat(1, 118, 120);
  for (int crashes = 0; crashes < 2; ++crashes) {
    session_.OnInferencerClosed(inferencer_.attempt(), crash);
    Wait(seconds(3));
    TakeNewPoses();
    for (uint64_t last = 74; last <= 119 && crashes == 0; last += 15) {
      Assess(inferencer_.attempt(), AssessmentOf(15, last));
    }
  }
  EXPECT_EQ(ConfigSent().checkpoint().sequence(), 120U);
  EXPECT_EQ(PosesSent().front(), 136U);
  Repeat(2, 149);
  EXPECT_THAT(Repetitions(), ElementsAre(1, 2));
}

}  // namespace
}  // namespace trackfit::gateway
