#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <nlohmann/json.hpp>
#include <thread>

#include "load/run.h"
#include "support/breaking_gateway.h"
#include "support/fake_gateway.h"

namespace trackfit::load {
namespace {

using testing::BreakingGateway;
using ::testing::Contains;
using testing::FakeGateway;
using ::testing::HasSubstr;
using testing::ServerStream;

v1::AnalyzeResponse ResultOf(uint64_t sequence, v1::FrameStatus status = v1::FRAME_STATUS_POSE) {
  v1::AnalyzeResponse response;
  response.mutable_frame_result()->set_sequence(sequence);
  response.mutable_frame_result()->set_status(status);
  if (status == v1::FRAME_STATUS_POSE)
    response.mutable_frame_result()->mutable_pose()->set_sequence(sequence);
  return response;
}

// Answers every frame or pose with what `answer` writes, then sends the summary.
grpc::Status Serve(ServerStream& stream, const std::function<void(uint64_t sequence)>& answer) {
  uint64_t frames = 0;
  for (v1::AnalyzeRequest request; stream.Read(&request);) {
    if (request.has_config()) {
      v1::AnalyzeResponse started;
      started.mutable_started()->set_model_version("1");
      stream.Write(started);
      continue;
    }
    ++frames;
    answer(request.has_pose() ? request.pose().sequence() : request.frame().sequence());
  }
  v1::AnalyzeResponse summary;
  summary.mutable_summary()->set_frames(frames);
  stream.Write(summary);
  return grpc::Status::OK;
}

grpc::Status Honest(grpc::ServerContext&, ServerStream& stream) {
  return Serve(stream, [&stream](uint64_t sequence) { stream.Write(ResultOf(sequence)); });
}

Recording TenFrames() {
  Recording recording;
  recording.name = "ten";
  recording.fps = 100;
  recording.frames.resize(10);
  for (std::size_t i = 0; i < 10; ++i) recording.frames[i].set_encoded(std::string(i + 1, 'x'));
  return recording;
}

RunOptions Options(const FakeGateway& gateway) {
  RunOptions options;
  options.gateway = gateway.address();
  options.sessions = 3;
  options.seconds = 0.3;
  options.session.verify = true;
  return options;
}

TEST(Load, CountsAndTimesWhatAnHonestGatewayAnswers) {
  const FakeGateway gateway(Honest);
  std::vector<Recording> recordings = {TenFrames()};
  ASSERT_TRUE(PlayAlone(gateway.address(), {}, {}, true, recordings[0]).ok());
  EXPECT_EQ(recordings[0].results.size(), 10U);
  EXPECT_EQ(recordings[0].poses.size(), 10U);
  const auto report = RunLoad(Options(gateway), recordings);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->clean()) << report->Text();
  EXPECT_EQ(report->completed, 3U);
  EXPECT_GT(report->outcome.sent, 60U) << "100 a second, in three sessions, for 0.3 s";
  EXPECT_EQ(report->outcome.answered, report->outcome.sent);
  EXPECT_EQ(report->outcome.latencies_ms.size(), report->outcome.sent);
  EXPECT_EQ(report->outcome.compared, 30U) << "the first pass of each";
  const auto json = nlohmann::json::parse(report->Json());
  EXPECT_EQ(json["faults"], 0);
  EXPECT_GT(json["latency_ms"]["p50"], 0);
}

TEST(Load, SendsPosesInTheirPlace) {
  std::atomic<int> poses = 0;
  const FakeGateway gateway([&poses](grpc::ServerContext&, ServerStream& stream) {
    uint64_t answered = 0;
    for (v1::AnalyzeRequest request; stream.Read(&request);) {
      if (request.has_pose()) ++poses;
      if (!request.has_config()) stream.Write(ResultOf(answered++));
    }
    v1::AnalyzeResponse summary;
    summary.mutable_summary()->set_frames(answered);
    stream.Write(summary);
    return grpc::Status::OK;
  });
  std::vector<Recording> recordings = {TenFrames()};
  ASSERT_TRUE(PlayAlone(gateway.address(), {}, {}, true, recordings[0]).ok());
  EXPECT_EQ(poses, 0);
  RunOptions options = Options(gateway);
  options.session.poses = true;
  const auto report = RunLoad(options, recordings);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->clean()) << report->Text();
  EXPECT_EQ(static_cast<uint64_t>(poses), report->outcome.sent);
}

// What a gateway does wrong in one answer, and how the report tells it.
struct Wrong {
  const char* name;
  std::function<void(ServerStream& stream, uint64_t sequence)> answer;
  const char* told;
};

class LoadFindsFaults : public ::testing::TestWithParam<Wrong> {};

TEST_P(LoadFindsFaults, AndSaysWhich) {
  std::vector<Recording> recordings = {TenFrames()};
  const FakeGateway honest(Honest);
  ASSERT_TRUE(PlayAlone(honest.address(), {}, {}, false, recordings[0]).ok());
  const FakeGateway gateway([](grpc::ServerContext&, ServerStream& stream) {
    return Serve(stream, [&stream](uint64_t sequence) {
      if (sequence == 5) {
        GetParam().answer(stream, sequence);
      } else {
        stream.Write(ResultOf(sequence));
      }
    });
  });
  const auto report = RunLoad(Options(gateway), recordings);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->clean());
  EXPECT_THAT(report->outcome.faults, Contains(HasSubstr(GetParam().told))) << report->Text();
}

INSTANTIATE_TEST_SUITE_P(
    Of, LoadFindsFaults,
    ::testing::Values(Wrong{"Doubled",
                            [](ServerStream& stream, uint64_t sequence) {
                              stream.Write(ResultOf(sequence));
                              stream.Write(ResultOf(sequence));
                            },
                            "frame 5 is answered where"},
                      Wrong{"Lost", [](ServerStream&, uint64_t) {}, "frame 6 is answered where 5 is due"},
                      Wrong{"Invalid",
                            [](ServerStream& stream, uint64_t sequence) {
                              stream.Write(ResultOf(sequence, v1::FRAME_STATUS_INVALID_FRAME));
                            },
                            "FRAME_STATUS_INVALID_FRAME"},
                      Wrong{"Different",
                            [](ServerStream& stream, uint64_t sequence) {
                              stream.Write(ResultOf(sequence, v1::FRAME_STATUS_NO_POSE));
                            },
                            "answered otherwise than to one alone"},
                      Wrong{"AheadOfItsFrames",
                            [](ServerStream& stream, uint64_t sequence) {
                              v1::AnalyzeResponse early;
                              early.mutable_assessment()->set_last_sequence(sequence);
                              stream.Write(early);
                              stream.Write(ResultOf(sequence));
                            },
                            "which is not answered yet"}),
    [](const auto& wrong) { return wrong.param.name; });

TEST(Load, TellsTheErrorsOfSessionsThatEnd) {
  std::atomic<int> sessions = 0;
  const FakeGateway gateway([&sessions](grpc::ServerContext& context, ServerStream& stream) {
    if (++sessions == 1) return grpc::Status(grpc::StatusCode::INTERNAL, "out of luck");
    if (sessions == 2) return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "full");
    return Honest(context, stream);
  });
  const auto report = RunLoad(Options(gateway), {TenFrames()});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->ended_by_code.at("INTERNAL"), 1U);
  EXPECT_EQ(report->ended_by_code.at("RESOURCE_EXHAUSTED"), 1U);
  EXPECT_EQ(report->completed, 1U);
  EXPECT_FALSE(report->clean());
  EXPECT_THAT(report->Text(), HasSubstr("1 with INTERNAL: out of luck"));
  EXPECT_THAT(report->outcome.faults, Contains(HasSubstr("not told when to come back")));
}

TEST(Load, ComesBackToAFullGatewayWhenItSays) {
  std::atomic<int> sessions = 0;
  const FakeGateway gateway([&sessions](grpc::ServerContext& context, ServerStream& stream) {
    if (++sessions > 2) return Honest(context, stream);
    context.AddTrailingMetadata("retry-after-ms", "50");
    return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "full");
  });
  const auto report = RunLoad(Options(gateway), {TenFrames()});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->clean()) << report->Text();
  EXPECT_EQ(report->completed, 3U);
  EXPECT_EQ(report->ended_by_code.at("RESOURCE_EXHAUSTED"), 2U);
  EXPECT_EQ(report->outcome.refusal_latencies_ms.size(), 2U);
  EXPECT_THAT(report->Text(), HasSubstr("until they were told"));
}

// A session that is half-closed when so many streams were opened.
RunOptions UntilStream(int count, const FakeGateway& gateway, const BreakingGateway& script) {
  RunOptions options = Options(gateway);
  options.sessions = 1;
  options.seconds = 60;
  options.interrupted = [count, &script] { return script.streams >= count; };
  return options;
}

TEST(Load, GoesOnWithSessionsWhoseConnectionBreaks) {
  BreakingGateway script(4);
  const FakeGateway gateway(std::ref(script));
  const auto report = RunLoad(UntilStream(5, gateway, script), {TenFrames()});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->clean()) << report->Text();
  EXPECT_EQ(report->opened, 1U);
  EXPECT_EQ(report->completed, 1U);
  EXPECT_EQ(report->outcome.resumptions, 4U);
  EXPECT_EQ(report->outcome.answered, report->outcome.sent);
  EXPECT_GT(report->outcome.sent, 28U) << "seven in each stream but the last";
  EXPECT_FALSE(script.out_of_order) << "what was lost is sent again, and nothing else";
  EXPECT_THAT(report->Text(), HasSubstr("resumed    4 times"));
  const auto json = nlohmann::json::parse(report->Json());
  EXPECT_EQ(json["resumptions"], 4);
  EXPECT_GE(json["pause_ms"]["max"], 100);
}

TEST(Load, DoesNotSendOldFramesAgainInLiveDelivery) {
  BreakingGateway script(2);
  const FakeGateway gateway(std::ref(script));
  RunOptions options = UntilStream(3, gateway, script);
  options.session.config.set_delivery(v1::DELIVERY_MODE_LIVE);
  const auto report = RunLoad(options, {TenFrames()});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->clean()) << report->Text();
  EXPECT_EQ(report->outcome.resumptions, 2U);
  EXPECT_EQ(report->outcome.answered, report->outcome.sent);
  EXPECT_GE(report->outcome.held_back, 8U) << "100 a second were due in the first break of 0.1 s or more";
  EXPECT_TRUE(script.out_of_order);
}

TEST(Load, FindsAResponseThatComesTwiceAfterABreak) {
  BreakingGateway script(1);
  script.repeats = true;
  const FakeGateway gateway(std::ref(script));
  const auto report = RunLoad(UntilStream(2, gateway, script), {TenFrames()});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->clean());
  EXPECT_THAT(report->outcome.faults, Contains(HasSubstr("response 8 comes where 9 is due")));
}

TEST(Load, BeginsAnewWhereASessionIsGoneAndSaysSo) {
  BreakingGateway script(1);
  script.forgets = true;
  const FakeGateway gateway(std::ref(script));
  const auto report = RunLoad(UntilStream(3, gateway, script), {TenFrames()});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->clean());
  EXPECT_EQ(report->ended_by_code.at("UNAVAILABLE"), 1U);
  EXPECT_THAT(report->first_of_code.at("UNAVAILABLE"), HasSubstr("Socket closed"));
  EXPECT_EQ(report->opened, 2U);
  EXPECT_EQ(report->outcome.resumptions, 0U);
}

TEST(Load, ResumesNothingWithoutBeingAskedTo) {
  BreakingGateway script(1);
  const FakeGateway gateway(std::ref(script));
  RunOptions options = UntilStream(1, gateway, script);
  options.session.resume = false;
  const auto report = RunLoad(options, {TenFrames()});
  EXPECT_FALSE(script.configs.at(0).resumable());
}

TEST(Load, SaysThatNobodyIsThere) {
  RunOptions options;
  options.gateway = "127.0.0.1:1";
  options.sessions = 2;
  options.seconds = 0.5;
  const auto report = RunLoad(options, {TenFrames()});
  EXPECT_EQ(report.status().code(), absl::StatusCode::kUnavailable);
}

TEST(Load, ReplacesSessionsAndLetsSomeVanish) {
  const FakeGateway gateway(Honest);
  RunOptions options = Options(gateway);
  options.seconds = 1;
  options.churn = 40;
  options.cancel = 0.5;
  const auto report = RunLoad(options, {TenFrames()});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->clean()) << report->Text();
  EXPECT_GT(report->opened, 15U);
  EXPECT_GT(report->vanished, 2U);
  EXPECT_GT(report->completed, 2U);
  EXPECT_EQ(report->opened, report->vanished + report->completed);
}

TEST(Load, HoldsFramesBackInLiveDeliveryWhileTheGatewayDoesNotRead) {
  const FakeGateway gateway([](grpc::ServerContext&, ServerStream& stream) {
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    return Serve(stream, [&stream](uint64_t sequence) { stream.Write(ResultOf(sequence)); });
  });
  Recording large = TenFrames();
  for (v1::Frame& frame : large.frames) frame.set_encoded(std::string(1 << 20, 'x'));
  RunOptions options = Options(gateway);
  options.sessions = 1;
  options.session.config.set_delivery(v1::DELIVERY_MODE_LIVE);
  const auto report = RunLoad(options, {large});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->clean()) << report->Text();
  EXPECT_GT(report->outcome.held_back, 5U);
}

TEST(Load, CountsFramesThatAreLateAndHowManyInARow) {
  const FakeGateway gateway([](grpc::ServerContext&, ServerStream& stream) {
    return Serve(stream, [&stream](uint64_t sequence) {
      if (sequence == 10) std::this_thread::sleep_for(std::chrono::milliseconds(300));
      stream.Write(ResultOf(sequence));
    });
  });
  RunOptions options = Options(gateway);
  options.sessions = 1;
  options.session.late_ms = 100;
  options.seconds = 0.5;
  const auto report = RunLoad(options, {TenFrames()});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->clean()) << report->Text();
  EXPECT_GE(report->outcome.most_late_in_a_row, 15U)
      << "those that were due in the first 200 ms of the pause";
  EXPECT_GE(report->outcome.late, report->outcome.most_late_in_a_row);
  EXPECT_EQ(nlohmann::json::parse(report->Json())["late"], report->outcome.late);
}

TEST(Load, ImpatientClientsAreHeldAgainstTheirDeadlines) {
  std::atomic<int> cancelled = 0;
  const FakeGateway gateway([&cancelled](grpc::ServerContext& context, ServerStream& stream) {
    const grpc::Status status = Honest(context, stream);
    if (context.IsCancelled()) ++cancelled;
    return status;
  });
  RunOptions options = Options(gateway);
  options.seconds = 1.5;
  options.impatient = 2;
  const auto report = RunLoad(options, {TenFrames()});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->clean()) << report->Text();
  EXPECT_EQ(report->completed, 3U) << "they are not counted";
  EXPECT_GE(report->impatient_calls, 2U);
  EXPECT_GE(cancelled, 1);
}

TEST(Load, FindsImpatientClientsThatAreToldSomethingElse) {
  const FakeGateway gateway([](grpc::ServerContext& context, ServerStream& stream) {
    if (context.deadline() > std::chrono::system_clock::now() + std::chrono::hours(1))
      return Honest(context, stream);
    return grpc::Status(grpc::StatusCode::INTERNAL, "no time for that");
  });
  RunOptions options = Options(gateway);
  options.impatient = 1;
  const auto report = RunLoad(options, {TenFrames()});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->clean());
  EXPECT_THAT(report->outcome.faults, Contains(HasSubstr("no time for that")));
}

TEST(Load, SlowReadersAreOnlyHeardOf) {
  const FakeGateway gateway(Honest);
  RunOptions options = Options(gateway);
  options.slow_readers = 2;
  const auto report = RunLoad(options, {TenFrames()});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->clean()) << report->Text();
  EXPECT_EQ(report->completed, 3U) << "the slow ones are not counted";
  EXPECT_GT(report->slow_sent, report->slow_read);
}

}  // namespace
}  // namespace trackfit::load
