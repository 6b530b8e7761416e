#include "assessment/clip_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/poses.h"
#include "support/scripted_assessor.h"

namespace trackfit::assessment {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const Assessor> SeesSquats() {
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

}  // namespace
}  // namespace trackfit::assessment
