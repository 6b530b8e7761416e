#include "inference/measured_assessor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/poses.h"
#include "support/scripted_assessor.h"

namespace trackfit::inference {
namespace {

using ::testing::HasSubstr;

TEST(MeasuredAssessor, CountsAndTimesWindowsAndErrors) {
  telemetry::Metrics metrics("test", "1");
  bool fails = false;
  const auto script = [&](auto, const std::string&) -> absl::StatusOr<assessment::Assessment> {
    if (fails) return absl::InternalError("out of luck");
    return testing::SureOfSquat(0.75F);
  };
  const auto fake = std::make_shared<testing::ScriptedAssessor>(script, "7");
  const MeasuredAssessor assessor(fake, metrics);
  const std::vector<skeleton::Pose> window = testing::WavingPoses(30, 2);
  ASSERT_TRUE(assessor.Assess(window, "").ok());
  fails = true;
  ASSERT_FALSE(assessor.Assess(window, "").ok());
  const std::string page = metrics.Text();
  EXPECT_THAT(page, HasSubstr("trackfit_model_info{model_version=\"7\"} 1"));
  EXPECT_THAT(page, HasSubstr("trackfit_windows_assessed_total{exercise=\"squat\"} 1"));
  EXPECT_THAT(page, HasSubstr("trackfit_inference_errors_total 1"));
  EXPECT_THAT(page, HasSubstr("trackfit_inference_seconds_count 2"));
}

TEST(MeasuredAssessor, CountsErrorsFromZeroAndWhatIsNoExerciseAsUnknown) {
  telemetry::Metrics metrics("test", "1");
  const auto script = [](auto, const std::string&) -> absl::StatusOr<assessment::Assessment> {
    assessment::Assessment unsure = testing::SureOfSquat(0.5F);
    unsure.known = false;
    return unsure;
  };
  const MeasuredAssessor assessor(std::make_shared<testing::ScriptedAssessor>(script), metrics);
  EXPECT_THAT(metrics.Text(), HasSubstr("trackfit_inference_errors_total 0"));
  ASSERT_TRUE(assessor.Assess(testing::WavingPoses(30, 2), "").ok());
  EXPECT_THAT(metrics.Text(), HasSubstr("trackfit_windows_assessed_total{exercise=\"unknown\"} 1"));
}

}  // namespace
}  // namespace trackfit::inference
