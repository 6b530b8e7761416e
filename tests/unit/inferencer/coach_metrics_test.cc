#include "coach_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace trackfit::inferencer_server {
namespace {

using ::testing::HasSubstr;

class CoachMetricsTest : public ::testing::Test {
 protected:
  static repetitions::Catalogue Squats() {
    repetitions::Condition depth;
    depth.code = "squat_depth";
    repetitions::Exercise squat;
    squat.name = "squat";
    squat.conditions = {depth};
    return repetitions::Catalogue({squat});
  }

  void Count(bool complete, bool correct, float score, repetitions::FindingLevel level) {
    coaching::CountedRepetition counted;
    counted.repetition.exercise = "squat";
    counted.repetition.complete = complete;
    counted.repetition.correct = correct;
    counted.repetition.score = score;
    counted.repetition.findings.emplace_back();
    counted.repetition.findings.back().code = "squat_depth";
    counted.repetition.findings.back().level = level;
    coach_.Count(counted);
  }

  telemetry::Metrics metrics_{"inferencer", "1"};
  CoachMetrics coach_{metrics_, Squats()};
};

TEST_F(CoachMetricsTest, ShowsAllSeriesFromTheStart) {
  const std::string page = metrics_.Text();
  for (const char* outcome : {"correct", "incorrect", "partial"}) {
    EXPECT_THAT(page, HasSubstr("trackfit_repetitions_total{exercise=\"squat\",outcome=\"" +
                                std::string(outcome) + "\"} 0"));
  }
  for (const char* level : {"good", "slightly", "clearly", "not_judged"}) {
    EXPECT_THAT(page, HasSubstr("trackfit_findings_total{code=\"squat_depth\",level=\"" + std::string(level) +
                                "\"} 0"));
  }
  EXPECT_THAT(page, HasSubstr("trackfit_repetition_score_count{exercise=\"squat\"} 0"));
}

TEST_F(CoachMetricsTest, CountsRepetitionsTheirFindingsAndScores) {
  Count(true, true, 95, repetitions::FindingLevel::kGood);
  Count(true, false, 35, repetitions::FindingLevel::kClearly);
  Count(true, false, 40, repetitions::FindingLevel::kClearly);
  Count(false, false, 0, repetitions::FindingLevel::kNotJudged);
  coach_.Count(coaching::Hint());
  const std::string page = metrics_.Text();
  EXPECT_THAT(page, HasSubstr("outcome=\"correct\"} 1"));
  EXPECT_THAT(page, HasSubstr("outcome=\"incorrect\"} 2"));
  EXPECT_THAT(page, HasSubstr("outcome=\"partial\"} 1"));
  EXPECT_THAT(page, HasSubstr("level=\"clearly\"} 2"));
  EXPECT_THAT(page, HasSubstr("level=\"not_judged\"} 1"));
  EXPECT_THAT(page, HasSubstr("trackfit_repetition_score_bucket{exercise=\"squat\",le=\"40\"} 2"));
  EXPECT_THAT(page, HasSubstr("trackfit_repetition_score_count{exercise=\"squat\"} 3")) << "complete ones";
}

}  // namespace
}  // namespace trackfit::inferencer_server
