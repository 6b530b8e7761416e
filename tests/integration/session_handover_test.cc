// Sessions that outlive their gateway's process, over real sockets, with stand-ins for the servers behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
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
#include "support/scratch_folder.h"

namespace trackfit {
namespace {

namespace fs = std::filesystem;
using testing::Analyze;
using testing::AnalyzeCall;
using testing::Analyzed;
using testing::Clip;
using testing::Eventually;
using testing::FrameRequest;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Received;
using testing::Resumable;
using testing::ResumedSession;
using ::testing::SizeIs;
using testing::WebSocketClient;

// Without the notice that the gateway ends, which an undisturbed session does not have.
Analyzed WithoutTheNotice(Analyzed analyzed) {
  const auto tells = [](const v1::Notice& notice) { return notice.code() == v1::NOTICE_CODE_RECONNECT; };
  std::erase_if(analyzed.responses, [&](const v1::AnalyzeResponse& response) {
    return response.response_case() == v1::AnalyzeResponse::RESPONSE_NOT_SET &&
           response.notices_size() == 1 && tells(response.notices(0));
  });
  if (analyzed.responses.empty()) return analyzed;
  auto& notices = *analyzed.responses.back().mutable_summary()->mutable_notices();
  notices.erase(std::remove_if(notices.begin(), notices.end(), tells), notices.end());
  return analyzed;
}

class SessionHandover : public testing::GatewayFixture {
 protected:
  SessionHandover() {
    fs::permissions(scratch_.path(), fs::perms::owner_all);
    options_.handover = scratch_.path();
  }

  ~SessionHandover() override { gateway_ = nullptr; }  // which writes into the folder

  // The gateway's process ends.
  void End() {
    options_.server.listen = "127.0.0.1:" + std::to_string(gateway().port());
    gateway().server().Drain();
    gateway_ = nullptr;
  }
  std::vector<fs::path> Files() const {
    const fs::directory_iterator files(scratch_.path());
    return {begin(files), end(files)};
  }
  bool Shows(const std::string& metric) {
    return Eventually([&] { return gateway().MetricsText().find(metric + "\n") != std::string::npos; });
  }
  bool HandedOver(const std::string& outcome, int count) {
    return Shows("trackfit_gateway_handovers_total{outcome=\"" + outcome + "\"} " + std::to_string(count));
  }
  bool Waiting(int count) { return Shows("trackfit_gateway_waiting_sessions " + std::to_string(count)); }

  // A stream with these requests, as far as so many responses.
  std::unique_ptr<AnalyzeCall> Start(const std::vector<v1::AnalyzeRequest>& requests, int responses) {
    auto call = std::make_unique<AnalyzeCall>(gateway().port());
    call->StartReading();
    for (const auto& request : requests) call->Send(request);
    EXPECT_TRUE(call->WaitForResponses(responses));
    return call;
  }
  // Goes on with what of the clip is missing.
  void GoOn(const std::vector<v1::AnalyzeRequest>& clip, ResumedSession& session) {
    AnalyzeCall call(gateway().port());
    call.Send(session.Request());
    const v1::AnalyzeResponse first = call.Receive();
    if (first.has_resumed()) {
      call.StartReading();
      for (size_t next = Received(clip, first.resumed()); next < clip.size(); ++next) call.Send(clip[next]);
    }
    session.Add(first.has_resumed() ? call.Finish() : call.Await());
  }

  testing::ScratchFolder scratch_;
};

TEST_F(SessionHandover, AnswersEveryFrameOnceHoweverOftenTheGatewayIsStartedAnew) {
  extractor_.service().pause_ms = 2;
  const auto clip = Resumable(Clip(400));
  const Analyzed undisturbed = Analyze(gateway().port(), Clip(400));
  ResumedSession session;
  for (const int until : {60, 170, 290}) {
    AnalyzeCall call(gateway().port());
    size_t next = 1;
    call.Send(session.token.empty() ? clip.front() : session.Request());
    if (const auto first = call.Receive(); first.has_resumed()) next = Received(clip, first.resumed());
    call.StartReading();
    std::thread sender([&] {
      while (next < clip.size() && call.Send(clip[next])) ++next;
    });
    EXPECT_TRUE(call.WaitForResponses(until - static_cast<int>(session.last_number)));
    End();
    sender.join();
    session.Add(call.Await());
    EXPECT_EQ(session.all.status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_THAT(session.all.status.error_message(), HasSubstr("resume it"));
    ASSERT_THAT(Files(), SizeIs(1));
    EXPECT_THAT(Files().front().string(), Not(HasSubstr(session.token)));
    EXPECT_EQ(fs::status(Files().front()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_TRUE(HandedOver("taken", 1));
    EXPECT_THAT(Files(), IsEmpty());
  }
  GoOn(clip, session);
  ASSERT_TRUE(session.all.status.ok()) << session.all.status.error_message();
  EXPECT_TRUE(session.in_order);
  EXPECT_EQ(WithoutTheNotice(session.all).Fingerprint(), undisturbed.Fingerprint())
      << "as if nothing had happened";
  EXPECT_TRUE(Waiting(0));
}

TEST_F(SessionHandover, IsBridgedByOurOwnClient) {
  extractor_.service().pause_ms = 2;
  const auto clip = Clip(300);
  const Analyzed undisturbed = Analyze(gateway().port(), clip);
  client::GatewaySession session(
      {.gateway = "127.0.0.1:" + std::to_string(gateway().port()), .max_unanswered = 32});
  Analyzed analyzed;
  size_t next = 0;
  std::atomic<size_t> count = 0;
  std::jthread operator_of_it([&](const std::stop_token& stop) {
    for (const size_t restart : {50U, 200U}) {
      while (count < restart && !stop.stop_requested())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      if (stop.stop_requested()) return;
      End();
      std::this_thread::sleep_for(std::chrono::milliseconds(restart == 50U ? 1500 : 0));
      gateway();
    }
  });
  const absl::Status status = session.Run(
      {},
      [&]() -> absl::StatusOr<std::optional<v1::Frame>> {
        if (++next == clip.size()) return std::nullopt;
        return clip[next].frame();
      },
      [&](const v1::AnalyzeResponse& response) {
        analyzed.responses.push_back(response);
        ++count;
        return absl::OkStatus();
      });
  operator_of_it.request_stop();
  operator_of_it.join();
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(session.resumptions(), 2);
  EXPECT_EQ(WithoutTheNotice(analyzed).Fingerprint(), undisturbed.Fingerprint());
}

TEST_F(SessionHandover, IsBridgedBySimulatedClients) {
  load::Recording recording;
  recording.fps = 100;
  for (const v1::AnalyzeRequest& request : Clip(20)) {
    if (request.has_frame()) recording.frames.push_back(request.frame());
  }
  load::RunOptions options;
  options.gateway = "127.0.0.1:" + std::to_string(gateway().port());
  options.sessions = 6;
  options.connections = 2;
  options.seconds = 60;
  int restarts = 0;
  const auto all_are_there = [&] {
    if (restarts == 0) return extractor_.service().frames >= 300;
    return gateway().MetricsText().find("resumptions_total{outcome=\"resumed\"} 6\n") != std::string::npos;
  };
  options.interrupted = [&] {
    if (!all_are_there()) return false;
    if (restarts < 2) {
      End();
      gateway();
    }
    return ++restarts > 2;
  };
  const auto report = load::RunLoad(options, {recording});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->clean()) << report->Text();
  EXPECT_EQ(report->completed, 6U);
  EXPECT_EQ(report->outcome.resumptions, 12U);
  EXPECT_EQ(report->outcome.answered, report->outcome.sent);
}

TEST_F(SessionHandover, WorksOverAWebSocket) {
  extractor_.service().pause_ms = 2;
  const auto clip = Resumable(Clip(200));
  const Analyzed undisturbed = Analyze(gateway().port(), Clip(200));
  ResumedSession session;
  {
    WebSocketClient client(gateway().http_port());
    Analyzed part = testing::SendAllAndReceive(client, clip, 80);
    ASSERT_EQ(part.responses.size(), 80U);
    std::thread ending([&] { End(); });
    Analyzed rest = testing::ReceiveUntilClosed(client);
    client.SendClose(1000);
    ending.join();
    EXPECT_EQ(rest.status.error_code(), grpc::StatusCode::UNAVAILABLE);
    part.status = rest.status;
    for (auto& response : rest.responses) part.responses.push_back(std::move(response));
    session.Add(std::move(part));
  }
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
  EXPECT_EQ(WithoutTheNotice(session.all).Fingerprint(), undisturbed.Fingerprint());
}

TEST_F(SessionHandover, TakesSessionsAlongWhoseClientIsAway) {
  const auto clip = Resumable(Clip(80));
  const Analyzed undisturbed = Analyze(gateway().port(), Clip(80));
  auto call = Start({clip.begin(), clip.begin() + 11}, 11);
  call->Cancel();
  ResumedSession session;
  session.Add(call->Await());
  ASSERT_TRUE(Waiting(1));
  End();
  ASSERT_TRUE(Waiting(1));
  GoOn(clip, session);
  ASSERT_TRUE(session.all.status.ok()) << session.all.status.error_message();
  EXPECT_TRUE(session.in_order);
  EXPECT_EQ(session.all.Fingerprint(), undisturbed.Fingerprint()) << "nobody was there to be told";
}

TEST_F(SessionHandover, GoesOnWithNewerFramesOfALiveSession) {
  v1::SessionConfig config;
  config.set_delivery(v1::DELIVERY_MODE_LIVE);
  config.set_resumable(true);
  auto requests = Clip(5);
  requests.front() = testing::ConfigRequest(config);
  auto call = Start(requests, 6);
  End();
  ResumedSession session;
  session.Add(call->Await());
  AnalyzeCall again(gateway().port());
  again.Send(session.Request());
  EXPECT_EQ(again.Receive().resumed().next_sequence(), 5U);
  again.StartReading();
  for (uint64_t i = 40; i < 43; ++i) again.Send(FrameRequest(i, "a"));
  session.Add(again.Finish());
  ASSERT_TRUE(session.all.status.ok()) << session.all.status.error_message();
  EXPECT_EQ(session.all.Answered(), (std::vector<uint64_t>{0, 1, 2, 3, 4, 40, 41, 42}));
  EXPECT_EQ(session.all.Summary().frames(), 8U);
}

TEST_F(SessionHandover, BringsTheSummaryToAClientThatWaitsForIt) {
  const auto clip = Resumable(Clip(70));
  const Analyzed undisturbed = Analyze(gateway().port(), Clip(70));
  inferencer_.service().hangs = true;
  ResumedSession session;
  {
    AnalyzeCall call(gateway().port());
    for (const auto& request : clip) call.Send(request);
    call.StartReading();
    ASSERT_TRUE(call.WaitForResponses(71));
    std::thread ending([&] {
      ASSERT_TRUE(Eventually([&] { return inferencer_.service().frozen > 0; }));
      End();
    });
    session.Add(call.Finish());  // a half-close, and then the gateway ends
    ending.join();
  }
  ASSERT_EQ(session.all.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  inferencer_.service().hangs = false;
  GoOn(clip, session);
  ASSERT_TRUE(session.all.status.ok()) << session.all.status.error_message();
  EXPECT_TRUE(session.in_order);
  EXPECT_EQ(WithoutTheNotice(session.all).Fingerprint(), undisturbed.Fingerprint());
}

TEST_F(SessionHandover, KeepsTheLastResponsesOfASessionThatIsOver) {
  const auto clip = Resumable(Clip(70));
  auto call = Start(clip, 71);
  ResumedSession session;
  session.Add(call->Finish());
  ASSERT_TRUE(session.all.status.ok());
  End();
  const Analyzed again =
      Analyze(gateway().port(), {testing::ResumeRequest(session.token, session.last_number - 1)});
  ASSERT_TRUE(again.status.ok()) << again.status.error_message();
  ASSERT_THAT(again.responses, SizeIs(2));
  EXPECT_EQ(again.responses[0].resumed().next_sequence(), 70U);
  EXPECT_TRUE(again.responses[0].resumed().half_closed());
  EXPECT_EQ(again.Summary().SerializeAsString(), session.all.Summary().SerializeAsString());
}

TEST_F(SessionHandover, DoesNotHoldUpTheDrain) {
  const auto call = Start(Resumable(Clip(5)), 6);
  const auto begin = std::chrono::steady_clock::now();
  End();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(900)) << "the grace is 1 s";
  EXPECT_EQ(call->Await().status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(SessionHandover, LeavesSessionsThatCannotBeResumedTheirGrace) {
  AnalyzeCall call(gateway().port());
  for (const auto& request : Clip(5)) call.Send(request);
  while (!call.Receive().has_frame_result()) continue;
  call.StartReading();
  std::thread ending([&] { End(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  for (uint64_t i = 5; i < 9; ++i) EXPECT_TRUE(call.Send(FrameRequest(i, "a")));
  const Analyzed analyzed = call.Finish();
  ending.join();
  EXPECT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_THAT(analyzed.Answered(), SizeIs(9));
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(SessionHandover, TakesNoMoreThanWait) {
  options_.resume.max = 2;
  std::vector<std::unique_ptr<AnalyzeCall>> calls;
  for (int i = 0; i < 4; ++i) calls.push_back(Start(Resumable(Clip(2)), 3));
  End();
  EXPECT_THAT(Files(), SizeIs(2));
  int resumable = 0;
  for (const auto& call : calls) {
    ResumedSession session;
    session.Add(call->Await());
    EXPECT_EQ(session.all.status.error_code(), grpc::StatusCode::UNAVAILABLE);
    const bool kept = session.all.status.error_message().find("resume it") != std::string::npos;
    AnalyzeCall again(gateway().port());
    again.Send(session.Request());
    const bool resumed = again.Receive().has_resumed();
    EXPECT_EQ(resumed, kept);
    resumable += resumed ? 1 : 0;
    again.Cancel();
    again.Await();
  }
  EXPECT_EQ(resumable, 2);
}

TEST_F(SessionHandover, EndsForAClientThatDoesNotComeBack) {
  options_.resume.seconds = 0.5;
  const auto call = Start(Resumable(Clip(5)), 6);
  End();
  EXPECT_TRUE(Shows("trackfit_gateway_resumptions_total{outcome=\"expired\"} 1"));
  EXPECT_TRUE(Waiting(0));
  EXPECT_TRUE(Eventually([&] { return extractor_.service().open == 0 && inferencer_.service().open == 0; }));
}

TEST_F(SessionHandover, StartsWhateverIsInTheFolder) {
  for (const char digit : {'0', 'a', 'f'})
    std::ofstream(scratch_.File(std::string(64, digit) + ".session")) << "not a session";
  EXPECT_TRUE(gateway().BecomesReady());
  EXPECT_TRUE(HandedOver("unreadable", 3));
  EXPECT_THAT(Files(), IsEmpty());
  EXPECT_TRUE(Analyze(gateway().port(), Clip(3)).status.ok());
}

TEST_F(SessionHandover, IsOffUnlessThereIsAFolder) {
  options_.handover = "";
  const auto call = Start(Resumable(Clip(5)), 6);
  End();
  ResumedSession session;
  session.Add(call->Await());
  EXPECT_EQ(session.all.status.error_message(), "the server is shutting down");
  EXPECT_THAT(Files(), IsEmpty());
  EXPECT_EQ(gateway().MetricsText().find("handovers"), std::string::npos);
  AnalyzeCall again(gateway().port());
  again.Send(session.Request());
  EXPECT_EQ(again.Await().status.error_code(), grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace trackfit
