// Sessions that outlive their streams, over real sockets, with stand-ins for the servers behind the gateway.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client/gateway_client.h"
#include "integration/support/analyze_client.h"
#include "integration/support/gateway_fixture.h"
#include "integration/support/resuming_client.h"
#include "integration/support/web_socket_analyze.h"
#include "load/run.h"
#include "support/eventually.h"
#include "support/tcp_forwarder.h"

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
using testing::Received;
using testing::Resumable;
using testing::ResumedSession;
using testing::ResumeRequest;
using testing::TcpForwarder;
using testing::WebSocketClient;

std::vector<uint64_t> Range(uint64_t first, uint64_t count) {
  std::vector<uint64_t> range(count);
  std::iota(range.begin(), range.end(), first);
  return range;
}

class Resumption : public testing::GatewayFixture {
 protected:
  std::string Metrics() { return gateway().MetricsText(); }
  bool Shows(const std::string& metric) {
    return Eventually([&] { return Metrics().find(metric + "\n") != std::string::npos; });
  }
  bool Counted(const std::string& outcome, int count) {
    return Shows("trackfit_gateway_resumptions_total{outcome=\"" + outcome + "\"} " + std::to_string(count));
  }
  bool Waiting(int count) { return Shows("trackfit_gateway_waiting_sessions " + std::to_string(count)); }

  // A session with a few frames that has lost its stream.
  ResumedSession Lose(uint64_t frames = 10) {
    AnalyzeCall call(gateway().port());
    call.StartReading();
    for (const auto& request : Resumable(Clip(frames))) call.Send(request);
    EXPECT_TRUE(call.WaitForResponses(static_cast<int>(frames) + 1));
    call.Cancel();
    ResumedSession session;
    session.Add(call.Await());
    return session;
  }
  // How the attempt to go on with it ends, when nothing more is sent.
  Analyzed Resume(const v1::AnalyzeRequest& request) { return Analyze(gateway().port(), {request}); }
};

TEST_F(Resumption, AnswersEveryFrameOnceHoweverOftenTheConnectionBreaks) {
  extractor_.service().pause_ms = 2;
  const auto clip = Resumable(Clip(400));
  const Analyzed undisturbed = Analyze(gateway().port(), Clip(400));
  TcpForwarder network(gateway().port());
  ResumedSession session;
  for (const int until : {60, 170, 290}) {
    AnalyzeCall call(network.port());
    size_t next = 1;
    call.Send(session.token.empty() ? clip.front() : session.Request());
    if (const auto first = call.Receive(); first.has_resumed()) next = Received(clip, first.resumed());
    call.StartReading();
    std::thread sender([&] {
      while (next < clip.size() && call.Send(clip[next])) ++next;
    });
    ASSERT_TRUE(call.WaitForResponses(until - static_cast<int>(session.last_number)));
    network.Cut();
    sender.join();
    session.Add(call.Await());
    EXPECT_EQ(session.all.status.error_code(), grpc::StatusCode::UNAVAILABLE);
    ASSERT_FALSE(session.token.empty());
  }
  AnalyzeCall call(network.port());
  call.Send(session.Request());
  const v1::AnalyzeResponse first = call.Receive();
  ASSERT_TRUE(first.has_resumed());
  EXPECT_EQ(first.resumed().session_id(), session.all.responses.front().started().session_id());
  EXPECT_FALSE(first.resumed().half_closed());
  call.StartReading();
  for (size_t next = Received(clip, first.resumed()); next < clip.size(); ++next) call.Send(clip[next]);
  session.Add(call.Finish());
  ASSERT_TRUE(session.all.status.ok()) << session.all.status.error_message();
  EXPECT_TRUE(session.in_order);
  EXPECT_EQ(session.all.Answered(), Range(0, 400));
  EXPECT_EQ(session.all.Fingerprint(), undisturbed.Fingerprint()) << "as if nothing had happened";
  EXPECT_EQ(extractor_.service().streams, 2) << "one for each session: its people are still the same";
  EXPECT_TRUE(Counted("resumed", 3));
}

TEST_F(Resumption, IsWhatOurOwnClientDoes) {
  extractor_.service().pause_ms = 2;
  const auto clip = Clip(300);
  const Analyzed undisturbed = Analyze(gateway().port(), clip);
  TcpForwarder network(gateway().port());
  client::GatewaySession session(
      {.gateway = "127.0.0.1:" + std::to_string(network.port()), .max_unanswered = 32});
  Analyzed analyzed;
  size_t next = 0;
  const absl::Status status = session.Run(
      {},
      [&]() -> absl::StatusOr<std::optional<v1::Frame>> {
        if (++next == clip.size()) return std::nullopt;
        return clip[next].frame();
      },
      [&](const v1::AnalyzeResponse& response) {
        analyzed.responses.push_back(response);
        // Of 319; more than the 32 that may lie received but unread come after each.
        const size_t count = analyzed.responses.size();
        if (count == 50 || count == 120 || count == 250) network.Cut();
        return absl::OkStatus();
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(session.resumptions(), 3);
  EXPECT_EQ(analyzed.Fingerprint(), undisturbed.Fingerprint());
}

TEST_F(Resumption, IsWhatSimulatedClientsDo) {
  TcpForwarder network(gateway().port());
  load::Recording recording;
  recording.fps = 100;
  for (const v1::AnalyzeRequest& request : Clip(20)) {
    if (request.has_frame()) recording.frames.push_back(request.frame());
  }
  load::RunOptions options;
  options.gateway = "127.0.0.1:" + std::to_string(network.port());
  options.sessions = 6;
  options.connections = 2;
  options.seconds = 60;
  // All are cut off as soon as all are there, and again when all have come back.
  int cuts = 0;
  const auto all_are_there = [&] {
    if (cuts == 0) return extractor_.service().frames >= 300;
    return Metrics().find("resumptions_total{outcome=\"resumed\"} " + std::to_string(6 * cuts) + "\n") !=
           std::string::npos;
  };
  options.interrupted = [&] {
    if (!all_are_there()) return false;
    if (cuts < 3) network.Cut();
    return ++cuts > 3;
  };
  const auto report = load::RunLoad(options, {recording});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->clean()) << report->Text();
  EXPECT_EQ(report->completed, 6U);
  EXPECT_GE(report->outcome.resumptions, 6U) << "18, less those that were cut off before they heard of it";
  EXPECT_EQ(report->outcome.answered, report->outcome.sent);
}

TEST_F(Resumption, WorksOverAWebSocket) {
  extractor_.service().pause_ms = 2;
  const auto clip = Resumable(Clip(200));
  const Analyzed undisturbed = Analyze(gateway().port(), Clip(200));
  ResumedSession session;
  {
    WebSocketClient client(gateway().http_port());
    Analyzed part = testing::SendAllAndReceive(client, clip, 80);
    ASSERT_EQ(part.responses.size(), 80U);
    session.Add(std::move(part));
  }  // without a close frame
  ASSERT_TRUE(Waiting(1));
  WebSocketClient client(gateway().http_port());
  client.SendBinary(session.Request().SerializeAsString());
  v1::AnalyzeResponse first;
  first.ParseFromString(client.ReceiveBinary().value_or(""));
  ASSERT_TRUE(first.has_resumed());
  for (size_t next = Received(clip, first.resumed()); next < clip.size(); ++next) {
    ASSERT_TRUE(client.SendBinary(clip[next].SerializeAsString()));
  }
  client.SendBinary("");
  session.Add(testing::ReceiveUntilClosed(client));
  ASSERT_TRUE(session.all.status.ok()) << session.all.status.error_message();
  EXPECT_TRUE(session.in_order);
  EXPECT_EQ(session.all.Fingerprint(), undisturbed.Fingerprint());
}

TEST_F(Resumption, IsNotForAClientThatClosesItsWebSocket) {
  WebSocketClient client(gateway().http_port());
  client.SendBinary(Resumable(Clip(0)).front().SerializeAsString());
  v1::AnalyzeResponse started;
  started.ParseFromString(client.ReceiveBinary().value_or(""));
  ASSERT_FALSE(started.started().resume_token().empty());
  client.SendClose(1000);
  EXPECT_EQ(client.AwaitClose(), 1000);
  ASSERT_TRUE(Shows("trackfit_sessions_active 0"));
  const Analyzed late = Resume(ResumeRequest(started.started().resume_token(), 1));
  EXPECT_EQ(late.status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_TRUE(Waiting(0));
}

TEST_F(Resumption, BringsTheSummaryOfASessionThatEndedWhileItsClientWasAway) {
  extractor_.service().pause_ms = 25;
  const Analyzed undisturbed = Analyze(gateway().port(), Clip(70));
  TcpForwarder network(gateway().port());
  AnalyzeCall lost(network.port());
  for (const auto& request : Resumable(Clip(70))) lost.Send(request);
  lost.StartReading();
  ASSERT_TRUE(lost.WaitForResponses(64));  // few enough are left that the gateway reads the half-close
  ResumedSession session;
  std::thread cut([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(80));
    network.Cut();
  });
  session.Add(lost.Finish());  // a half-close, which takes up to the next answer, and then it breaks
  cut.join();
  ASSERT_EQ(session.all.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  ASSERT_TRUE(Eventually([&] { return extractor_.service().open == 0; })) << "the session comes to its end";
  for (int times = 0; times < 2; ++times) {  // the first answer may be lost as well
    ResumedSession again = session;
    again.Add(Resume(session.Request()));
    ASSERT_TRUE(again.all.status.ok()) << again.all.status.error_message();
    EXPECT_TRUE(again.in_order);
    EXPECT_EQ(again.all.Fingerprint(), undisturbed.Fingerprint());
  }
  EXPECT_TRUE(Waiting(0)) << "what is over waits for nobody";
}

TEST_F(Resumption, TakesOverFromAStreamThatTheGatewayStillBelievesIn) {
  TcpForwarder network(gateway().port());
  AnalyzeCall half_open(network.port());
  half_open.StartReading();
  for (const auto& request : Resumable(Clip(5))) half_open.Send(request);
  ASSERT_TRUE(half_open.WaitForResponses(6));
  network.Freeze();
  // What the client does not know: its connection is dead, and the gateway does not know it either.
  ResumedSession session;
  half_open.Cancel();
  session.Add(half_open.Await());
  EXPECT_TRUE(Waiting(0));
  AnalyzeCall call(gateway().port());
  call.Send(session.Request());
  EXPECT_EQ(call.Receive().resumed().next_sequence(), 5U);
  for (uint64_t i = 5; i < 8; ++i) call.Send(FrameRequest(i, "a"));
  session.Add(call.Finish());
  ASSERT_TRUE(session.all.status.ok()) << session.all.status.error_message();
  EXPECT_EQ(session.all.Answered(), Range(0, 8));
}

TEST_F(Resumption, EndsTheStreamThatItTakesOverFrom) {
  AnalyzeCall first(gateway().port());
  for (const auto& request : Resumable(Clip(0))) first.Send(request);
  const std::string token = first.Receive().started().resume_token();
  AnalyzeCall second(gateway().port());
  second.Send(ResumeRequest(token, 1));
  EXPECT_TRUE(second.Receive().has_resumed());
  const Analyzed taken = first.Await();
  EXPECT_EQ(taken.status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_THAT(taken.status.error_message(), HasSubstr("on another stream"));
  EXPECT_TRUE(second.Finish().status.ok());
}

TEST_F(Resumption, GivesTheSessionToOneOfTwo) {
  const ResumedSession session = Lose();
  AnalyzeCall a(gateway().port()), b(gateway().port());
  std::atomic<int> sent = 0;
  const auto resume = [&](AnalyzeCall& call) {
    ++sent;
    while (sent < 2) std::this_thread::yield();
    call.Send(session.Request());
  };
  std::thread one([&] { resume(a); }), other([&] { resume(b); });
  one.join();
  other.join();
  EXPECT_TRUE(a.Receive().has_resumed());
  EXPECT_TRUE(b.Receive().has_resumed());
  // Both half-close, but of the one that came first nothing counts any more.
  ASSERT_TRUE(Counted("resumed", 2));
  std::vector<grpc::StatusCode> codes = {a.Finish().status.error_code(), b.Finish().status.error_code()};
  EXPECT_THAT(codes, ::testing::UnorderedElementsAre(grpc::StatusCode::OK, grpc::StatusCode::ABORTED));
}

TEST_F(Resumption, IsNotPossibleWithAnotherToken) {
  const ResumedSession session = Lose();
  const Analyzed wrong = Resume(ResumeRequest(std::string(32, '0'), session.last_number));
  EXPECT_EQ(wrong.status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(wrong.status.error_message(), HasSubstr("start a new session"));
  EXPECT_TRUE(Counted("not_found", 1));
  EXPECT_TRUE(Resume(session.Request()).status.ok()) << "the session itself was not touched";
}

TEST_F(Resumption, NamesWhatIsWrongWithItsRequest) {
  const ResumedSession session = Lose();
  v1::AnalyzeRequest request = session.Request();
  request.mutable_config()->set_max_people(2);
  Analyzed refused = Resume(request);
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(refused.status.error_message(), HasSubstr("config.max_people"));
  refused = Resume(ResumeRequest(session.token, session.last_number + 1));
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(refused.status.error_message(), HasSubstr("config.resume.last_number"));
}

TEST_F(Resumption, IsOverWhenItsTimeHasPassed) {
  options_.resume.seconds = 0.3;
  const ResumedSession session = Lose();
  EXPECT_TRUE(Counted("expired", 1));
  EXPECT_EQ(Resume(session.Request()).status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_TRUE(Waiting(0));
  EXPECT_TRUE(Eventually([&] { return extractor_.service().open == 0 && inferencer_.service().open == 0; }));
}

TEST_F(Resumption, KeepsOnlyTheLatestOfManySessions) {
  options_.resume.max = 3;
  options_.resume.seconds = 2;
  std::vector<ResumedSession> sessions;
  for (int i = 0; i < 12; ++i) {
    sessions.push_back(Lose(2));
    ASSERT_TRUE(Waiting(std::min(i + 1, 3)));
  }
  EXPECT_TRUE(Counted("evicted", 9));
  EXPECT_TRUE(Eventually([&] { return extractor_.service().open == 3; }));
  EXPECT_EQ(Resume(sessions.front().Request()).status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_TRUE(Waiting(0)) << "their time passes";
  EXPECT_TRUE(Eventually([&] { return extractor_.service().open == 0; }));
  EXPECT_TRUE(Shows("trackfit_queued_bytes 0"));
}

TEST_F(Resumption, TakesNoPlaceFromThoseWhoAreThere) {
  options_.server.max_sessions = 2;
  const ResumedSession session = Lose();
  ASSERT_TRUE(Waiting(1));
  AnalyzeCall first(gateway().port());
  first.Send(ConfigRequest());
  EXPECT_TRUE(first.Receive().has_started());
  EXPECT_TRUE(Waiting(1));
  AnalyzeCall second(gateway().port());
  second.Send(ConfigRequest());
  EXPECT_TRUE(second.Receive().has_started());
  EXPECT_TRUE(Waiting(0));
  EXPECT_TRUE(Counted("evicted", 1));
  first.Finish();
  second.Finish();
}

TEST_F(Resumption, NeedsThatTheMissingResponsesAreKept) {
  options_.resume.kb = 16;
  const ResumedSession session = Lose(200);
  const Analyzed late = Resume(ResumeRequest(session.token, 1));
  EXPECT_EQ(late.status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(late.status.error_message(), HasSubstr("start a new session"));
}

TEST_F(Resumption, IsOffWhereNobodyAsksOrTheGatewayKeepsNothing) {
  Analyzed analyzed = Analyze(gateway().port(), Clip(3));
  EXPECT_EQ(analyzed.responses.front().started().resume_token(), "");
  EXPECT_EQ(analyzed.responses.back().number(), 0U);
  gateway_ = nullptr;
  options_.resume.seconds = 0;
  analyzed = Analyze(gateway().port(), Resumable(Clip(3)));
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.responses.front().started().resume_token(), "");
  EXPECT_EQ(analyzed.responses.back().number(), 0U);
}

TEST_F(Resumption, EndsWithADrainWhichDoesNotWaitForIt) {
  const ResumedSession session = Lose();
  ASSERT_TRUE(Waiting(1));
  ASSERT_EQ(extractor_.service().open, 1);
  const auto begin = std::chrono::steady_clock::now();
  gateway().server().Drain();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(900)) << "the grace is 1 s";
  EXPECT_TRUE(Waiting(0));
  EXPECT_TRUE(Eventually([&] { return extractor_.service().open == 0; }));
}

TEST_F(Resumption, IsAskedForByAGatewayWhoseStreamsGrowOld) {
  options_.max_stream_age = 1;
  AnalyzeCall call(gateway().port());
  call.StartReading();
  for (const auto& request : Resumable(Clip(3))) call.Send(request);
  AnalyzeCall plain(gateway().port());
  plain.Send(ConfigRequest());
  ResumedSession session;
  session.Add(call.Await());
  EXPECT_EQ(session.all.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(session.all.status.error_message(), HasSubstr("max-stream-age"));
  ASSERT_EQ(session.all.responses.back().notices_size(), 1);
  EXPECT_EQ(session.all.responses.back().notices(0).code(), v1::NOTICE_CODE_RECONNECT);
  const Analyzed ended = plain.Await();
  EXPECT_EQ(ended.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ended.responses.back().notices(0).code(), v1::NOTICE_CODE_RECONNECT);
  AnalyzeCall again(gateway().port());
  again.Send(session.Request());
  EXPECT_TRUE(again.Receive().has_resumed());
  again.Send(FrameRequest(3, "a"));
  session.Add(again.Finish());
  EXPECT_TRUE(session.all.status.ok()) << session.all.status.error_message();
  EXPECT_EQ(session.all.Answered(), Range(0, 4));
}

}  // namespace
}  // namespace trackfit
