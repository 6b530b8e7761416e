#include "gateway/gateway_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace trackfit::gateway {
namespace {

using ::testing::HasSubstr;

v1::Assessment AssessmentOf(const std::string& exercise, bool known, float quality = 50) {
  v1::Assessment assessment;
  assessment.set_exercise(exercise);
  assessment.set_judged_exercise(exercise);
  assessment.set_known(known);
  assessment.set_confidence(0.97F);
  assessment.set_known_score(known ? 0.96F : 0.15F);
  assessment.mutable_quality()->set_score(quality);
  return assessment;
}

class GatewayMetricsTest : public ::testing::Test {
 protected:
  std::string Text() const { return registry_.Text(); }

  telemetry::Metrics registry_{"gateway", "1"};
  GatewayMetrics metrics_{registry_};
};

TEST_F(GatewayMetricsTest, CountWhatIsTakenForWhat) {
  metrics_.CountAssessment(AssessmentOf("squat", true), "push_up", {});
  metrics_.CountAssessment(AssessmentOf("squat", false), "push_up", {});
  metrics_.CountAssessment(AssessmentOf("push_up", true), "push_up", {});
  metrics_.CountAssessment(AssessmentOf("push_up", true), "", {});
  for (const char* recognised : {"squat", "unknown", "push_up"}) {
    EXPECT_THAT(Text(), HasSubstr("trackfit_gateway_confusion_total{expected=\"push_up\",recognised=\"" +
                                  std::string(recognised) + "\"} 1\n"));
  }
}

TEST_F(GatewayMetricsTest, CountFormByTenthsWhereAnExerciseIsKnown) {
  for (const float score : {0.0F, 9.9F, 10.0F, 100.0F}) {
    metrics_.CountAssessment(AssessmentOf("squat", true, score), "", {});
  }
  metrics_.CountAssessment(AssessmentOf("squat", false, 55), "", {});
  const std::string series = "trackfit_gateway_quality_total{exercise=\"squat\",percentile=";
  EXPECT_THAT(Text(), HasSubstr(series + "\"0-10\"} 2\n"));
  EXPECT_THAT(Text(), HasSubstr(series + "\"10-20\"} 1\n"));
  EXPECT_THAT(Text(), HasSubstr(series + "\"90-100\"} 1\n"));
  EXPECT_THAT(Text(), HasSubstr(series + "\"50-60\"} 0\n"));
}

TEST_F(GatewayMetricsTest, ShowHowSureTheModelIs) {
  metrics_.CountAssessment(AssessmentOf("squat", true), "", {});
  metrics_.CountAssessment(AssessmentOf("squat", false), "", {});
  EXPECT_THAT(Text(), HasSubstr("trackfit_gateway_known_score_bucket{le=\"0.2\"} 1\n"));
  EXPECT_THAT(Text(), HasSubstr("trackfit_gateway_known_score_bucket{le=\"0.99\"} 2\n"));
  EXPECT_THAT(Text(), HasSubstr("trackfit_gateway_confidence_count{exercise=\"squat\"} 1\n"));
}

TEST_F(GatewayMetricsTest, ShowHowMuchOfPeopleIsSeen) {
  skeleton::Pose pose;
  for (size_t joint = 0; joint < pose.landmarks.size(); ++joint) {
    pose.landmarks[joint].visibility = joint < 11 ? 0.9F : 0.225F;  // 0.45 on average
  }
  metrics_.CountPose(pose);
  EXPECT_THAT(Text(), HasSubstr("trackfit_gateway_visibility_bucket{le=\"0.4\"} 0\n"));
  EXPECT_THAT(Text(), HasSubstr("trackfit_gateway_visibility_bucket{le=\"0.5\"} 1\n"));
}

}  // namespace
}  // namespace trackfit::gateway
