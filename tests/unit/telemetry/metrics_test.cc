#include "telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "telemetry/metrics_endpoint.h"

namespace trackfit::telemetry {
namespace {

using ::testing::HasSubstr;

TEST(Metrics, SayWhatIsRunning) {
  const Metrics metrics("extractor", "1.2.3");
  EXPECT_THAT(metrics.Text(), HasSubstr("trackfit_build_info{service=\"extractor\",version=\"1.2.3\"} 1"));
}

TEST(Metrics, SameNameAndLabelsAreTheSameInstrument) {
  Metrics metrics("extractor", "1");
  EXPECT_EQ(&metrics.Counter("trackfit_frames_total", "Frames.", {{"status", "POSE"}}),
            &metrics.Counter("trackfit_frames_total", "Frames.", {{"status", "POSE"}}));
  EXPECT_NE(&metrics.Counter("trackfit_frames_total", "Frames.", {{"status", "POSE"}}),
            &metrics.Counter("trackfit_frames_total", "Frames.", {{"status", "NO_POSE"}}));
}

TEST(CallGuard, CountsTheCallUnderItsLastCode) {
  Metrics metrics("extractor", "1");
  {
    CallGuard call(metrics, "Extract", WorkBuckets());
    call.set_code("OK");
    EXPECT_THAT(metrics.Text(), HasSubstr("trackfit_calls_started_total{method=\"Extract\"} 1"));
  }
  const std::string page = metrics.Text();
  EXPECT_THAT(page, HasSubstr("trackfit_calls_total{code=\"OK\",method=\"Extract\"} 1"));
  EXPECT_THAT(page, HasSubstr("trackfit_call_duration_seconds_count{method=\"Extract\"} 1"));
}

TEST(GaugeGuard, CountsWhileItLives) {
  Metrics metrics("extractor", "1");
  prometheus::Gauge& gauge = metrics.Gauge("trackfit_sessions_active", "Streams that are open.");
  {
    const GaugeGuard guard(gauge);
    EXPECT_EQ(gauge.Value(), 1);
  }
  EXPECT_EQ(gauge.Value(), 0);
}

TEST(MetricsEndpoint, PicksAFreePortAndRefusesATakenOne) {
  const Metrics metrics("extractor", "1");
  const auto first = MetricsEndpoint::Start("127.0.0.1:0", metrics);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_GT((*first)->port(), 0);
  const std::string taken = "127.0.0.1:" + std::to_string((*first)->port());
  const auto second = MetricsEndpoint::Start(taken, metrics);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(taken));
}

}  // namespace
}  // namespace trackfit::telemetry
