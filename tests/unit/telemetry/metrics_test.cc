#include "telemetry/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace trackfit::telemetry {
namespace {

using ::testing::HasSubstr;

TEST(Metrics, SayWhatIsRunning) {
  const Metrics metrics("extractor", "1.2.3");
  EXPECT_THAT(metrics.Text(), HasSubstr("trackfit_build_info{service=\"extractor\",version=\"1.2.3\"} 1"));
}

TEST(Metrics, SameNameAndLabelsAreTheSameInstrument) {
  Metrics metrics("extractor", "1");
  EXPECT_EQ(&metrics.Counter("trackfit_frames_total", "Frames.", {{"status", "pose"}}),
            &metrics.Counter("trackfit_frames_total", "Frames.", {{"status", "pose"}}));
  EXPECT_NE(&metrics.Counter("trackfit_frames_total", "Frames.", {{"status", "pose"}}),
            &metrics.Counter("trackfit_frames_total", "Frames.", {{"status", "no_pose"}}));
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

}  // namespace
}  // namespace trackfit::telemetry
