#include "gateway/client_relay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "analysis_session_fixture.h"

namespace trackfit::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::AnalyzeResponse Result(uint64_t sequence) {
  v1::AnalyzeResponse response;
  *response.mutable_frame_result() = ResultWithout(sequence, v1::FRAME_STATUS_NO_POSE);
  return response;
}

v1::AnalyzeResponse Started() {
  v1::AnalyzeResponse response;
  response.mutable_started()->set_session_id("session-1");
  return response;
}

std::vector<uint64_t> Numbers(const FakeClient& client) {
  std::vector<uint64_t> numbers;
  for (const auto& response : client.responses) numbers.push_back(response.number());
  return numbers;
}

v1::SessionResumed Resumed() {
  v1::SessionResumed resumed;
  resumed.set_session_id("session-1");
  return resumed;
}

class ClientRelayTest : public ::testing::Test {
 protected:
  static Resumability Keeping(size_t bytes) { return {"token", seconds(30), bytes}; }

  const std::shared_ptr<FakeClient> first_ = std::make_shared<FakeClient>();
  const std::shared_ptr<FakeClient> second_ = std::make_shared<FakeClient>();
};

TEST_F(ClientRelayTest, PassesOnWhatASessionSendsThatCannotBeResumed) {
  ClientRelay relay(std::nullopt);
  relay.Attach(first_);
  relay.Send(Started());
  relay.Send(Result(0));
  relay.Finish(absl::OkStatus());
  EXPECT_THAT(Numbers(*first_), ElementsAre(0, 0));
  EXPECT_EQ(first_->responses[0].started().resume_token(), "");
  EXPECT_EQ(first_->finished, absl::OkStatus());
  EXPECT_EQ(relay.bytes(), 0U);
}

TEST_F(ClientRelayTest, NumbersTheResponsesAndTellsTheToken) {
  ClientRelay relay(Keeping(10'000));
  relay.Attach(first_);
  EXPECT_FALSE(relay.started());
  relay.Send(Started());
  relay.Send(Result(0));
  EXPECT_TRUE(relay.started());
  EXPECT_THAT(Numbers(*first_), ElementsAre(1, 2));
  EXPECT_EQ(first_->responses[0].started().resume_token(), "token");
  EXPECT_EQ(first_->responses[0].started().resume_seconds(), 30);
}

TEST_F(ClientRelayTest, SendsAgainWhatDidNotArrive) {
  ClientRelay relay(Keeping(10'000));
  relay.Attach(first_);
  relay.Send(Started());
  for (uint64_t i = 0; i < 4; ++i) relay.Send(Result(i));
  relay.Detach();
  relay.Send(Result(4));
  ASSERT_TRUE(relay.Resume(second_, Resumed(), 3).ok());
  relay.Send(Result(5));
  EXPECT_EQ(second_->responses[0].resumed().session_id(), "session-1");
  EXPECT_THAT(Numbers(*second_), ElementsAre(0, 4, 5, 6, 7));
  EXPECT_THAT(second_->Answered(), ElementsAre(2, 3, 4, 5));
  EXPECT_EQ(first_->responses.size(), 5U) << "nothing comes to the stream that is gone";
}

TEST_F(ClientRelayTest, TellsTheEndThatCameWhileTheClientWasAway) {
  ClientRelay relay(Keeping(10'000));
  relay.Attach(first_);
  relay.Send(Started());
  relay.Detach();
  relay.Send(Result(0));
  relay.Finish(absl::OkStatus());
  ASSERT_TRUE(relay.Resume(second_, Resumed(), 1).ok());
  EXPECT_THAT(second_->Answered(), ElementsAre(0));
  EXPECT_EQ(second_->finished, absl::OkStatus());
  EXPECT_FALSE(first_->finished);
}

TEST_F(ClientRelayTest, KeepsOnlySoManyBytes) {
  const size_t each = [] {
    v1::AnalyzeResponse response = Result(1);
    response.set_number(100);
    return response.ByteSizeLong();
  }();
  ClientRelay relay(Keeping(5 * each));
  relay.Attach(first_);
  relay.Send(Started());
  for (uint64_t i = 1; i < 100; ++i) {
    relay.Send(Result(i));
    EXPECT_LE(relay.bytes(), 5 * each);
  }
  relay.Detach();
  const absl::Status gone = relay.Resume(second_, Resumed(), 94);
  EXPECT_EQ(gone.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(gone.message()), HasSubstr("those from 96 on are kept; start a new session"));
  EXPECT_THAT(second_->responses, IsEmpty());
  EXPECT_TRUE(relay.Resume(second_, Resumed(), 95).ok());
  EXPECT_THAT(Numbers(*second_), ElementsAre(0, 96, 97, 98, 99, 100));
}

TEST_F(ClientRelayTest, RefusesAClientThatHasSeenMoreThanThereIs) {
  ClientRelay relay(Keeping(10'000));
  relay.Attach(first_);
  relay.Send(Started());
  const absl::Status refused = relay.Resume(second_, Resumed(), 2);
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("config.resume.last_number is 2; this session has sent 1 responses"));
  EXPECT_EQ(relay.stream(), first_) << "whoever has it keeps it";
}

TEST_F(ClientRelayTest, GoesOnInAnotherProcess) {
  ClientRelay here(Keeping(1000));
  here.Attach(first_);
  here.Send(Started());
  for (uint64_t sequence = 0; sequence < 4; ++sequence) here.Send(Result(sequence));
  handover::RelayState state;
  ASSERT_TRUE(state.ParseFromString(here.State().SerializeAsString()));
  ClientRelay there(Keeping(1000));
  there.Restore(state);
  EXPECT_TRUE(there.started());
  EXPECT_EQ(there.bytes(), here.bytes());
  ASSERT_TRUE(there.Resume(second_, Resumed(), 3).ok());
  there.Send(Result(4));
  EXPECT_THAT(Numbers(*second_), ElementsAre(0, 4, 5, 6));
  EXPECT_FALSE(second_->finished);
}

TEST_F(ClientRelayTest, BringsTheEndInAnotherProcessAndKeepsNoMoreThanThat) {
  ClientRelay here(Keeping(1000));
  here.Send(Started());
  for (uint64_t sequence = 0; sequence < 9; ++sequence) here.Send(Result(sequence));
  here.Finish(absl::OkStatus());
  ClientRelay there(Keeping(20));
  there.Restore(here.State());
  EXPECT_LE(there.bytes(), 20U);
  EXPECT_EQ(there.Resume(second_, Resumed(), 1).code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(there.Resume(second_, Resumed(), 9).ok());
  EXPECT_THAT(Numbers(*second_), ElementsAre(0, 10));
  EXPECT_EQ(second_->finished, absl::OkStatus());
}

}  // namespace
}  // namespace trackfit::gateway
