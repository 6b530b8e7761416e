#include "client/gateway_client.h"

#include <gmock/gmock.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/breaking_gateway.h"
#include "support/fake_gateway.h"
#include "trackfit/v1/extractor.grpc.pb.h"

namespace trackfit::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using trackfit::testing::BreakingGateway;
using trackfit::testing::FakeGateway;
using trackfit::testing::Script;
using trackfit::testing::ServerStream;

v1::AnalyzeResponse ResultOf(const v1::Frame& frame) {
  v1::AnalyzeResponse response;
  response.mutable_frame_result()->set_sequence(frame.sequence());
  response.mutable_frame_result()->set_status(v1::FRAME_STATUS_POSE);
  return response;
}

// Answers each frame, and sends the summary after the half-close.
grpc::Status AnswerAll(grpc::ServerContext&, ServerStream& stream) {
  v1::AnalyzeRequest request;
  v1::AnalyzeResponse response;
  uint64_t frames = 0;
  while (stream.Read(&request)) {
    if (request.has_config()) {
      response.mutable_started()->set_session_id(request.config().expected_exercise());
      stream.Write(response);
    } else {
      ++frames;
      stream.Write(ResultOf(request.frame()));
    }
  }
  response.mutable_summary()->set_frames(frames);
  stream.Write(response);
  return grpc::Status::OK;
}

GatewaySession::FrameProvider FramesUpTo(uint64_t count, size_t bytes = 10) {
  return [count, bytes, next = uint64_t{0}]() mutable -> absl::StatusOr<std::optional<v1::Frame>> {
    if (next == count) return std::nullopt;
    v1::Frame frame;
    frame.set_sequence(next++);
    frame.set_encoded(std::string(bytes, 'x'));
    return frame;
  };
}

struct Outcome {
  absl::Status status;
  std::vector<v1::AnalyzeResponse> responses;
};

Outcome RunAgainst(const std::string& address, const GatewaySession::FrameProvider& frames,
                   std::chrono::milliseconds timeout = std::chrono::seconds(30)) {
  GatewaySession session({address, timeout});
  Outcome outcome;
  v1::SessionConfig config;
  config.set_expected_exercise("squat");
  outcome.status = session.Run(config, frames, [&](const v1::AnalyzeResponse& response) {
    outcome.responses.push_back(response);
    return absl::OkStatus();
  });
  return outcome;
}

TEST(GatewaySession, PassesOnEveryResponseInOrder) {
  const FakeGateway gateway(AnswerAll);
  const Outcome outcome = RunAgainst(gateway.address(), FramesUpTo(50));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  ASSERT_EQ(outcome.responses.size(), 52U);
  EXPECT_EQ(outcome.responses.front().started().session_id(), "squat");
  for (uint64_t i = 0; i < 50; ++i) EXPECT_EQ(outcome.responses[i + 1].frame_result().sequence(), i);
  EXPECT_EQ(outcome.responses.back().summary().frames(), 50U);
}

TEST(GatewaySession, ReadsWhileItWrites) {
  // The server answers at once and would block forever if the client did not read: 30 MB do not fit into the
  // buffers in between.
  const FakeGateway gateway([](grpc::ServerContext&, ServerStream& stream) {
    v1::AnalyzeRequest request;
    while (stream.Read(&request)) {
      if (!request.has_frame()) continue;
      v1::AnalyzeResponse response = ResultOf(request.frame());
      response.mutable_frame_result()->set_detail(request.frame().encoded());
      stream.Write(response);
    }
    return grpc::Status::OK;
  });
  const Outcome outcome = RunAgainst(gateway.address(), FramesUpTo(300, 100'000));
  EXPECT_TRUE(outcome.status.ok()) << outcome.status;
  EXPECT_EQ(outcome.responses.size(), 300U);
}

TEST(GatewaySession, ExplainsThatNobodyListens) {
  std::string address;
  { address = FakeGateway(AnswerAll).address(); }
  const Outcome outcome = RunAgainst(address, FramesUpTo(1));
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(outcome.status.message()), HasSubstr("cannot reach the gateway at " + address));
  EXPECT_THAT(std::string(outcome.status.message()),
              HasSubstr("nothing listens there; is the server running"));
}

TEST(GatewaySession, SaysWhenToTryAgainAfterARefusal) {
  const FakeGateway gateway([](grpc::ServerContext& context, ServerStream&) {
    context.AddTrailingMetadata("retry-after-ms", "1500");
    return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "8 of 8 sessions are taken");
  });
  const Outcome outcome = RunAgainst(gateway.address(), FramesUpTo(1));
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(outcome.status.message()),
              HasSubstr("refused the session: 8 of 8 sessions are taken; try again in 1.5 s"));
}

TEST(GatewaySession, DistinguishesATooLargeMessageFromARefusal) {
  const FakeGateway gateway(AnswerAll);  // takes gRPC's 4 MB
  const Outcome outcome = RunAgainst(gateway.address(), FramesUpTo(1, 5'000'000));
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kResourceExhausted);
  const std::string message(outcome.status.message());
  EXPECT_THAT(message, HasSubstr("larger than max"));
  EXPECT_THAT(message, HasSubstr("--max-side"));
  EXPECT_THAT(message, Not(HasSubstr("try again")));
}

TEST(GatewaySession, ReportsTheGatewaysObjections) {
  const FakeGateway gateway([](grpc::ServerContext&, ServerStream&) {
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "config.expected_exercise is not known");
  });
  const Outcome outcome = RunAgainst(gateway.address(), FramesUpTo(1'000'000));
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(outcome.status.message()),
              HasSubstr("rejected an option: --expected is not known"));
}

TEST(GatewaySession, DistinguishesALostGatewayFromAnUnreachableOne) {
  const FakeGateway gateway([](grpc::ServerContext&, ServerStream& stream) {
    v1::AnalyzeRequest request;
    stream.Read(&request);
    stream.Write(v1::AnalyzeResponse());
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining");
  });
  const Outcome outcome = RunAgainst(gateway.address(), FramesUpTo(1'000'000));
  EXPECT_THAT(std::string(outcome.status.message()),
              HasSubstr("ended the session after 1 response: draining"));
}

TEST(GatewaySession, GivesUpOnASilentGateway) {
  const FakeGateway gateway([](grpc::ServerContext& context, ServerStream&) {
    while (!context.IsCancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return grpc::Status::OK;
  });
  const Outcome outcome = RunAgainst(gateway.address(), FramesUpTo(1), std::chrono::milliseconds(200));
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(outcome.status.message()), HasSubstr("silent"));
}

TEST(GatewaySession, DoesNotCountASlowHandlerAsSilence) {
  const FakeGateway gateway(AnswerAll);
  GatewaySession session({gateway.address(), std::chrono::milliseconds(300)});
  bool waited = false;
  const absl::Status status = session.Run({}, FramesUpTo(3), [&](const v1::AnalyzeResponse&) {
    if (!std::exchange(waited, true)) std::this_thread::sleep_for(std::chrono::milliseconds(900));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

TEST(GatewaySession, StillGetsTheSummaryAfterStop) {
  const FakeGateway gateway(AnswerAll);
  GatewaySession session({gateway.address(), std::chrono::seconds(30)});
  std::vector<v1::AnalyzeResponse> responses;
  const absl::Status status =
      session.Run({}, FramesUpTo(1'000'000'000), [&](const v1::AnalyzeResponse& response) {
        responses.push_back(response);
        if (responses.size() == 10) session.Stop(std::chrono::seconds(20));
        return absl::OkStatus();
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_FALSE(session.cut_short());
  ASSERT_TRUE(responses.back().has_summary());
  EXPECT_EQ(responses.back().summary().frames(), responses.size() - 2);
}

TEST(GatewaySession, GivesUpLateAnswersAfterStop) {
  const FakeGateway gateway([](grpc::ServerContext& context, ServerStream& stream) {
    v1::AnalyzeRequest request;
    for (int i = 0; i < 4 && stream.Read(&request); ++i) {
      if (request.has_frame()) stream.Write(ResultOf(request.frame()));
    }
    while (!context.IsCancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return grpc::Status::OK;
  });
  GatewaySession session({gateway.address(), std::chrono::seconds(30)});
  int responses = 0;
  const auto start = std::chrono::steady_clock::now();
  const absl::Status status = session.Run({}, FramesUpTo(1'000'000'000), [&](const v1::AnalyzeResponse&) {
    if (++responses == 3) session.Stop(std::chrono::milliseconds(300));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(session.cut_short());
  EXPECT_EQ(responses, 3);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(GatewaySession, LimitsUnansweredFrames) {
  std::atomic<int> received{0};
  std::atomic<int> sent{0};
  std::atomic<int> sent_before_the_first_answer{0};
  const FakeGateway gateway([&](grpc::ServerContext& context, ServerStream& stream) {
    v1::AnalyzeRequest request;
    v1::AnalyzeRequest first;
    stream.Read(&first);  // the configuration
    while (received < 8 && stream.Read(&request)) ++received;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // more would be sent now
    sent_before_the_first_answer = sent.load();
    for (int i = 0; i < 8; ++i) stream.Write(ResultOf(request.frame()));
    while (stream.Read(&request)) {
      ++received;
      stream.Write(ResultOf(request.frame()));
    }
    return context.IsCancelled() ? grpc::Status::CANCELLED : grpc::Status::OK;
  });
  GatewaySession session({.gateway = gateway.address(),
                          .idle_timeout = std::chrono::seconds(30),
                          .proxy = "",
                          .max_unanswered = 8});
  int responses = 0;
  const absl::Status status = session.Run(
      {},
      [&, frames = FramesUpTo(100)]() mutable {
        ++sent;
        return frames();
      },
      [&](const v1::AnalyzeResponse&) {
        ++responses;
        return absl::OkStatus();
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(sent_before_the_first_answer, 8);
  EXPECT_EQ(responses, 100);
  EXPECT_EQ(received, 100);
}

v1::AnalyzeResponse NoticeOf(const std::string& message) {
  v1::AnalyzeResponse response;
  v1::Notice& notice = *response.add_notices();
  notice.set_code(v1::NOTICE_CODE_UPSTREAM_AWAY);
  notice.set_message(message);
  return response;
}

TEST(GatewaySession, QuotesTheLastNoticeOfASilentGateway) {
  const FakeGateway gateway([](grpc::ServerContext& context, ServerStream& stream) {
    stream.Write(NoticeOf("the extractor at 10.0.0.1:8001 cannot be reached"));
    while (!context.IsCancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return grpc::Status::OK;
  });
  const Outcome outcome = RunAgainst(gateway.address(), FramesUpTo(1), std::chrono::milliseconds(300));
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(outcome.status.message()),
              HasSubstr("; it last said: the extractor at 10.0.0.1:8001 cannot be reached"));
}

TEST(GatewaySession, CountsRepeatedNoticesAsSilence) {
  const FakeGateway gateway([](grpc::ServerContext& context, ServerStream& stream) {
    while (!context.IsCancelled()) {
      stream.Write(NoticeOf("the extractor is away"));
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return grpc::Status::OK;
  });
  const Outcome outcome = RunAgainst(gateway.address(), FramesUpTo(1), std::chrono::milliseconds(400));
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(GatewaySession, IgnoresTheProxiesOfTheEnvironment) {
  ::setenv("http_proxy", "http://127.0.0.1:9", 1);
  const FakeGateway gateway(AnswerAll);
  const Outcome outcome = RunAgainst(gateway.address(), FramesUpTo(1));
  ::unsetenv("http_proxy");
  EXPECT_TRUE(outcome.status.ok()) << outcome.status;
}

TEST(GatewaySession, UsesAndNamesTheGivenProxy) {
  ::setenv("no_proxy", "127.0.0.1", 1);
  const FakeGateway gateway(AnswerAll);
  GatewaySession session(
      {.gateway = gateway.address(), .idle_timeout = std::chrono::seconds(30), .proxy = "127.0.0.1:9"});
  const absl::Status status =
      session.Run({}, FramesUpTo(1), [](const v1::AnalyzeResponse&) { return absl::OkStatus(); });
  ::unsetenv("no_proxy");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("cannot reach the gateway at " + gateway.address() +
                                                       " (through the proxy 127.0.0.1:9)"));
}

// Behaves like an extractor: has a health service, but none of the gateway's methods.
TEST(GatewaySession, SaysWhatAnswersInsteadOfAGateway) {
  grpc::EnableDefaultHealthCheckService(true);
  int port = 0;
  v1::ExtractorService::Service service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  grpc::EnableDefaultHealthCheckService(false);
  const auto fault = [&] {
    const Outcome outcome = RunAgainst("127.0.0.1:" + std::to_string(port), FramesUpTo(1));
    EXPECT_EQ(outcome.status.code(), absl::StatusCode::kUnimplemented);
    return std::string(outcome.status.message());
  };
  EXPECT_THAT(fault(), HasSubstr("another gRPC server answers at"));
  server->GetHealthCheckService()->SetServingStatus("trackfit.v1.ExtractorService", true);
  EXPECT_THAT(fault(), HasSubstr("an extractor answers at"));
}

TEST(GatewaySession, ReportsCancellationByTheGatewayAsAborted) {
  const FakeGateway gateway(
      [](grpc::ServerContext&, ServerStream&) { return grpc::Status(grpc::StatusCode::CANCELLED, "gone"); });
  const Outcome outcome = RunAgainst(gateway.address(), FramesUpTo(3));
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kAborted);  // CANCELLED is for Ctrl-C
  EXPECT_THAT(std::string(outcome.status.message()), HasSubstr("ended the session: gone"));
}

TEST(GatewaySession, DropsEverythingOnCancel) {
  const FakeGateway gateway(AnswerAll);
  GatewaySession session({gateway.address(), std::chrono::seconds(30)});
  const absl::Status status = session.Run({}, FramesUpTo(1'000'000'000), [&](const v1::AnalyzeResponse&) {
    session.Cancel();
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
}

TEST(GatewaySession, ReportsAFailingSourceAfterTheEarlierFrames) {
  const FakeGateway gateway(AnswerAll);
  auto frames = FramesUpTo(5);
  const Outcome outcome = RunAgainst(gateway.address(), [&]() -> absl::StatusOr<std::optional<v1::Frame>> {
    auto frame = frames();
    if (frame.ok() && !frame->has_value()) return absl::DataLossError("picture 6 is broken");
    return frame;
  });
  EXPECT_EQ(outcome.status, absl::DataLossError("picture 6 is broken"));
  EXPECT_EQ(outcome.responses.size(), 7U);
}

TEST(GatewaySession, EndsWhenTheHandlerFails) {
  const FakeGateway gateway(AnswerAll);
  GatewaySession session({gateway.address(), std::chrono::seconds(30)});
  const absl::Status status = session.Run({}, FramesUpTo(1'000'000'000), [](const v1::AnalyzeResponse&) {
    return absl::ResourceExhaustedError("disk full");
  });
  EXPECT_EQ(status, absl::ResourceExhaustedError("disk full"));
}

TEST(GatewaySession, GetsEachResponseOnceHoweverOftenTheConnectionBreaks) {
  BreakingGateway script(4);
  const FakeGateway gateway(std::ref(script));
  GatewaySession session({.gateway = gateway.address(), .max_unanswered = 4});
  std::vector<v1::AnalyzeResponse> responses;
  const absl::Status status = session.Run({}, FramesUpTo(50), [&](const v1::AnalyzeResponse& response) {
    responses.push_back(response);
    return absl::OkStatus();
  });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(session.resumptions(), 4);
  EXPECT_FALSE(script.out_of_order);
  ASSERT_EQ(responses.size(), 52U);
  for (uint64_t i = 0; i < 50; ++i) EXPECT_EQ(responses[i + 1].frame_result().sequence(), i);
  EXPECT_EQ(responses.back().summary().frames(), 50U);
  EXPECT_EQ(responses.front().started().resume_token(), "") << "which is nobody else's business";
  EXPECT_EQ(responses.back().number(), 0U);
  EXPECT_TRUE(script.configs[0].resumable());
}

TEST(GatewaySession, TellsHowTheConnectionBrokeWhenTheSessionIsGone) {
  BreakingGateway script(1);
  script.forgets = true;
  const FakeGateway gateway(std::ref(script));
  std::vector<int64_t> limits;
  GatewaySession session({.gateway = gateway.address(), .on_lost = [&](std::chrono::milliseconds limit) {
                            limits.push_back(limit.count());
                          }});
  const absl::Status status =
      session.Run({}, FramesUpTo(50), [](const v1::AnalyzeResponse&) { return absl::OkStatus(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("went away after"));
  EXPECT_EQ(limits, std::vector<int64_t>{10'000});
  EXPECT_EQ(session.resumptions(), 0);
}

TEST(GatewaySession, GivesUpWhenTheGatewayStaysAway) {
  BreakingGateway script(1);
  script.seconds = 0.5;
  std::optional<FakeGateway> gateway(std::ref(script));
  GatewaySession session(
      {.gateway = gateway->address(), .on_lost = [&](std::chrono::milliseconds) { gateway.reset(); }});
  const auto start = std::chrono::steady_clock::now();
  const absl::Status status =
      session.Run({}, FramesUpTo(50), [](const v1::AnalyzeResponse&) { return absl::OkStatus(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

// One that is started anew refuses streams while it ends.
TEST(GatewaySession, TriesAgainWhileAGatewayEnds) {
  BreakingGateway script(1);
  std::atomic<int> refused = 0;
  const FakeGateway gateway([&](grpc::ServerContext& context, ServerStream& stream) {
    if (script.streams == 1 && ++refused <= 3) {
      if (refused == 2) return grpc::Status(grpc::StatusCode::CANCELLED, "");  // gRPC's, when it shuts down
      context.AddTrailingMetadata("trackfit-reported", "1");
      return grpc::Status(grpc::StatusCode::UNAVAILABLE, "the server is shutting down");
    }
    return script(context, stream);
  });
  const Outcome outcome = RunAgainst(gateway.address(), FramesUpTo(50));
  EXPECT_TRUE(outcome.status.ok()) << outcome.status;
  EXPECT_EQ(refused, 4);
  EXPECT_FALSE(script.out_of_order);
}

TEST(GatewaySession, DoesNotResumeWhatTheGatewayEnded) {
  BreakingGateway script(0);
  const FakeGateway gateway([&](grpc::ServerContext& context, ServerStream& stream) {
    script(context, stream);
    context.AddTrailingMetadata("trackfit-reported", "1");
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "the extractor made no progress");
  });
  const Outcome outcome = RunAgainst(gateway.address(), FramesUpTo(5));
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(script.configs.size(), 1U);
}

}  // namespace
}  // namespace trackfit::client
