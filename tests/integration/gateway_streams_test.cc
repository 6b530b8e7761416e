// The gateway over real sockets, with stand-ins for the servers behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "integration/support/analyze_client.h"
#include "integration/support/gateway_fixture.h"

namespace trackfit {
namespace {

using ::testing::AllOf;
using testing::Analyze;
using testing::AnalyzeCall;
using testing::Analyzed;
using testing::Clip;
using testing::ConfigRequest;
using ::testing::ElementsAre;
using testing::FrameRequest;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<uint64_t> Range(uint64_t first, uint64_t count) {
  std::vector<uint64_t> range(count);
  std::iota(range.begin(), range.end(), first);
  return range;
}

std::vector<std::string> Messages(const Analyzed& analyzed) {
  std::vector<std::string> messages;
  for (const auto& response : analyzed.responses) {
    for (const auto& notice : response.notices()) messages.push_back(notice.message());
  }
  return messages;
}

using GatewayStreams = testing::GatewayFixture;

// On a busy machine one more: a server that dies before the gateway has heard that it took the stream blames
// nobody.
const auto kTwoDeathsOrThree = AllOf(Ge(2), Le(3));

TEST_F(GatewayStreams, AnswerEveryFrameOnceInOrder) {
  const Analyzed analyzed = Analyze(gateway().port(), Clip(150));
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_TRUE(analyzed.responses.front().has_started());
  EXPECT_EQ(analyzed.Answered(), Range(0, 150));
  EXPECT_EQ(analyzed.Assessments().size(), 7U) << "after 60, 75, ... 150 poses";
  EXPECT_EQ(analyzed.Summary().frames(), 150U);
  EXPECT_EQ(analyzed.Summary().poses(), 150U);
}

TEST_F(GatewayStreams, KeepTheirOrderAcrossBrokenPictures) {
  const Analyzed analyzed =
      Analyze(gateway().port(), {ConfigRequest(), FrameRequest(0, "a"), FrameRequest(1, "corrupt"),
                                 FrameRequest(2, "nobody"), FrameRequest(3, "b")});
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered(), Range(0, 4));
  const auto results = analyzed.FrameResults();
  EXPECT_EQ(results[1].status(), v1::FRAME_STATUS_INVALID_FRAME);
  EXPECT_EQ(results[2].status(), v1::FRAME_STATUS_NO_POSE);
  EXPECT_EQ(results[3].status(), v1::FRAME_STATUS_POSE);
  EXPECT_EQ(analyzed.Summary().invalid(), 1U);
}

TEST_F(GatewayStreams, OfPosesNeedNoExtractor) {
  const Analyzed seen = Analyze(gateway().port(), Clip(90));
  const int streams = extractor_.service().streams;
  extractor_.Kill();
  std::vector<v1::AnalyzeRequest> requests = {ConfigRequest()};
  for (const auto& result : seen.FrameResults()) *requests.emplace_back().mutable_pose() = result.pose();
  const Analyzed analyzed = Analyze(gateway().port(), requests);
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Summary().poses(), 90U);
  EXPECT_EQ(analyzed.Fingerprint(), seen.Fingerprint()) << "as if an extractor had found them";
  EXPECT_THAT(gateway().MetricsText(), HasSubstr("upstream_breaks_total{upstream=\"extractor\"} 0"));
  EXPECT_EQ(extractor_.service().streams, streams);
}

TEST_F(GatewayStreams, GiveTwoInterleavedSessionsWhatEachGetsAlone) {
  const auto clip_a = Clip(120, "a");
  const auto clip_b = Clip(120, "b");
  const Analyzed alone_a = Analyze(gateway().port(), clip_a);
  const Analyzed alone_b = Analyze(gateway().port(), clip_b);
  AnalyzeCall a(gateway().port()), b(gateway().port());
  a.StartReading();
  b.StartReading();
  for (size_t i = 0; i < clip_a.size(); ++i) {
    ASSERT_TRUE(a.Send(clip_a[i]));
    ASSERT_TRUE(b.Send(clip_b[i]));
  }
  EXPECT_EQ(a.Finish().Fingerprint(), alone_a.Fingerprint());
  EXPECT_EQ(b.Finish().Fingerprint(), alone_b.Fingerprint());
  EXPECT_NE(alone_a.Fingerprint(), alone_b.Fingerprint());
}

TEST_F(GatewayStreams, EndWithTheNameOfTheFieldThatBreaksTheProtocol) {
  const auto message_of = [this](const std::vector<v1::AnalyzeRequest>& requests) {
    const Analyzed analyzed = Analyze(gateway().port(), requests);
    EXPECT_EQ(analyzed.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    return analyzed.status.error_message();
  };
  EXPECT_THAT(message_of({FrameRequest(0, "a")}), HasSubstr("config"));
  EXPECT_THAT(message_of({ConfigRequest(), ConfigRequest()}), HasSubstr("config"));
  EXPECT_THAT(message_of({ConfigRequest(), FrameRequest(5, "a"), FrameRequest(4, "a")}),
              HasSubstr("frame.sequence"));
  v1::SessionConfig config;
  config.set_expected_exercise("handstand");
  EXPECT_THAT(message_of({ConfigRequest(config)}), HasSubstr("config.expected_exercise"));
  v1::AnalyzeRequest pose;
  pose.mutable_pose()->add_landmarks();
  EXPECT_THAT(message_of({ConfigRequest(), FrameRequest(0, "a"), pose}),
              HasSubstr("pose: this session sends frames"));
}

TEST_F(GatewayStreams, GoOnAfterATimestampThatDoesNotIncrease) {
  auto clip = Clip(4);
  clip[3].mutable_frame()->set_timestamp_us(testing::TimestampUs(1));
  const Analyzed analyzed = Analyze(gateway().port(), clip);
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered(), Range(0, 4));
  EXPECT_EQ(analyzed.FrameResults()[2].status(), v1::FRAME_STATUS_INVALID_FRAME);
  EXPECT_THAT(analyzed.FrameResults()[2].detail(), HasSubstr("timestamp does not increase"));
  EXPECT_EQ(analyzed.Summary().invalid(), 1U);
  EXPECT_THAT(gateway().MetricsText(),
              HasSubstr("trackfit_gateway_frames_total{status=\"invalid_frame\"} 1"));
}

TEST_F(GatewayStreams, SayWhenTimestampsAreNotInMicroseconds) {
  auto clip = Clip(120);
  for (size_t i = 1; i < clip.size(); ++i) {
    clip[i].mutable_frame()->set_timestamp_us(static_cast<int64_t>(33 * i));
  }
  const Analyzed analyzed = Analyze(gateway().port(), clip);
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_TRUE(analyzed.Assessments().empty());
  ASSERT_THAT(Messages(analyzed), SizeIs(1));
  EXPECT_THAT(Messages(analyzed)[0], HasSubstr("are they milliseconds?"));
  EXPECT_EQ(analyzed.Summary().notices(0).code(), v1::NOTICE_CODE_IMPLAUSIBLE_RATE);
}

TEST_F(GatewayStreams, AnswerAFrameThatNoExtractorSurvivesAndGoOn) {
  const testing::Undertaker undertaker(extractor_);
  auto clip = Clip(40);
  clip[21].mutable_frame()->set_encoded("deadly");
  const Analyzed analyzed = Analyze(gateway().port(), clip);
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered(), Range(0, 40));
  EXPECT_EQ(analyzed.Summary().invalid(), 1U);
  EXPECT_EQ(analyzed.FrameResults()[20].status(), v1::FRAME_STATUS_INVALID_FRAME);
  EXPECT_THAT(analyzed.FrameResults()[20].detail(), HasSubstr("the extractor broke twice with this frame: "));
  EXPECT_THAT(extractor_.service().dying.load(), kTwoDeathsOrThree);
  EXPECT_THAT(gateway().MetricsText(),
              HasSubstr("trackfit_gateway_poisoned_total{upstream=\"extractor\"} 1"));
}

TEST_F(GatewayStreams, AnswerAFrameThatEveryExtractorReportsAFailureWith) {
  auto clip = Clip(40);
  clip[21].mutable_frame()->set_encoded("failure");
  const Analyzed analyzed = Analyze(gateway().port(), clip);
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered(), Range(0, 40));
  EXPECT_EQ(analyzed.FrameResults()[20].detail(),
            "the extractor broke twice with this frame: the engine fails");
  EXPECT_EQ(extractor_.service().streams, 3);
}

TEST_F(GatewayStreams, LeaveOutAWindowThatNoInferencerSurvivesAndGoOn) {
  inferencer_.service().deadly = 100;
  const testing::Undertaker undertaker(inferencer_);
  const Analyzed analyzed = Analyze(gateway().port(), Clip(240));
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Summary().poses(), 240U);
  EXPECT_THAT(inferencer_.service().dying.load(), kTwoDeathsOrThree);
  ASSERT_THAT(Messages(analyzed), SizeIs(1));
  EXPECT_THAT(Messages(analyzed)[0], HasSubstr("the inferencer broke twice with the poses up to 105 ("));
  EXPECT_EQ(analyzed.Summary().notices(0).code(), v1::NOTICE_CODE_POSES_SKIPPED);
  std::vector<uint64_t> ends;
  for (const auto& assessment : analyzed.Assessments()) ends.push_back(assessment.last_sequence());
  EXPECT_THAT(ends, ElementsAre(59, 74, 89, 165, 180, 195, 210, 225)) << "the window behind 89 has pose 100";
}

TEST_F(GatewayStreams, LoseNoFrameWithTheExtractor) {
  extractor_.service().pause_ms = 2;
  AnalyzeCall call(gateway().port());
  call.StartReading();
  const auto clip = Clip(200);
  std::thread sender([&] {
    for (const auto& request : clip) call.Send(request);
  });
  ASSERT_TRUE(call.WaitForResponses(50));
  extractor_.Kill();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  extractor_.Start();
  sender.join();
  const Analyzed analyzed = call.Finish();
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered(), Range(0, 200));
  EXPECT_GE(extractor_.service().streams, 2);
  EXPECT_THAT(gateway().MetricsText(),
              Not(HasSubstr("trackfit_gateway_upstream_breaks_total{upstream=\"extractor\"} 0")));
}

TEST_F(GatewayStreams, GetTheSameAssessmentsWhenTheInferencerIsReplaced) {
  extractor_.service().pause_ms = 2;
  const auto clip = Clip(300);
  const Analyzed undisturbed = Analyze(gateway().port(), clip);
  AnalyzeCall call(gateway().port());
  call.StartReading();
  std::thread sender([&] {
    for (const auto& request : clip) call.Send(request);
  });
  for (const int responses : {40, 170}) {
    ASSERT_TRUE(call.WaitForResponses(responses));
    inferencer_.Kill();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    inferencer_.Start();
  }
  sender.join();
  const Analyzed analyzed = call.Finish();
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_GE(inferencer_.service().streams, 4);
  EXPECT_EQ(analyzed.Answered(), Range(0, 300));
  ASSERT_EQ(analyzed.Assessments().size(), undisturbed.Assessments().size());
  for (size_t i = 0; i < analyzed.Assessments().size(); ++i) {
    EXPECT_EQ(analyzed.Assessments()[i].first_sequence(), undisturbed.Assessments()[i].first_sequence());
    EXPECT_EQ(analyzed.Assessments()[i].last_sequence(), undisturbed.Assessments()[i].last_sequence());
    EXPECT_NEAR(analyzed.Assessments()[i].confidence(), undisturbed.Assessments()[i].confidence(), 1e-3);
  }
}

TEST_F(GatewayStreams, EndWithUnavailableWhenAnUpstreamStaysAway) {
  options_.upstream_timeout = 1;
  ASSERT_TRUE(gateway().BecomesReady());
  extractor_.Kill();
  const Analyzed analyzed = Analyze(gateway().port(), Clip(5));
  EXPECT_EQ(analyzed.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(analyzed.status.error_message(), HasSubstr("extractor"));
}

TEST_F(GatewayStreams, SayThatTheExtractorIsAwayAndThatItIsBack) {
  ASSERT_TRUE(gateway().BecomesReady());
  extractor_.Kill();
  AnalyzeCall call(gateway().port());
  call.StartReading();
  for (const auto& request : Clip(3)) call.Send(request);
  ASSERT_TRUE(call.WaitForResponses(2)) << "the introduction and a notice";
  extractor_.Start();
  const Analyzed analyzed = call.Finish();
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered(), Range(0, 3));
  ASSERT_GE(analyzed.responses[1].notices_size(), 1);
  EXPECT_EQ(analyzed.responses[1].notices(0).code(), v1::NOTICE_CODE_UPSTREAM_AWAY);
  EXPECT_EQ(analyzed.responses[1].notices(0).message(),
            "the extractor at " + extractor_.address() +
                " cannot be reached (connection refused); frames wait for it");
}

TEST_F(GatewayStreams, EndWithTheClientsDeadlineEverywhere) {
  extractor_.service().pause_ms = 50;
  AnalyzeCall call(gateway().port(), std::chrono::seconds(1));
  call.StartReading();
  const auto deadline = std::chrono::system_clock::now() + std::chrono::seconds(1);
  for (const auto& request : Clip(100)) {
    if (!call.Send(request)) break;
  }
  EXPECT_EQ(call.Await().status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_GT(extractor_.service().deadline.load(), deadline - std::chrono::milliseconds(500));
  EXPECT_LT(extractor_.service().deadline.load(), deadline + std::chrono::milliseconds(500));
  EXPECT_LT(inferencer_.service().deadline.load(), deadline + std::chrono::milliseconds(500));
  EXPECT_THAT(gateway().MetricsText(), HasSubstr("upstream_breaks_total{upstream=\"extractor\"} 0"));
}

TEST_F(GatewayStreams, WaitForAnInferencerThatComesLater) {
  inferencer_.Kill();
  AnalyzeCall call(gateway().port());
  call.StartReading();
  for (const auto& request : Clip(3)) call.Send(request);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(gateway().Health(), "NOT_SERVING");
  inferencer_.Start();
  const Analyzed analyzed = call.Finish();
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered(), Range(0, 3));
  EXPECT_TRUE(gateway().BecomesReady());
  EXPECT_EQ(gateway().Health(), "SERVING");
}

TEST_F(GatewayStreams, BeyondTheLimitAreRefusedAndToldWhenToComeBack) {
  options_.server.max_sessions = 1;
  AnalyzeCall first(gateway().port());
  first.StartReading();
  first.Send(ConfigRequest());
  ASSERT_TRUE(first.WaitForResponses(1));
  AnalyzeCall second(gateway().port());
  EXPECT_EQ(second.Await().status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(second.context().GetServerTrailingMetadata().count("retry-after-ms"), 1U);
  EXPECT_TRUE(first.Finish().status.ok());
}

TEST_F(GatewayStreams, StopReadingAClientThatDoesNotTakeItsResponses) {
  AnalyzeCall call(gateway().port());
  std::thread sender([&] {
    call.Send(ConfigRequest());
    for (uint64_t i = 0; i < 2000; ++i) {
      if (!call.Send(FrameRequest(i, std::string(10'000, 'x')))) break;
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  const int taken = extractor_.service().frames;
  EXPECT_GT(taken, 0);
  EXPECT_LT(taken, 500);
  call.StartReading();
  sender.join();
  EXPECT_EQ(call.Finish().Answered(), Range(0, 2000));
}

TEST_F(GatewayStreams, DropFramesInLiveDeliveryInsteadOfFallingBehind) {
  extractor_.service().pause_ms = 20;
  v1::SessionConfig config;
  config.set_delivery(v1::DELIVERY_MODE_LIVE);
  auto clip = Clip(100);
  clip[0] = ConfigRequest(config);
  const Analyzed analyzed = Analyze(gateway().port(), clip);
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered(), Range(0, 100));
  EXPECT_GT(analyzed.Summary().dropped(), 50U);
  EXPECT_EQ(analyzed.Summary().dropped() + analyzed.Summary().poses(), 100U);
}

TEST_F(GatewayStreams, LetTheUpstreamsGoWhenTheClientIsGone) {
  AnalyzeCall call(gateway().port());
  call.StartReading();
  for (const auto& request : Clip(10)) call.Send(request);
  ASSERT_TRUE(call.WaitForResponses(11));
  call.Cancel();
  EXPECT_EQ(call.Await().status.error_code(), grpc::StatusCode::CANCELLED);
  std::string metrics;
  for (int waited = 0; waited < 300; ++waited) {
    metrics = gateway().MetricsText();
    const bool left = metrics.find("trackfit_sessions_active 0") != std::string::npos;
    if (left && extractor_.service().open == 0 && inferencer_.service().open == 0) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_THAT(metrics, HasSubstr("trackfit_sessions_active 0"));
  EXPECT_GT(extractor_.service().streams, 0);
  EXPECT_EQ(extractor_.service().open, 0);
  EXPECT_GT(inferencer_.service().streams, 0);
  EXPECT_EQ(inferencer_.service().open, 0);
}

TEST_F(GatewayStreams, EndWithUnavailableAfterTheGracePeriodOfADrain) {
  AnalyzeCall call(gateway().port());
  call.StartReading();
  for (const auto& request : Clip(10)) call.Send(request);
  ASSERT_TRUE(call.WaitForResponses(11));
  gateway().server().Drain();
  const Analyzed analyzed = call.Await();
  EXPECT_EQ(analyzed.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(analyzed.Answered(), Range(0, 10));
}

TEST_F(GatewayStreams, AreCountedByWhatWasExpectedAndWhetherItWasRecognised) {
  v1::SessionConfig config;
  config.set_expected_exercise("push_up");
  auto clip = Clip(80);
  clip[0] = ConfigRequest(config);
  EXPECT_TRUE(Analyze(gateway().port(), clip).status.ok());
  const std::string metrics = gateway().MetricsText();
  EXPECT_THAT(
      metrics,
      HasSubstr("trackfit_gateway_expected_assessments_total{correct=\"false\",expected=\"push_up\"}"));
  EXPECT_THAT(metrics, HasSubstr("trackfit_gateway_frames_total{status=\"pose\"} 80"));
  EXPECT_THAT(metrics, HasSubstr("trackfit_gateway_frame_latency_seconds_count 80"));
}

}  // namespace
}  // namespace trackfit
