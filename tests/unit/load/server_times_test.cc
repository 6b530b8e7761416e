#include "load/server_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace trackfit::load {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kGateway[] = R"(# HELP trackfit_gateway_frame_latency_seconds Time.
# TYPE trackfit_gateway_frame_latency_seconds histogram
trackfit_gateway_frame_latency_seconds_bucket{le="0.1"} 10
trackfit_gateway_frame_latency_seconds_count 10
trackfit_gateway_frame_latency_seconds_sum 0.5
trackfit_gateway_frame_stage_seconds_sum{stage="waiting"} 0.05
trackfit_gateway_frame_stage_seconds_sum{stage="extractor"} 0.4
trackfit_gateway_frame_stage_seconds_sum{stage="ordering"} 0.05
)";
constexpr char kExtractor[] = R"(trackfit_request_wait_seconds_sum{method="ExtractStream"} 0.1
trackfit_decode_seconds_sum 0.02
trackfit_pose_seconds_sum 0.2
trackfit_detector_seconds_sum 0.03
trackfit_landmark_seconds_sum 0.15
)";

Totals TotalsOf(std::initializer_list<const char*> pages) {
  Totals totals;
  for (const char* page : pages) AddTotals(page, totals);
  return totals;
}

MATCHER_P2(Takes, stage, milliseconds, "") {
  return arg.stage == stage && std::abs(arg.milliseconds - milliseconds) < 1e-6;
}

TEST(ServerTimes, TellWhatAFramesLatencyConsistsOf) {
  EXPECT_THAT(StageTimes({}, TotalsOf({kGateway, kExtractor})),
              ElementsAre(Takes("waits at the gateway", 5.0), Takes("waits at the extractor", 10.0),
                          Takes("decoding", 2.0), Takes("detector", 3.0), Takes("landmarks", 15.0),
                          Takes("around the networks", 2.0), Takes("between the servers", 8.0),
                          Takes("waits for earlier frames", 5.0)));
}

TEST(ServerTimes, CountOnlyWhatCameBetweenTheReadings) {
  const Totals before = TotalsOf({kGateway, kExtractor});
  EXPECT_THAT(StageTimes(before, before), IsEmpty());
  EXPECT_THAT(StageTimes(before, TotalsOf({kGateway, kExtractor, kGateway, kExtractor}))[2],
              Takes("decoding", 2.0))
      << "twice as much in all";
}

TEST(ServerTimes, AreThoseOfTheGatewayWhereNoExtractorWasRead) {
  EXPECT_THAT(StageTimes({}, TotalsOf({kGateway})),
              ElementsAre(Takes("waits at the gateway", 5.0), Takes("at the extractor", 40.0),
                          Takes("waits for earlier frames", 5.0)));
}

TEST(ServerTimes, NameTheServerThatDoesNotAnswer) {
  const auto totals = ReadTotals({"localhost:1"});
  EXPECT_EQ(totals.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(totals.status().message()), ::testing::HasSubstr("http://localhost:1/metrics"));
}

}  // namespace
}  // namespace trackfit::load
