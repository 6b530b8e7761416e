#include "assessment/evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "assessment/window_session.h"
#include "support/poses.h"
#include "support/scripted_assessor.h"

namespace trackfit::assessment {
namespace {

using ::testing::HasSubstr;
using Poses = std::vector<skeleton::Pose>;

constexpr double kRate = 30;

TEST(LackOfMovement, IsNoneWhereSomebodyMoves) {
  EXPECT_FALSE(LackOfMovement(testing::WavingPoses(kRate, 3), kRate).has_value());
}

TEST(LackOfMovement, SaysHowLittleMoves) {
  Poses still = testing::WavingPoses(kRate, 3);
  for (skeleton::Pose& pose : still) pose.landmarks = still[0].landmarks;
  const auto notice = LackOfMovement(still, kRate);
  ASSERT_TRUE(notice.has_value());
  EXPECT_EQ(notice->code, NoticeCode::kNoMovement);
  EXPECT_EQ(notice->sequence, 89U);
  EXPECT_THAT(notice->message, HasSubstr("travels 0.00 torso lengths in 3.0 s, an exercise at least 0.22"));
}

// The last of the assessments of a film in which an assessor sees squats throughout.
Assessment LastOf(const Poses& film) {
  const auto assessor = std::make_shared<testing::ScriptedAssessor>(
      [](auto, const std::string& expected) { return testing::SureOfSquat(1, expected); });
  auto session = WindowSession::Create(assessor, {}, "").value();
  Assessment last;
  for (const skeleton::Pose& pose : film) {
    const std::vector<Assessment> due = session.Push(pose).value();
    if (!due.empty()) last = due.back();
  }
  return last;
}

void ExpectFewPoses(const Assessment& assessment) {
  EXPECT_EQ(assessment.exercise, "squat") << "what the network says stays";
  EXPECT_FALSE(assessment.known);
  ASSERT_EQ(assessment.notices.size(), 1U);
  EXPECT_EQ(assessment.notices[0].code, NoticeCode::kFewPoses);
}

// Filmed at 30 frames/s, the person is seen in the first `seconds` of every second.
Poses SeenFor(double seconds) {
  Poses film = testing::WavingPoses(kRate, 6);
  std::erase_if(film,
                [&](const skeleton::Pose& pose) { return pose.timestamp_us % 1'000'000 >= seconds * 1e6; });
  return film;
}

class Rate : public ::testing::TestWithParam<double> {};
TEST_P(Rate, IsEnough) {
  const Assessment assessment = LastOf(testing::WavingPoses(GetParam(), 6));
  EXPECT_TRUE(assessment.known);
  EXPECT_TRUE(assessment.notices.empty());
}
INSTANTIATE_TEST_SUITE_P(LackOfPoses, Rate, ::testing::Values(3.0, 4.0, 5.0, 8.0, 10.0, 15.0, 60.0));

class LowRate : public ::testing::TestWithParam<double> {};
TEST_P(LowRate, IsTooFewPoses) { ExpectFewPoses(LastOf(testing::WavingPoses(GetParam(), 6))); }
INSTANTIATE_TEST_SUITE_P(LackOfPoses, LowRate, ::testing::Values(1.0, 2.0, 2.5));

TEST(LackOfPoses, SaysHowFewThereAre) {
  EXPECT_THAT(LastOf(testing::WavingPoses(1, 6)).notices[0].message, HasSubstr("Only 4 poses in 3.3 s"));
}

TEST(LackOfPoses, IsATimeInWhichNobodyIsSeen) {
  EXPECT_TRUE(LastOf(SeenFor(0.6)).known);
  ExpectFewPoses(LastOf(SeenFor(0.3)));  // nine poses per second, but for most of it the person is hidden
}

// Of a movement of eleven poses, and one eleven steps later that shows just enough. `before` comes earlier.
Assessment AfterAnother(skeleton::Pose before) {
  const auto assessor = std::make_shared<testing::ScriptedAssessor>(
      [](auto, const std::string& expected) { return testing::SureOfSquat(1, expected); });
  auto session = WindowSession::Create(assessor, {.frames = 30, .first_after = 22}, "").value();
  EXPECT_TRUE(session.Push(before).value().empty());
  const Poses film = testing::WavingPoses(kRate, 3);
  for (size_t i = 60; i <= 70; ++i) EXPECT_TRUE(session.Push(film[i]).value().empty());
  return session.Push(film[81]).value().at(0);
}

TEST(LackOfPoses, IsNotTheTimeBeforeAMovement) {
  EXPECT_TRUE(AfterAnother(testing::WavingPoses(kRate, 3)[0]).known);
}

TEST(LackOfPoses, PassesWithTheMovementThatHadThem) {
  Poses film = testing::WavingPoses(1, 4);
  for (const skeleton::Pose& pose : testing::WavingPoses(kRate, 3)) {
    film.push_back(pose);
    film.back().sequence += 4;
    film.back().timestamp_us += 5'000'000;  // a pause before it: a movement of its own
  }
  EXPECT_TRUE(LastOf(film).known);
}

}  // namespace
}  // namespace trackfit::assessment
