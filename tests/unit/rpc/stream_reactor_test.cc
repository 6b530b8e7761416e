#include "rpc/stream_reactor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <new>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

#include "unit/rpc/scripted_service.h"

namespace trackfit::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<uint64_t> ReadAll(Stream& stream) {
  std::vector<uint64_t> sequences;
  Response response;
  while (stream.Read(&response)) sequences.push_back(response.result().sequence());
  return sequences;
}

// Requests that are answered only when the test says so.
class Waiting {
 public:
  void Keep(InFlight in_flight) {
    std::lock_guard lock(mutex_);
    kept_.push_back(std::move(in_flight));
  }
  std::size_t count() {
    std::lock_guard lock(mutex_);
    return kept_.size();
  }
  void ReleaseOne() {
    std::deque<InFlight> released;
    std::lock_guard lock(mutex_);
    released.push_back(std::move(kept_.front()));
    kept_.pop_front();
  }
  void ReleaseAll() {
    std::deque<InFlight> released;
    std::lock_guard lock(mutex_);
    released.swap(kept_);
  }

 private:
  std::mutex mutex_;
  std::deque<InFlight> kept_;
};

TEST(StreamReactor, AnswersEveryRequestInOrderAndEndsWithOkAfterHalfClose) {
  ScriptedServer server;
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  std::thread writer([&] {
    for (uint64_t i = 0; i < 300; ++i) ASSERT_TRUE(stream->Write(MakeRequest(i)));
    stream->WritesDone();
  });
  const std::vector<uint64_t> answers = ReadAll(*stream);
  writer.join();
  ASSERT_EQ(answers.size(), 300u);
  for (uint64_t i = 0; i < answers.size(); ++i) EXPECT_EQ(answers[i], i);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(StreamReactor, TellsThatItHasTakenAStreamBeforeItAnswers) {
  ScriptedServer server;
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  const auto stream = stub->ExtractStream(&context);
  stream->WaitForInitialMetadata();
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok()) << "not as late as the deadline";
}

TEST(StreamReactor, ReadsNoFurtherThanTheRequestsItMayHaveInFlight) {
  Waiting waiting;
  ScriptedServer server(
      {.on_request = [&](const Session&, const Request&, InFlight f) { waiting.Keep(std::move(f)); }});
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  for (uint64_t i = 0; i < 20; ++i) ASSERT_TRUE(stream->Write(MakeRequest(i)));
  stream->WritesDone();

  ASSERT_TRUE(Eventually([&] { return waiting.count() == 4; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(server.counts().requests, 4);

  waiting.ReleaseOne();
  ASSERT_TRUE(Eventually([&] { return server.counts().requests == 5; }));
  while (server.counts().requests < 20) {
    waiting.ReleaseAll();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  waiting.ReleaseAll();
  EXPECT_TRUE(ReadAll(*stream).empty());
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(StreamReactor, KeepsTheOrderOfRequestsThatOtherThreadsAnswer) {
  constexpr uint64_t kRequests = 3000;
  Waiting waiting;
  std::vector<uint64_t> seen;  // touched on the strand only, until the stream is over
  ScriptedServer server({.on_request = [&](const Session&, const Request& request, InFlight in_flight) {
    seen.push_back(request.frame().sequence());
    waiting.Keep(std::move(in_flight));
  }});
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  std::atomic<bool> over = false;
  std::thread answers([&] {
    while (!over) waiting.ReleaseAll();
  });
  for (uint64_t i = 0; i < kRequests; ++i) ASSERT_TRUE(stream->Write(MakeRequest(i)));
  stream->WritesDone();
  EXPECT_TRUE(ReadAll(*stream).empty());
  EXPECT_TRUE(stream->Finish().ok());
  over = true;
  answers.join();
  EXPECT_EQ(seen.size(), kRequests);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST(StreamReactor, BuffersLittleForAClientThatDoesNotRead) {
  ScriptedServer server({.on_request = [](const Session& session, const Request&, InFlight) {
    Response large;
    large.mutable_result()->set_detail(std::string(1 << 20, 'x'));
    session.responses->Write(std::move(large));
  }});
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  for (uint64_t i = 0; i < 100; ++i) ASSERT_TRUE(stream->Write(MakeRequest(i)));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  // Flow control lets a few megabytes through; what counts is that the rest is not piled up in the server.
  EXPECT_LT(server.counts().requests, 60);
  stream->WritesDone();
  EXPECT_EQ(ReadAll(*stream).size(), 100u);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(StreamReactor, EndsWithTheHandlersErrorAfterWhatWasWrittenBefore) {
  ScriptedServer server({.on_request = [](const Session& session, const Request& request, InFlight) {
    if (request.frame().sequence() == 2) {
      return session.responses->Finish(absl::InvalidArgumentError("frame.sequence is 2"));
    }
    session.responses->Write(MakeResponse(request.frame().sequence()));
  }});
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  for (uint64_t i = 0; i < 10; ++i) stream->Write(MakeRequest(i));
  EXPECT_THAT(ReadAll(*stream), ElementsAre(0, 1));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "frame.sequence is 2");
  EXPECT_TRUE(Eventually([&] { return server.counts().handlers == 0; }));
  EXPECT_EQ(server.counts().requests, 3);
}

TEST(StreamReactor, EndsWithTheErrorOfAHandlerThatCannotBeMade) {
  ScriptedServer server([](const Session&) { return absl::FailedPreconditionError("no model"); },
                        TestOptions(), nullptr);
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  stream->Write(MakeRequest(1));
  EXPECT_TRUE(ReadAll(*stream).empty());
  EXPECT_EQ(stream->Finish().error_message(), "no model");
}

TEST(StreamReactor, EndsAloneWithInternalWhenItsHandlerThrows) {
  ScriptedServer server({.on_request = [](const Session& session, const Request& request, InFlight) {
    if (request.frame().sequence() == 13) throw std::bad_alloc();
    session.responses->Write(MakeResponse(request.frame().sequence()));
  }});
  const auto stub = server.NewStub();
  grpc::ClientContext other_context;
  const auto other = stub->ExtractStream(&other_context);
  Response response;
  other->Write(MakeRequest(1));
  ASSERT_TRUE(other->Read(&response));

  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  stream->Write(MakeRequest(12));
  stream->Write(MakeRequest(13));
  EXPECT_THAT(ReadAll(*stream), ElementsAre(12));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(status.error_message(), HasSubstr("bad_alloc"));
  EXPECT_TRUE(Eventually([&] { return server.counts().handlers == 1; })) << "the other's is left";
  EXPECT_THAT(server.runtime().metrics().Text(), HasSubstr("trackfit_task_exceptions_total 1"));

  other->Write(MakeRequest(2));
  ASSERT_TRUE(other->Read(&response));
  other->WritesDone();
  EXPECT_TRUE(other->Finish().ok());
}

TEST(StreamReactor, EndsWithInternalWhenATaskOfItsHandlerThrows) {
  ScriptedServer server({.on_request = [](const Session& session, const Request&, InFlight) {
    session.strand->Post([](int) { throw std::runtime_error("late"); });
  }});
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  stream->Write(MakeRequest(1));
  EXPECT_TRUE(ReadAll(*stream).empty());
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(status.error_message(), HasSubstr("late"));
}

TEST(StreamReactor, EndsWithInternalWhenItsHandlerCannotBeMadeForAnException) {
  ScriptedServer server(
      [](const Session&) -> absl::StatusOr<std::unique_ptr<StreamHandler<Request>>> { throw 42; },
      TestOptions(), nullptr);
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  EXPECT_EQ(stub->ExtractStream(&context)->Finish().error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_TRUE(Eventually([&] { return server.runtime().gate().active() == 0; }));
}

// One megabyte may be held before nobody reads on, a quarter of one by each session.
ServerOptions FewBytes() {
  ServerOptions options = TestOptions();
  options.max_message_mb = 1;
  options.max_queued_mb = 2;
  options.max_in_flight = 100;
  return options;
}

Request LargeRequest() {
  Request request;
  request.mutable_frame()->set_encoded(std::string(200'000, 'x'));
  return request;
}

// A stream on which more is sent than the server may hold.
class GreedyStream {
 public:
  GreedyStream(ScriptedServer& server, int requests)
      : stub_(server.NewStub()), stream_(stub_->ExtractStream(&context_)), writer_([this, requests] {
          for (int i = 0; i < requests; ++i) stream_->Write(LargeRequest());
          stream_->WritesDone();
        }) {}
  grpc::Status Finish() {
    writer_.join();
    return stream_->Finish();
  }

 private:
  std::unique_ptr<v1::ExtractorService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<Stream> stream_;
  std::thread writer_;
};

TEST(StreamReactor, ReadsNoFurtherThanASessionsShareOfTheBytes) {
  Waiting waiting;
  ScriptedServer server(
      {.on_request = [&](const Session&, const Request&, InFlight f) { waiting.Keep(std::move(f)); }},
      FewBytes());
  GreedyStream stream(server, 10);
  ASSERT_TRUE(Eventually([&] { return waiting.count() == 2; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(server.counts().requests, 2);
  while (server.counts().requests < 10) {
    waiting.ReleaseAll();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  waiting.ReleaseAll();
  EXPECT_TRUE(stream.Finish().ok());
  EXPECT_TRUE(Eventually([&] { return server.runtime().streams().count() == 0; }));
  EXPECT_EQ(server.runtime().budget().used(), 0u);
}

TEST(StreamReactor, ReadsNoFurtherThanTheBytesThatAHandlerKeepsOfRequestsLetGo) {
  std::mutex mutex;
  std::vector<std::shared_ptr<void>> kept;
  ScriptedServer server({.on_request =
                             [&](const Session&, const Request&, const InFlight& in_flight) {
                               std::lock_guard lock(mutex);
                               kept.push_back(in_flight.bytes());
                             }},
                        FewBytes());
  const auto let_go = [&] {
    std::vector<std::shared_ptr<void>> gone;
    std::lock_guard lock(mutex);
    gone.swap(kept);
  };
  GreedyStream stream(server, 10);
  ASSERT_TRUE(Eventually([&] { return server.counts().requests == 2; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(server.counts().requests, 2);
  EXPECT_GT(server.runtime().budget().used(), 400'000u);
  while (server.counts().requests < 10) {
    let_go();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  let_go();
  EXPECT_TRUE(stream.Finish().ok());
  EXPECT_TRUE(Eventually([&] { return server.runtime().streams().count() == 0; }));
  EXPECT_EQ(server.runtime().budget().used(), 0u);
}

Request RequestOf(std::size_t bytes) {
  Request request;
  request.mutable_frame()->set_encoded(std::string(bytes, 'x'));
  return request;
}

// A stream that a test writes to bit by bit.
struct OpenCall {
  explicit OpenCall(const ScriptedServer& server)
      : stub(server.NewStub()), stream(stub->ExtractStream(&context)) {}
  void Send(std::size_t bytes) { EXPECT_TRUE(stream->Write(RequestOf(bytes))); }
  grpc::Status Finish() {
    stream->WritesDone();
    return stream->Finish();
  }

  std::unique_ptr<v1::ExtractorService::Stub> stub;
  grpc::ClientContext context;
  std::unique_ptr<Stream> stream;
};

// The server reads from all of them.
void OpenAndRead(ScriptedServer& server, int count, std::deque<OpenCall>& calls) {
  for (int i = 0; i < count; ++i) calls.emplace_back(server);
  ASSERT_TRUE(Eventually([&] { return server.counts().handlers == count; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
}

TEST(StreamReactor, TakesWhatComesOnAllStreamsAtOnceThoughItIsMoreThanTheServerHolds) {
  constexpr int kStreams = 8;
  Waiting waiting;
  ScriptedServer server(
      {.on_request = [&](const Session&, const Request&, InFlight f) { waiting.Keep(std::move(f)); }},
      FewBytes());
  std::deque<OpenCall> calls;
  OpenAndRead(server, kStreams, calls);
  for (OpenCall& call : calls) call.Send(900'000);
  ASSERT_TRUE(Eventually([&] { return waiting.count() == kStreams; })) << "7 MB, and 2 may be held";
  for (OpenCall& call : calls) call.Send(1000);
  while (server.counts().requests < 2 * kStreams) {
    waiting.ReleaseAll();
    server.server().Housekeep();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  waiting.ReleaseAll();
  for (OpenCall& call : calls) EXPECT_TRUE(call.Finish().ok());
}

// Two streams that wait for bytes that two others hold. Then the first of them may read, and does not.
class IdleGrant : public ::testing::Test {
 protected:
  void SetUp() override {
    OpenAndRead(server_, 4, calls_);
    for (std::size_t i = 0; i < 4; ++i) {
      calls_[i].Send(i < 2 ? 900'000 : 600'000);
      ASSERT_TRUE(Eventually([&] { return waiting_.count() == i + 1; }));
    }
    for (int released = 0; released < 3; ++released) waiting_.ReleaseOne();
    calls_[1].Send(1000);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ASSERT_EQ(server_.counts().requests, 4) << "it is the other's turn";
  }
  void TearDown() override { waiting_.ReleaseAll(); }
  bool SecondIsRead() {
    return Eventually([&] { return server_.counts().requests == 5; });
  }

  Waiting waiting_;
  ScriptedServer server_{
      {.on_request = [this](const Session&, const Request&, InFlight f) { waiting_.Keep(std::move(f)); }},
      FewBytes()};
  std::deque<OpenCall> calls_;
};

TEST_F(IdleGrant, GoesToTheNextWhenTheStreamEnds) {
  calls_[0].context.TryCancel();
  EXPECT_TRUE(SecondIsRead());
}

TEST_F(IdleGrant, KeepsNobodyWaitingDuringADrain) {
  std::thread drain([this] { server_.server().Drain(); });
  EXPECT_TRUE(SecondIsRead());
  for (OpenCall& call : calls_) call.context.TryCancel();
  drain.join();
}

TEST(StreamReactor, ReadsOnInTurnsWhenTheProcessHoldsAllItMay) {
  Waiting waiting;
  ScriptedServer server(
      {.on_request = [&](const Session&, const Request&, InFlight f) { waiting.Keep(std::move(f)); }},
      FewBytes());
  std::deque<GreedyStream> streams;
  for (int i = 0; i < 3; ++i) streams.emplace_back(server, 10);
  ASSERT_TRUE(Eventually([&] { return waiting.count() == 6; })) << "1.2 MB";
  streams.emplace_back(server, 10);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(server.counts().requests, 6);
  while (server.counts().requests < 40) {
    waiting.ReleaseAll();
    server.server().Housekeep();
    EXPECT_LE(server.runtime().budget().used(), 2u << 20);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  waiting.ReleaseAll();
  for (GreedyStream& stream : streams) EXPECT_TRUE(stream.Finish().ok());
}

TEST(StreamReactor, HandlerMayAnswerLaterFromAnotherThread) {
  std::vector<std::thread> threads;
  std::mutex mutex;
  ScriptedServer server({.on_request =
                             [&](const Session& session, const Request& request, InFlight in_flight) {
                               std::lock_guard lock(mutex);
                               threads.emplace_back([session, request, in_flight = std::move(in_flight)] {
                                 session.responses->Write(MakeResponse(request.frame().sequence()));
                                 if (request.frame().sequence() == 19)
                                   session.responses->Finish(absl::OkStatus());
                               });
                               threads.back().join();
                             },
                         .on_half_close = [](const Session&) {}});
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  for (uint64_t i = 0; i < 20; ++i) ASSERT_TRUE(stream->Write(MakeRequest(i)));
  stream->WritesDone();
  EXPECT_EQ(ReadAll(*stream).size(), 20u);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(StreamReactor, CancelFreesTheSession) {
  Waiting waiting;
  ScriptedServer server(
      {.on_request = [&](const Session&, const Request&, InFlight f) { waiting.Keep(std::move(f)); }});
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  stream->Write(MakeRequest(1));
  ASSERT_TRUE(Eventually([&] { return waiting.count() == 1; }));
  EXPECT_EQ(server.runtime().gate().active(), 1);
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(Eventually([&] { return server.runtime().gate().active() == 0; }));
  EXPECT_EQ(server.counts().handlers, 0);
  EXPECT_EQ(server.counts().ends, 1);
  EXPECT_EQ(server.counts().lost, 1) << "which gRPC does not tell from a broken connection";
  waiting.ReleaseAll();  // harmless after the end
}

TEST(StreamReactor, DeadlineFreesTheSession) {
  Waiting waiting;
  ScriptedServer server(
      {.on_request = [&](const Session&, const Request&, InFlight f) { waiting.Keep(std::move(f)); }});
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  const auto stream = stub->ExtractStream(&context);
  stream->Write(MakeRequest(1));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(Eventually([&] { return server.runtime().gate().active() == 0; }));
}

TEST(StreamReactor, RefusesTheStreamTooManyAndSaysWhenToTryAgain) {
  ServerOptions options = TestOptions();
  options.max_sessions = 1;
  ScriptedServer server({}, options);
  const auto stub = server.NewStub();
  grpc::ClientContext first_context;
  const auto first = stub->ExtractStream(&first_context);
  first->Write(MakeRequest(1));
  Response response;
  ASSERT_TRUE(first->Read(&response));

  grpc::ClientContext second_context;
  const auto second = stub->ExtractStream(&second_context);
  EXPECT_EQ(second->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(second_context.GetServerTrailingMetadata().count(kRetryAfterKey), 1u);

  first->WritesDone();
  EXPECT_TRUE(first->Finish().ok());
  ASSERT_TRUE(Eventually([&] { return server.runtime().gate().active() == 0; }));
  grpc::ClientContext third_context;
  const auto third = stub->ExtractStream(&third_context);
  third->WritesDone();
  EXPECT_TRUE(third->Finish().ok());
}

TEST(StreamReactor, EndsAStreamWhoseClientDoesNothing) {
  ServerOptions options = TestOptions();
  options.idle_timeout = 1;
  ScriptedServer server({}, options);
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  stream->Write(MakeRequest(1));
  Response response;
  ASSERT_TRUE(stream->Read(&response));
  server.server().Housekeep();
  EXPECT_EQ(server.runtime().streams().count(), 1) << "not idle yet";
  EXPECT_TRUE(Eventually([&] {
    server.server().Housekeep();
    return server.runtime().streams().count() == 0;
  }));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_THAT(status.error_message(), HasSubstr("idle-timeout"));
}

TEST(StreamReactor, StreamWhoseServerWorksIsNotIdle) {
  Waiting waiting;
  ServerOptions options = TestOptions();
  options.idle_timeout = 0.05;
  options.max_in_flight = 1;
  ScriptedServer server(
      {.on_request = [&](const Session&, const Request&, InFlight f) { waiting.Keep(std::move(f)); }},
      options);
  const auto stub = server.NewStub();
  grpc::ClientContext context;
  const auto stream = stub->ExtractStream(&context);
  stream->Write(MakeRequest(1));
  ASSERT_TRUE(Eventually([&] { return waiting.count() == 1; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  server.server().Housekeep();
  waiting.ReleaseAll();
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(StreamReactor, SurvivesClientsThatVanishAtAnyMoment) {
  ScriptedServer server;
  std::vector<std::thread> clients;
  for (unsigned seed = 0; seed < 8; ++seed) {
    clients.emplace_back([&server, seed] {
      std::mt19937 random(seed);
      const auto stub = server.NewStub();
      for (int round = 0; round < 10; ++round) {
        grpc::ClientContext context;
        const auto stream = stub->ExtractStream(&context);
        const unsigned frames = random() % 30;
        for (unsigned i = 0; i < frames; ++i) stream->Write(MakeRequest(i));
        if (random() % 3 == 0) stream->WritesDone();
        Response response;
        for (unsigned i = 0; i < frames / 2 && stream->Read(&response); ++i) {
        }
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 2000));
        context.TryCancel();
        stream->Finish();
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_TRUE(Eventually([&] { return server.runtime().gate().active() == 0; }));
  EXPECT_EQ(server.counts().handlers, 0);
  EXPECT_EQ(server.runtime().streams().count(), 0);
}

}  // namespace
}  // namespace trackfit::rpc
