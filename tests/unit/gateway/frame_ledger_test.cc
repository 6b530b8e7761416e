#include "gateway/frame_ledger.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace trackfit::gateway {
namespace {

v1::Frame FrameNumber(uint64_t sequence) {
  v1::Frame frame;
  frame.set_sequence(sequence);
  frame.set_encoded("picture");
  return frame;
}

v1::FrameResult ResultOf(uint64_t sequence, v1::FrameStatus status = v1::FRAME_STATUS_NO_POSE) {
  v1::FrameResult result;
  result.set_sequence(sequence);
  result.set_status(status);
  return result;
}

std::vector<uint64_t> PopAll(FrameLedger& ledger) {
  std::vector<uint64_t> sequences;
  while (const auto answered = ledger.PopAnswered()) sequences.push_back(answered->result.sequence());
  return sequences;
}

TEST(FrameLedger, SendsFramesInOrder) {
  FrameLedger ledger;
  ledger.AddFrame(FrameNumber(3), {});
  ledger.AddFrame(FrameNumber(5), {});
  EXPECT_EQ(ledger.NextToSend({})->frame().sequence(), 3U);
  EXPECT_EQ(ledger.NextToSend({})->frame().sequence(), 5U);
  EXPECT_EQ(ledger.NextToSend({}), nullptr);
  EXPECT_EQ(ledger.in_flight(), 2U);
}

TEST(FrameLedger, HoldsAnAnswerBackUntilThoseBeforeItAreThere) {
  FrameLedger ledger;
  ledger.AddFrame(FrameNumber(1), {});
  ledger.AddAnswered(ResultOf(2, v1::FRAME_STATUS_POSE), {});
  EXPECT_TRUE(PopAll(ledger).empty());
  ledger.NextToSend({});
  ASSERT_TRUE(ledger.Answer(ResultOf(1), {}).ok());
  EXPECT_EQ(PopAll(ledger), (std::vector<uint64_t>{1, 2}));
  EXPECT_TRUE(ledger.empty());
}

TEST(FrameLedger, GivesUpTheOldestWaitingFrameAndSaysWhy) {
  FrameLedger ledger;
  for (uint64_t sequence = 1; sequence <= 3; ++sequence) ledger.AddFrame(FrameNumber(sequence), {});
  ledger.NextToSend({});
  ledger.GiveUpOldestWaiting(v1::FRAME_STATUS_DROPPED, "newer frames were waiting");
  EXPECT_EQ(ledger.waiting(), 1U);
  EXPECT_EQ(ledger.NextToSend({})->frame().sequence(), 3U);
  ASSERT_TRUE(ledger.Answer(ResultOf(1), {}).ok());
  ledger.PopAnswered();
  const auto dropped = ledger.PopAnswered();
  ASSERT_TRUE(dropped);
  EXPECT_EQ(dropped->result.sequence(), 2U);
  EXPECT_EQ(dropped->result.status(), v1::FRAME_STATUS_DROPPED);
  EXPECT_EQ(dropped->result.detail(), "newer frames were waiting");
}

TEST(FrameLedger, HoldsWhatCameWithAFrameUntilItIsAnsweredOrGivenUp) {
  FrameLedger ledger;
  std::vector<std::weak_ptr<void>> held;
  for (uint64_t sequence = 1; sequence <= 3; ++sequence) {
    const std::shared_ptr<void> with_frame = std::make_shared<int>();
    held.push_back(with_frame);
    ledger.AddFrame(FrameNumber(sequence), {}, with_frame);
  }
  ledger.NextToSend({});
  EXPECT_FALSE(held[0].expired() || held[1].expired() || held[2].expired());
  ledger.GiveUpOldestWaiting(v1::FRAME_STATUS_DROPPED, "");
  EXPECT_TRUE(held[1].expired());
  EXPECT_FALSE(held[0].expired());
  ASSERT_TRUE(ledger.Answer(ResultOf(1), {}).ok());
  EXPECT_TRUE(held[0].expired());
  EXPECT_FALSE(held[2].expired());
}

TEST(FrameLedger, SendsUnansweredFramesAgainAfterABreakAndNoOthers) {
  FrameLedger ledger;
  for (uint64_t sequence = 1; sequence <= 4; ++sequence) ledger.AddFrame(FrameNumber(sequence), {});
  for (int sent = 0; sent < 3; ++sent) ledger.NextToSend({});
  ASSERT_TRUE(ledger.Answer(ResultOf(1), {}).ok());
  EXPECT_EQ(ledger.ReturnInFlight(), 2U) << "the oldest that was with the extractor";
  EXPECT_EQ(ledger.ReturnInFlight(), std::nullopt);
  EXPECT_EQ(ledger.in_flight(), 0U);
  for (uint64_t sequence = 2; sequence <= 4; ++sequence) {
    EXPECT_EQ(ledger.NextToSend({})->frame().sequence(), sequence);
    EXPECT_TRUE(ledger.Answer(ResultOf(sequence), {}).ok());
  }
  EXPECT_EQ(PopAll(ledger), (std::vector<uint64_t>{1, 2, 3, 4}));
}

TEST(FrameLedger, RefusesAnAnswerOutOfTurn) {
  FrameLedger ledger;
  EXPECT_EQ(ledger.Answer(ResultOf(1), {}).code(), absl::StatusCode::kInternal);
  ledger.AddFrame(FrameNumber(1), {});
  ledger.AddFrame(FrameNumber(2), {});
  EXPECT_EQ(ledger.Answer(ResultOf(1), {}).code(), absl::StatusCode::kInternal) << "not sent yet";
  ledger.NextToSend({});
  ledger.NextToSend({});
  EXPECT_EQ(ledger.Answer(ResultOf(2), {}).code(), absl::StatusCode::kInternal);
}

TEST(FrameLedger, CountsTheBytesOfImagesThatAreNotAnswered) {
  FrameLedger ledger;
  for (uint64_t sequence = 1; sequence <= 3; ++sequence) {
    v1::Frame frame = FrameNumber(sequence);
    frame.set_encoded(std::string(10, 'x'));
    ledger.AddFrame(std::move(frame), {});
  }
  ledger.NextToSend({});
  EXPECT_EQ(ledger.bytes(), 30U);
  ASSERT_TRUE(ledger.Answer(ResultOf(1), {}).ok());
  EXPECT_EQ(ledger.bytes(), 20U);
  ledger.GiveUpOldestWaiting(v1::FRAME_STATUS_DROPPED, "late");
  EXPECT_EQ(ledger.bytes(), 10U);
}

}  // namespace
}  // namespace trackfit::gateway
