// What a StreamDriver asks of its transport; what it does over gRPC and WebSockets is tested there.
#include "streaming/stream_driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace trackfit::streaming {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

struct Message {
  std::string text;
  std::size_t ByteSizeLong() const { return text.size(); }
};

// Notes what it is asked to do.
class Transport final : public StreamDriver<Message, Message> {
 public:
  static std::shared_ptr<Transport> Start(const StreamResources& resources,
                                          const StreamHandlerFactory<Message, Message>& make_handler) {
    auto lease = AdmitStream(resources, "Test");
    if (!lease.ok()) return nullptr;
    std::shared_ptr<Transport> transport(new Transport(resources, *std::move(lease)));
    transport->Run(make_handler);
    return transport;
  }
  using StreamDriver::Lose;
  using StreamDriver::OnCallOver;
  using StreamDriver::OnHalfClose;
  using StreamDriver::OnRequest;
  using StreamDriver::OnWritten;

  std::vector<std::string> TakeAsked() {
    std::lock_guard lock(mutex_);
    return std::exchange(asked_, {});
  }

 private:
  Transport(const StreamResources& resources, runtime::AdmissionGate::Lease lease)
      : StreamDriver(resources, {.method = "Test", .session_id = "1", .peer = "here"}, std::move(lease)) {}

  void StartRead() override { Note("read"); }
  void StartWrite(const Message& response) override { Note("write " + response.text); }
  void GiveUpWrite() override { Note("give up"); }
  void FinishCall(const absl::Status& status) override {
    Note("finish " + absl::StatusCodeToString(status.code()));
  }
  void Note(std::string what) {
    std::lock_guard lock(mutex_);
    asked_.push_back(std::move(what));
  }

  std::mutex mutex_;
  std::vector<std::string> asked_;
};

enum class Turn { kNotBegun, kBegun, kMayEnd };

// Echoes; keeps what begins with "kept", throws at "thrown", waits at "wait" until its turn may end. After
// "newest" only the newest of those that wait counts.
class Echo final : public StreamHandler<Message> {
 public:
  Echo(StreamSession<Message> session, std::vector<InFlight>& kept, std::atomic<Turn>& turn,
       std::optional<absl::Status>& ended)
      : session_(std::move(session)), kept_(kept), ended_(ended), turn_(turn) {}
  void OnRequest(Message request, InFlight in_flight, int) override {
    if (request.text == "thrown") throw std::runtime_error("thrown");
    if (request.text.starts_with("kept")) return kept_.push_back(std::move(in_flight));
    if (request.text == "newest") newest_only_ = true;
    if (request.text == "wait") {
      turn_ = Turn::kBegun;
      while (turn_ != Turn::kMayEnd) std::this_thread::yield();
    }
    session_.responses->Write(std::move(request));
  }
  bool newest_only() const override { return newest_only_; }
  void OnSuperseded(Message request, InFlight) override {
    session_.responses->Write({"not " + request.text});
  }
  void OnHalfClose(int) override { session_.responses->Finish(absl::OkStatus()); }
  void OnEnd(const absl::Status& status) override { ended_ = status; }

 private:
  const StreamSession<Message> session_;
  std::vector<InFlight>& kept_;
  std::optional<absl::Status>& ended_;
  std::atomic<Turn>& turn_;
  bool newest_only_ = false;
};

class StreamDriverTest : public ::testing::Test {
 protected:
  ~StreamDriverTest() override {
    if (transport_) transport_->Lose(absl::CancelledError());
    if (transport_) transport_->OnCallOver();
    kept_.clear();
    pool_.Shutdown();
  }

  std::shared_ptr<Transport> Start() {
    transport_ = Transport::Start(
        resources_,
        [this](StreamSession<Message> session) -> absl::StatusOr<std::unique_ptr<StreamHandler<Message>>> {
          return std::make_unique<Echo>(std::move(session), kept_, turn_, ended_);
        });
    return transport_;
  }
  // Waits until the worker has nothing left to do.
  void Settle() {
    for (int i = 0; i < 3; ++i) {
      std::atomic<bool> done = false;
      pool_.Submit([&done](int) { done = true; });
      while (!done) std::this_thread::yield();
    }
  }

  runtime::WorkerPool pool_{{.workers = 1}};
  runtime::AdmissionGate gate_{{.max_sessions = 1}};
  runtime::ByteBudget budget_{{.limit = 1000}};
  LiveStreams streams_;
  telemetry::Metrics metrics_{"test", "0"};
  const telemetry::Logger log_{"test", telemetry::LogLevel::kError, telemetry::LogFormat::kText};
  int exceptions_ = 0;
  const StreamResources resources_{
      pool_,    gate_,    budget_,
      streams_, metrics_, log_,
      2,        100,      [this](const telemetry::Logger&, const absl::Status&) { ++exceptions_; }};
  std::vector<InFlight> kept_;
  std::atomic<Turn> turn_ = Turn::kNotBegun;
  std::optional<absl::Status> ended_;
  std::shared_ptr<Transport> transport_;
};

TEST_F(StreamDriverTest, ReadsAndWritesOneMessageAtATime) {
  const auto transport = Start();
  EXPECT_THAT(transport->TakeAsked(), ElementsAre("read"));
  transport->OnRequest({"a"});
  Settle();
  EXPECT_THAT(transport->TakeAsked(), UnorderedElementsAre("read", "write a"));
  transport->OnRequest({"b"});
  Settle();
  EXPECT_THAT(transport->TakeAsked(), Not(Contains("write b"))) << "a is still being written";
  transport->OnWritten(true);
  EXPECT_THAT(transport->TakeAsked(), Contains("write b"));
}

TEST_F(StreamDriverTest, StopsReadingWhileAsMuchAsMayBeIsInFlight) {
  const auto transport = Start();
  transport->OnRequest({"kept"});
  Settle();
  EXPECT_THAT(transport->TakeAsked(), ElementsAre("read", "read"));
  transport->OnRequest({"kept"});
  Settle();
  EXPECT_THAT(transport->TakeAsked(), IsEmpty());
  kept_.pop_back();
  EXPECT_THAT(transport->TakeAsked(), ElementsAre("read"));
}

TEST_F(StreamDriverTest, StopsReadingWhileItsClientDoesNotTakeResponses) {
  const auto transport = Start();
  for (int i = 0; i < 3; ++i) {
    transport->OnRequest({"x"});
    Settle();
  }
  transport->TakeAsked();
  EXPECT_GT(transport->idle(), std::chrono::steady_clock::duration::zero()) << "it is the client's turn";
  transport->OnWritten(true);
  EXPECT_THAT(transport->TakeAsked(), ElementsAre("write x")) << "two are left";
  transport->OnWritten(true);
  EXPECT_THAT(transport->TakeAsked(), ElementsAre("write x", "read"));
}

TEST_F(StreamDriverTest, StopsReadingWhileTheSessionHoldsTooManyBytes) {
  const auto transport = Start();
  transport->OnRequest({"kept" + std::string(96, 'x')});
  Settle();
  EXPECT_EQ(budget_.used(), 100U);
  EXPECT_THAT(transport->TakeAsked(), ElementsAre("read")) << "the first, before it came";
  kept_.clear();
  EXPECT_EQ(budget_.used(), 0U);
  EXPECT_THAT(transport->TakeAsked(), ElementsAre("read"));
}

TEST_F(StreamDriverTest, FinishesOnceAfterTheLastResponse) {
  const auto transport = Start();
  transport->OnRequest({"a"});
  transport->OnHalfClose();
  Settle();
  transport->Lose(absl::CancelledError());
  EXPECT_THAT(transport->TakeAsked(), Not(Contains("finish OK")));
  transport->OnWritten(true);
  EXPECT_THAT(transport->TakeAsked(), ElementsAre("finish OK"));
}

// On a busy machine each turn waits for all other sessions'; a person who stops would wait for as many as
// skeletons had come.
TEST_F(StreamDriverTest, EndsAfterAFewTurnsHoweverManyRequestsWereSuperseded) {
  const auto transport = Start();
  transport->OnRequest({"newest"});
  transport->OnRequest({"wait"});
  while (turn_ != Turn::kBegun) std::this_thread::yield();
  for (int i = 0; i < 50; ++i) transport->OnRequest({"x"});
  transport->OnHalfClose();
  std::atomic<int> turns = 0;  // of another session, by the only worker
  std::function<void(int)> work = [&](int) {
    ++turns;
    if (!ended_) pool_.Submit([&work](int worker) { work(worker); });
  };
  pool_.Submit([&work](int worker) { work(worker); });
  turn_ = Turn::kMayEnd;
  pool_.Shutdown();
  EXPECT_EQ(ended_, absl::OkStatus());
  EXPECT_LT(turns, 10);
}

TEST_F(StreamDriverTest, TellsItsHandlerHowItEnded) {
  const auto transport = Start();
  transport->OnHalfClose();
  Settle();
  EXPECT_EQ(ended_, absl::OkStatus());
}

TEST_F(StreamDriverTest, TellsItsHandlerThatTheConnectionMayBeLost) {
  const auto transport = Start();
  transport->OnRequest({"a"});
  Settle();
  transport->OnWritten(false);
  Settle();
  ASSERT_TRUE(ended_);
  EXPECT_EQ(ended_->code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(runtime::IsConnectionLost(*ended_));
}

TEST_F(StreamDriverTest, GivesItsPlaceBackWhenCallAndHandlerAreOver) {
  const auto transport = Start();
  EXPECT_EQ(Transport::Start(resources_, nullptr), nullptr) << "the only place is taken";
  transport->OnHalfClose();
  Settle();
  EXPECT_EQ(gate_.active(), 1);
  transport->OnCallOver();
  EXPECT_EQ(gate_.active(), 0);
  EXPECT_EQ(streams_.count(), 0);
}

TEST_F(StreamDriverTest, GivesAHandlerTheNewestAloneWhenItWantsThat) {
  const auto transport = Start();
  transport->OnRequest({"newest"});
  Settle();
  transport->OnRequest({"wait"});
  while (turn_ != Turn::kBegun) std::this_thread::yield();
  for (const char* text : {"b", "c", "d"}) transport->OnRequest({text});
  transport->OnHalfClose();
  turn_ = Turn::kMayEnd;
  Settle();
  EXPECT_THAT(transport->TakeAsked(), Contains("write newest"));
  std::vector<std::string> written;
  for (int i = 0; i < 5; ++i) {
    transport->OnWritten(true);
    for (const std::string& asked : transport->TakeAsked()) written.push_back(asked);
  }
  EXPECT_THAT(written, ElementsAre("write wait", "write not b", "write not c", "write d", "finish OK"));
}

TEST_F(StreamDriverTest, EndsWithInternalWhenItsHandlerThrows) {
  const auto transport = Start();
  transport->OnRequest({"thrown"});
  Settle();
  EXPECT_THAT(transport->TakeAsked(), Contains("finish INTERNAL"));
  EXPECT_EQ(exceptions_, 1);
}

}  // namespace
}  // namespace trackfit::streaming
