#include "gateway/coach_relay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace trackfit::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::InferStreamResponse RepetitionOf(uint32_t set, uint32_t number) {
  v1::InferStreamResponse response;
  response.mutable_repetition()->set_set(set);
  response.mutable_repetition()->set_number(number);
  return response;
}

v1::InferStreamResponse AdviceAt(uint64_t sequence, const std::string& text) {
  v1::InferStreamResponse response;
  response.mutable_advice()->set_sequence(sequence);
  response.mutable_advice()->set_text(text);
  return response;
}

v1::InferStreamResponse HintAt(uint64_t sequence, const std::string& code) {
  v1::InferStreamResponse response;
  response.mutable_hint()->set_sequence(sequence);
  response.mutable_hint()->set_code(code);
  return response;
}

v1::InferStreamResponse SetOf(uint32_t set, uint32_t repetitions) {
  v1::InferStreamResponse response;
  response.mutable_set()->set_set(set);
  response.mutable_set()->set_repetitions(repetitions);
  return response;
}

v1::InferStreamResponse With(v1::InferStreamResponse response, uint64_t checkpoint) {
  response.mutable_checkpoint()->set_sequence(checkpoint);
  response.mutable_checkpoint()->set_state("state");
  return response;
}

class CoachRelayTest : public ::testing::Test {
 protected:
  // What the client gets, as text.
  std::vector<std::string> Take(v1::InferStreamResponse response) {
    std::vector<std::string> said;
    for (const v1::AnalyzeResponse& news : relay_.Take(response)) {
      if (news.has_repetition()) {
        said.push_back(std::to_string(news.repetition().set()) + "." +
                       std::to_string(news.repetition().number()));
      }
      if (news.has_advice()) said.push_back(news.advice().text());
      if (news.has_hint()) said.push_back(news.hint().code());
    }
    return said;
  }

  CoachRelay relay_;
};

TEST_F(CoachRelayTest, GivesEachRepetitionOnceAcrossAReplay) {
  relay_.BeginAttempt();
  EXPECT_THAT(Take(RepetitionOf(1, 1)), ElementsAre("1.1"));
  EXPECT_THAT(Take(RepetitionOf(1, 2)), ElementsAre("1.2"));
  relay_.BeginAttempt();
  EXPECT_THAT(Take(RepetitionOf(1, 1)), IsEmpty());
  EXPECT_THAT(Take(RepetitionOf(1, 2)), IsEmpty());
  EXPECT_THAT(Take(RepetitionOf(1, 3)), ElementsAre("1.3"));
  EXPECT_THAT(Take(RepetitionOf(2, 1)), ElementsAre("2.1")) << "a new set counts from 1";
}

TEST_F(CoachRelayTest, GivesAllHintsOfAFrameAndTheOneThatTheBreakCutOff) {
  relay_.BeginAttempt();
  EXPECT_THAT(Take(HintAt(30, "feet_cut_off")), ElementsAre("feet_cut_off"));
  EXPECT_THAT(Take(HintAt(30, "too_near")), ElementsAre("too_near"));
  relay_.BeginAttempt();
  EXPECT_THAT(Take(HintAt(30, "feet_cut_off")), IsEmpty());
  EXPECT_THAT(Take(HintAt(30, "too_near")), IsEmpty());
  EXPECT_THAT(Take(HintAt(30, "camera_tilted")), ElementsAre("camera_tilted"));
}

TEST_F(CoachRelayTest, GivesAdviceOnceAndCountsItApartFromHints) {
  relay_.BeginAttempt();
  EXPECT_THAT(Take(AdviceAt(50, "Go deeper.")), ElementsAre("Go deeper."));
  EXPECT_THAT(Take(HintAt(40, "too_far")), ElementsAre("too_far"));
  relay_.BeginAttempt();
  EXPECT_THAT(Take(AdviceAt(50, "Go deeper.")), IsEmpty());
  EXPECT_THAT(Take(AdviceAt(70, "Better.")), ElementsAre("Better."));
}

TEST_F(CoachRelayTest, CountsWithinAFrameOnFromTheCheckpoint) {
  relay_.BeginAttempt();
  EXPECT_THAT(Take(With(AdviceAt(50, "Go deeper."), 50)), ElementsAre("Go deeper."));
  relay_.BeginAttempt();
  EXPECT_THAT(Take(AdviceAt(50, "Well done.")), ElementsAre("Well done.")) << "at the end of the stream";
}

TEST_F(CoachRelayTest, KeepsTheLatestCheckpoint) {
  EXPECT_EQ(relay_.checkpoint(), nullptr);
  Take(With(RepetitionOf(1, 1), 40));
  Take(With({}, 70));
  ASSERT_NE(relay_.checkpoint(), nullptr);
  EXPECT_EQ(relay_.checkpoint()->sequence(), 70U);
  EXPECT_EQ(relay_.checkpoint()->state(), "state");
}

TEST_F(CoachRelayTest, SumsUpTheLatestSummaryOfEachSet) {
  Take(SetOf(1, 4));
  Take(SetOf(2, 1));
  Take(SetOf(1, 5));
  v1::SessionSummary summary;
  relay_.AddTo(summary);
  ASSERT_EQ(summary.sets_size(), 2);
  EXPECT_EQ(summary.sets(0).set(), 1U);
  EXPECT_EQ(summary.sets(0).repetitions(), 5U);
  EXPECT_EQ(summary.repetitions(), 6U);
}

// What a relay in another process says, and what the one before would have said.
TEST_F(CoachRelayTest, GoesOnInAnotherProcess) {
  relay_.BeginAttempt();
  Take(RepetitionOf(1, 1));
  Take(With(AdviceAt(50, "Go deeper."), 50));
  Take(HintAt(60, "too_near"));
  Take(RepetitionOf(1, 2));
  Take(SetOf(1, 2));
  handover::CoachState state;
  ASSERT_TRUE(state.ParseFromString(relay_.State().SerializeAsString()));
  relay_ = CoachRelay();
  relay_.Restore(state);
  ASSERT_NE(relay_.checkpoint(), nullptr);
  EXPECT_EQ(relay_.checkpoint()->sequence(), 50U);
  relay_.BeginAttempt();
  EXPECT_THAT(Take(AdviceAt(50, "Well done.")), ElementsAre("Well done.")) << "the second of that frame";
  EXPECT_THAT(Take(HintAt(60, "too_near")), IsEmpty());
  EXPECT_THAT(Take(HintAt(60, "too_far")), ElementsAre("too_far"));
  EXPECT_THAT(Take(RepetitionOf(1, 2)), IsEmpty());
  EXPECT_THAT(Take(RepetitionOf(1, 3)), ElementsAre("1.3"));
  v1::SessionSummary summary;
  relay_.AddTo(summary);
  EXPECT_EQ(summary.repetitions(), 2U);
}

}  // namespace
}  // namespace trackfit::gateway
