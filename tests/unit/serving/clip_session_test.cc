#include "serving/clip_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serving/measured_assessor.h"
#include "support/poses.h"
#include "support/scripted_assessor.h"

namespace trackfit::serving {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const assessment::Assessor> SeesSquats() {
  return std::make_shared<testing::ScriptedAssessor>(
      [](auto, const std::string& expected) { return testing::SureOfSquat(0.75F, expected); });
}

absl::StatusOr<ClipAssessment> Assess(const std::vector<skeleton::Pose>& poses) {
  auto session = *ClipSession::Create(SeesSquats(), "");
  for (const skeleton::Pose& pose : poses) {
    if (absl::Status pushed = session.Push(pose); !pushed.ok()) return pushed;
  }
  return session.Finish();
}

TEST(ClipSession, AssessesTheClipInWindowsAndAsAWhole) {
  const auto clip = Assess(testing::WavingPoses(30, 4));
  ASSERT_TRUE(clip.ok()) << clip.status();
  // After 60 poses, then every 15: 60, 75, 90, 105, 120.
  EXPECT_EQ(clip->windows.size(), 5u);
  EXPECT_EQ(clip->overall.exercise, "squat");
  EXPECT_EQ(clip->overall.first_sequence, 0u);
  EXPECT_EQ(clip->overall.last_sequence, 119u);
}

TEST(ClipSession, ClipShorterThanTheFirstWindowStillGetsAnAnswer) {
  const auto clip = Assess(testing::WavingPoses(30, 1));
  ASSERT_TRUE(clip.ok()) << clip.status();
  EXPECT_EQ(clip->windows.size(), 1u);
}

TEST(ClipSession, ClipUnderHalfASecondIsRefused) {
  EXPECT_THAT(std::string(Assess(testing::WavingPoses(30, 0.2)).status().message()),
              HasSubstr("poses span less than half a second"));
}

TEST(ClipSession, UnknownExerciseIsRefused) {
  EXPECT_EQ(ClipSession::Create(SeesSquats(), "juggling").status().code(),
            absl::StatusCode::kInvalidArgument);
}

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
}  // namespace trackfit::serving
