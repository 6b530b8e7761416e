// However a session ends, and whenever: its client gets the documented status, and nothing of it is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "integration/support/analyze_client.h"
#include "integration/support/gateway_fixture.h"
#include "support/eventually.h"

namespace trackfit {
namespace {

using testing::Analyze;
using testing::AnalyzeCall;
using testing::Analyzed;
using testing::Clip;
using testing::ConfigRequest;
using testing::Eventually;
using testing::FrameRequest;
using ::testing::HasSubstr;

// What ends it.
enum class Ending {
  kHalfClose,
  kCancel,
  kDeadline,
  kInvalidMessage,
  kBackendDeath,  // both die, and come back
  kBackendHang,   // both freeze
  kDrain,
  kClientHang,
};

// When that happens.
enum class Moment {
  kBeforeConfig,
  kFirstFrame,
  kMidWindow,
  kDuringInference,
  kWhileWriting,  // the client does not read
};

std::string NameOf(Ending ending) {
  constexpr const char* kNames[] = {"HalfClose",    "Cancel",      "Deadline", "InvalidMessage",
                                    "BackendDeath", "BackendHang", "Drain",    "ClientHang"};
  return kNames[static_cast<int>(ending)];
}
std::string NameOf(Moment moment) {
  constexpr const char* kNames[] = {"BeforeConfig", "FirstFrame", "MidWindow", "DuringInference",
                                    "WhileWriting"};
  return kNames[static_cast<int>(moment)];
}

constexpr std::chrono::seconds kDeadline{2};

class Cleanup : public testing::GatewayFixture,
                public ::testing::WithParamInterface<std::tuple<Moment, Ending>> {
 protected:
  void SetUp() override {
    options_.server.idle_timeout = ending() == Ending::kClientHang ? 1 : 300;
    options_.upstream_timeout = ending() == Ending::kBackendHang ? 1 : 300;
    ASSERT_TRUE(gateway().BecomesReady());
    const auto limit = ending() == Ending::kDeadline ? kDeadline : std::chrono::seconds(100);
    call_ = std::make_unique<AnalyzeCall>(gateway().port(), limit);
  }

  // A test that fails on the way must not hang, either.
  void TearDown() override {
    Thaw();
    stop_sending_ = true;
    call_.reset();
    if (sender_.joinable()) sender_.join();
    extractor_.Kill();
    inferencer_.Kill();
  }

  static Moment moment() { return std::get<0>(GetParam()); }
  static Ending ending() { return std::get<1>(GetParam()); }

  void SendFrames(uint64_t last) {
    for (; sent_ <= last && call_->Send(FrameRequest(sent_, "a")); ++sent_) {
    }
  }

  void Reach() {
    if (moment() != Moment::kWhileWriting) call_->StartReading();
    ASSERT_TRUE(Eventually([&] { return Active() == 1; }));
    if (moment() == Moment::kBeforeConfig) return;
    ASSERT_TRUE(call_->Send(ConfigRequest()));
    switch (moment()) {
      case Moment::kBeforeConfig:
        break;
      case Moment::kFirstFrame:
        SendFrames(0);
        ASSERT_TRUE(call_->WaitForResponses(2));
        break;
      case Moment::kMidWindow:
        SendFrames(29);
        ASSERT_TRUE(call_->WaitForResponses(31));
        break;
      case Moment::kDuringInference:
        inferencer_.service().hangs = true;
        SendFrames(69);
        ASSERT_TRUE(Eventually([&] { return inferencer_.service().frozen > 0; }));
        break;
      case Moment::kWhileWriting: {
        sender_ = std::thread([this] {
          const std::string picture(20'000,
                                    'a');  // with small ones, 200,000 are under way before all is full
          while (!stop_sending_ && call_->Send(FrameRequest(sent_, picture))) ++sent_;
        });
        uint64_t before = 0;  // until nothing more gets through
        ASSERT_TRUE(Eventually([&] {
          const uint64_t now = sent_;
          std::this_thread::sleep_for(std::chrono::milliseconds(200));
          return now > 0 && std::exchange(before, now) == now;
        }));
        break;
      }
    }
  }

  void Thaw() {
    inferencer_.service().hangs = false;
    extractor_.service().hangs = false;
  }

  // The client reads again, and what was being sent goes on until `stop_sending_`.
  void ReadOn() {
    if (moment() != Moment::kWhileWriting) return;
    stop_sending_ = true;
    call_->StartReading();
    sender_.join();
  }

  Analyzed End() {
    switch (ending()) {
      case Ending::kHalfClose: {
        auto end = std::async(std::launch::async, [this] {
          ReadOn();
          return call_->Finish();
        });
        Thaw();
        return end.get();
      }
      case Ending::kCancel:
        call_->Cancel();
        break;
      case Ending::kDeadline:
        break;
      case Ending::kInvalidMessage:
        ReadOn();
        call_->Send(moment() == Moment::kBeforeConfig ? FrameRequest(0, "a") : ConfigRequest());
        break;
      case Ending::kBackendDeath:
        extractor_.Kill();
        inferencer_.Kill();
        Thaw();
        extractor_.Start();
        inferencer_.Start();
        if (moment() == Moment::kBeforeConfig) call_->Send(ConfigRequest());
        ReadOn();
        SendFrames(sent_ + 70);
        return call_->Finish();
      case Ending::kBackendHang:
        extractor_.service().hangs = true;
        inferencer_.service().hangs = true;
        if (moment() == Moment::kBeforeConfig) call_->Send(ConfigRequest());
        ReadOn();
        SendFrames(sent_ + 1);
        break;
      case Ending::kDrain: {
        auto drained = std::async(std::launch::async, [this] { gateway().server().Drain(); });
        drained.wait();
        ReadOn();
        return call_->Await();
      }
      case Ending::kClientHang:
        while (gateway().server().ready() && Active() > 0) {
          gateway().server().Housekeep();
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        break;
    }
    if (ending() != Ending::kInvalidMessage && ending() != Ending::kBackendHang) {
      if (moment() == Moment::kWhileWriting && ending() == Ending::kDeadline)
        std::this_thread::sleep_for(kDeadline);
      ReadOn();
    }
    return call_->Await();
  }

  double Active() {
    const std::string page = gateway().MetricsText();
    const std::string name = "\ntrackfit_sessions_active ";
    return std::stod(page.substr(page.find(name) + name.size()));
  }

  // What the documentation promises.
  static grpc::StatusCode Promised() {
    switch (ending()) {
      case Ending::kHalfClose:
        return moment() == Moment::kBeforeConfig ? grpc::StatusCode::INVALID_ARGUMENT : grpc::StatusCode::OK;
      case Ending::kCancel:
        return grpc::StatusCode::CANCELLED;
      case Ending::kClientHang:  // nothing but a reset gets through to a client that leaves answers unread
        return moment() == Moment::kWhileWriting ? grpc::StatusCode::CANCELLED
                                                 : grpc::StatusCode::DEADLINE_EXCEEDED;
      case Ending::kDeadline:
        return grpc::StatusCode::DEADLINE_EXCEEDED;
      case Ending::kInvalidMessage:
        return grpc::StatusCode::INVALID_ARGUMENT;
      case Ending::kBackendDeath:
        return grpc::StatusCode::OK;
      case Ending::kBackendHang:
      case Ending::kDrain:
        return grpc::StatusCode::UNAVAILABLE;
    }
    return grpc::StatusCode::UNKNOWN;
  }

  std::unique_ptr<AnalyzeCall> call_;
  std::atomic<uint64_t> sent_ = 0;
  std::atomic<bool> stop_sending_ = false;
  std::thread sender_;
};

TEST_P(Cleanup, LeavesTheDocumentedStatusAndNothingElse) {
  ASSERT_NO_FATAL_FAILURE(Reach());
  const Analyzed analyzed = End();
  EXPECT_EQ(analyzed.status.error_code(), Promised()) << analyzed.status.error_message();
  if (Promised() == grpc::StatusCode::DEADLINE_EXCEEDED && ending() == Ending::kClientHang) {
    EXPECT_THAT(analyzed.status.error_message(), HasSubstr("idle-timeout")) << "not the client's deadline";
  }
  const std::vector<uint64_t> answered = analyzed.Answered();
  for (uint64_t i = 0; i < answered.size(); ++i) ASSERT_EQ(answered[i], i) << "each once, in order";
  if (analyzed.status.ok()) {
    EXPECT_EQ(answered.size(), sent_);
    EXPECT_EQ(analyzed.Summary().frames(), sent_);
  }
  Thaw();
  EXPECT_TRUE(Eventually([&] { return Active() == 0; }));
  EXPECT_TRUE(Eventually([&] { return extractor_.service().open == 0 && inferencer_.service().open == 0; }));
  EXPECT_TRUE(Eventually([&] {  // the analysis ends behind its stream
    return gateway().MetricsText().find("\ntrackfit_queued_bytes 0\n") != std::string::npos;
  }));
  if (ending() == Ending::kDrain) return;
  EXPECT_TRUE(Analyze(gateway().port(), Clip(70)).status.ok()) << "others are served as before";
}

INSTANTIATE_TEST_SUITE_P(
    Matrix, Cleanup,
    ::testing::Combine(::testing::Values(Moment::kBeforeConfig, Moment::kFirstFrame, Moment::kMidWindow,
                                         Moment::kDuringInference, Moment::kWhileWriting),
                       ::testing::Values(Ending::kHalfClose, Ending::kCancel, Ending::kDeadline,
                                         Ending::kInvalidMessage, Ending::kBackendDeath, Ending::kBackendHang,
                                         Ending::kDrain, Ending::kClientHang)),
    [](const auto& test) { return NameOf(std::get<1>(test.param)) + NameOf(std::get<0>(test.param)); });

}  // namespace
}  // namespace trackfit
