#include "model_store/measured_assessor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/poses.h"
#include "support/scripted_assessor.h"

namespace trackfit::model_store {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MeasuredAssessor, CountsAndTimesWindowsAndErrors) {
  telemetry::Metrics metrics("test", "1");
  ModelMetrics model_metrics(metrics);
  bool fails = false;
  const auto script = [&](auto, const std::string&) -> absl::StatusOr<assessment::Assessment> {
    if (fails) return absl::InternalError("out of luck");
    return testing::SureOfSquat(0.75F);
  };
  const auto fake = std::make_shared<testing::ScriptedAssessor>(script, "7");
  const MeasuredAssessor assessor(fake, "yoga", model_metrics);
  const std::vector<skeleton::Pose> window = testing::WavingPoses(30, 2);
  ASSERT_TRUE(assessor.Assess(window, "").ok());
  fails = true;
  ASSERT_FALSE(assessor.Assess(window, "").ok());
  const std::string page = metrics.Text();
  EXPECT_THAT(page, HasSubstr("trackfit_model_windows_total{model=\"yoga\",model_version=\"7\"} 1"));
  EXPECT_THAT(page, HasSubstr("trackfit_windows_assessed_total{exercise=\"squat\"} 1"));
  EXPECT_THAT(page, HasSubstr("trackfit_inference_errors_total 1"));
  EXPECT_THAT(page, HasSubstr("trackfit_inference_seconds_count 2"));
}

TEST(MeasuredAssessor, CountsErrorsFromZeroAndWhatIsNoExerciseAsUnknown) {
  telemetry::Metrics metrics("test", "1");
  ModelMetrics model_metrics(metrics);
  const auto script = [](auto, const std::string&) -> absl::StatusOr<assessment::Assessment> {
    assessment::Assessment unsure = testing::SureOfSquat(0.5F);
    unsure.known = false;
    return unsure;
  };
  const MeasuredAssessor assessor(std::make_shared<testing::ScriptedAssessor>(script), "yoga", model_metrics);
  EXPECT_THAT(metrics.Text(), HasSubstr("trackfit_inference_errors_total 0"));
  ASSERT_TRUE(assessor.Assess(testing::WavingPoses(30, 2), "").ok());
  EXPECT_THAT(metrics.Text(), HasSubstr("trackfit_windows_assessed_total{exercise=\"unknown\"} 1"));
}

TEST(ModelMetrics, LabelOneVersionTooManyAsOther) {
  telemetry::Metrics metrics("test", "1");
  ModelMetrics model_metrics(metrics);
  for (std::size_t version = 0; version <= ModelMetrics::kMaxVersions; ++version) {
    model_metrics.CountSession("yoga", std::to_string(version));
  }
  model_metrics.CountSession("yoga", "0");
  EXPECT_THAT(metrics.Text(),
              HasSubstr("trackfit_model_sessions_total{model=\"yoga\",model_version=\"0\"} 2"));
  EXPECT_THAT(metrics.Text(),
              HasSubstr("trackfit_model_sessions_total{model=\"yoga\",model_version=\"other\"} 1"));
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("model_version=\"100\"")));
}

}  // namespace
}  // namespace trackfit::model_store
