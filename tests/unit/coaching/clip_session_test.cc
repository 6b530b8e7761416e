#include "coaching/clip_session.h"

#include <gtest/gtest.h>

#include <optional>

#include "support/poses.h"
#include "support/scripted_assessor.h"

namespace trackfit::coaching {
namespace {

std::shared_ptr<const assessment::Assessor> SeesSquats() {
  return std::make_shared<testing::ScriptedAssessor>(
      [](auto, const std::string& expected) { return testing::SureOfSquat(0.75F, expected); });
}

absl::StatusOr<std::optional<ClipAssessment>> Assess(const std::vector<skeleton::Pose>& poses) {
  auto session = *ClipSession::Create(SeesSquats(), nullptr, "");
  for (const skeleton::Pose& pose : poses) {
    if (absl::Status pushed = session.Push(pose); !pushed.ok()) return pushed;
  }
  return session.Finish();
}

TEST(ClipSession, AssessesTheClipInWindowsAndAsAWhole) {
  const auto clip = Assess(testing::WavingPoses(30, 4));
  ASSERT_TRUE(clip.ok()) << clip.status();
  ASSERT_TRUE(clip->has_value());
  // After 60 poses, then every 15: 60, 75, 90, 105, 120.
  EXPECT_EQ((*clip)->windows.size(), 5u);
  EXPECT_EQ((*clip)->overall.exercise, "squat");
  EXPECT_EQ((*clip)->overall.first_sequence, 0u);
  EXPECT_EQ((*clip)->overall.last_sequence, 119u);
}

TEST(ClipSession, KnowsNoExerciseWhoseRepetitionsNobodyDoes) {
  auto session = *ClipSession::Create(SeesSquats(), Knowledge::Load(TRACKFIT_EXERCISES).value(), "");
  for (const skeleton::Pose& pose : testing::WavingPoses(30, 15)) ASSERT_TRUE(session.Push(pose).ok());
  const auto clip = session.Finish().value();
  ASSERT_TRUE(clip.has_value());
  EXPECT_EQ(clip->overall.exercise, "squat");
  EXPECT_FALSE(clip->overall.known);
  ASSERT_EQ(clip->overall.notices.size(), 1U);
  EXPECT_EQ(clip->overall.notices[0].code, assessment::NoticeCode::kNoRepetition);
}

TEST(ClipSession, ClipShorterThanTheFirstWindowStillGetsAnAnswer) {
  const auto clip = Assess(testing::WavingPoses(30, 1));
  ASSERT_TRUE(clip.ok()) << clip.status();
  ASSERT_TRUE(clip->has_value());
  EXPECT_EQ((*clip)->windows.size(), 1u);
}

TEST(ClipSession, ClipUnderHalfASecondHasNoAnswer) {
  const auto clip = Assess(testing::WavingPoses(30, 0.2));
  ASSERT_TRUE(clip.ok()) << clip.status();
  EXPECT_FALSE(clip->has_value());
}

TEST(ClipSession, UnknownExerciseIsRefused) {
  EXPECT_EQ(ClipSession::Create(SeesSquats(), nullptr, "juggling").status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace trackfit::coaching
