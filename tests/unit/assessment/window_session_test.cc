#include "assessment/window_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support/poses.h"
#include "support/scripted_assessor.h"

namespace trackfit::assessment {
namespace {

using ::testing::HasSubstr;

// Answers with the window's length as its cosine, so that tests see what was assessed.
std::shared_ptr<const Assessor> MakeAssessor() {
  return std::make_shared<testing::ScriptedAssessor>([](auto window, const std::string& expected) {
    Assessment assessment = testing::SureOfSquat(1, expected);
    assessment.quality.cosine = static_cast<float>(window.size());
    return assessment;
  });
}

WindowSession MakeSession(const WindowConfig& config = {}) {
  return WindowSession::Create(MakeAssessor(), config, "").value();
}

std::vector<Assessment> PushAll(WindowSession& session, const std::vector<skeleton::Pose>& poses) {
  std::vector<Assessment> all;
  for (const auto& pose : poses) {
    const auto assessments = session.Push(pose).value();
    all.insert(all.end(), assessments.begin(), assessments.end());
  }
  return all;
}

std::string CreateError(const WindowConfig& config, const std::string& expected = "") {
  const auto session = WindowSession::Create(MakeAssessor(), config, expected);
  return session.ok() ? "" : std::string(session.status().message());
}

TEST(WindowSession, AnswersAfterSixtyPosesAndThenEveryFifteen) {
  WindowSession session = MakeSession();
  const auto assessments = PushAll(session, testing::WavingPoses(30, 5));
  ASSERT_EQ(assessments.size(), 7U);
  EXPECT_EQ(assessments[0].last_sequence, 59U);
  EXPECT_EQ(assessments[1].last_sequence, 74U);
  EXPECT_EQ(assessments[6].first_sequence, 50U);
  EXPECT_EQ(assessments[6].last_sequence, 149U);
  EXPECT_EQ(assessments[0].duration_us, 2'000'000);
  EXPECT_EQ(assessments[6].duration_us, 3'333'333);
}

TEST(WindowSession, AssessesOnceForAllWindowsThatWerePutOff) {
  WindowSession session = MakeSession();
  const auto poses = testing::WavingPoses(30, 5);
  for (size_t i = 0; i < 120; ++i) {
    EXPECT_TRUE(session.Push(poses[i], Due::kPutOff).value().empty());
  }
  const auto assessments = session.Push(poses[120]).value();
  ASSERT_EQ(assessments.size(), 1U) << "five were due";
  EXPECT_EQ(assessments[0].last_sequence, 120U);
  for (size_t i = 121; i < 135; ++i) EXPECT_TRUE(session.Push(poses[i]).value().empty());
  EXPECT_EQ(session.Push(poses[135]).value().size(), 1U) << "fifteen later, as ever";
}

TEST(WindowSession, SlidesOverAtMostAHundredPosesAndNeverPads) {
  WindowSession session = MakeSession();
  const auto assessments = PushAll(session, testing::WavingPoses(30, 5));
  EXPECT_EQ(assessments[0].quality.cosine, 60);
  EXPECT_EQ(assessments[1].quality.cosine, 75);
  EXPECT_EQ(assessments[6].quality.cosine, 100);
}

TEST(WindowSession, CountsTimeAndNotFrames) {
  WindowSession session = MakeSession();
  const auto assessments = PushAll(session, testing::WavingPoses(60, 5));
  ASSERT_EQ(assessments.size(), 7U);
  EXPECT_EQ(assessments[0].last_sequence, 118U);
}

TEST(WindowSession, GivesAShortClipItsAnswerAtTheEnd) {
  WindowSession session = MakeSession();
  EXPECT_TRUE(PushAll(session, testing::WavingPoses(30, 1.5)).empty());
  const auto last = session.Finish().value();
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->first_sequence, 0U);
  EXPECT_EQ(last->last_sequence, 44U);
  EXPECT_FALSE(session.Finish().value().has_value());
}

TEST(WindowSession, SaysNothingAboutLessThanHalfASecond) {
  WindowSession session = MakeSession();
  PushAll(session, testing::WavingPoses(30, 0.4));
  EXPECT_FALSE(session.Finish().value().has_value());
}

TEST(WindowSession, StartsANewMovementAfterAPause) {
  WindowSession session = MakeSession();
  auto poses = testing::WavingPoses(30, 4);
  for (size_t i = 70; i < poses.size(); ++i) poses[i].timestamp_us += 3'000'000;
  const auto assessments = PushAll(session, poses);
  ASSERT_EQ(assessments.size(), 1U);  // 60 of the first movement; the second has 50
  const auto last = session.Finish().value();
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->first_sequence, 70U);
}

TEST(WindowSession, AssessesAShortMovementThatAPauseEnds) {
  WindowSession session = MakeSession();
  auto poses = testing::WavingPoses(30, 4);
  for (size_t i = 40; i < poses.size(); ++i) poses[i].timestamp_us += 3'000'000;
  const auto assessments = PushAll(session, poses);
  ASSERT_EQ(assessments.size(), 3U);
  EXPECT_EQ(assessments[0].last_sequence, 39U);
  EXPECT_EQ(assessments[1].first_sequence, 40U);
}

TEST(WindowSession, NeverMixesTheMovementsOfTwoPeople) {
  WindowSession session = MakeSession();
  auto poses = testing::WavingPoses(30, 4);
  for (size_t i = 0; i < poses.size(); ++i) poses[i].person_id = i < 70 ? 1 : 2;
  const auto assessments = PushAll(session, poses);
  ASSERT_EQ(assessments.size(), 1U);  // 60 of the first person; the second has 50
  EXPECT_EQ(assessments[0].last_sequence, 59U);
  const auto last = session.Finish().value();
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->first_sequence, 70U);
}

TEST(WindowSession, TakesPosesThatNameNobodyForTheSamePerson) {
  WindowSession session = MakeSession();
  auto poses = testing::WavingPoses(30, 4);
  for (size_t i = 0; i < poses.size(); i += 2) poses[i].person_id = 7;
  EXPECT_EQ(PushAll(session, poses).size(), 5U);
}

TEST(WindowSession, RefusesASequenceThatGoesBack) {
  WindowSession session = MakeSession();
  auto poses = testing::WavingPoses(30, 1);
  poses[5].sequence = 3;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(session.Push(poses[i]).ok());
  const auto result = session.Push(poses[5]);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("pose.sequence is 3"));
}

TEST(WindowSession, RefusesATimestampThatStandsStill) {
  WindowSession session = MakeSession();
  auto poses = testing::WavingPoses(30, 1);
  poses[1].timestamp_us = poses[0].timestamp_us;
  ASSERT_TRUE(session.Push(poses[0]).ok());
  EXPECT_THAT(std::string(session.Push(poses[1]).status().message()), HasSubstr("pose.timestamp_us"));
}

TEST(WindowSession, RefusesAPoseThatIsNotANumber) {
  WindowSession session = MakeSession();
  auto pose = testing::StandingPose();
  pose.landmarks[0].y = NAN;
  EXPECT_THAT(std::string(session.Push(pose).status().message()), HasSubstr("pose.landmarks[0].y"));
}

TEST(WindowConfig, NamesTheFieldThatIsOutOfRange) {
  EXPECT_THAT(CreateError({.frames = 12}), HasSubstr("window.frames is 12"));
  EXPECT_THAT(CreateError({.frames = 60, .first_after = 61}), HasSubstr("window.first_after is 61"));
  EXPECT_THAT(CreateError({.every = 301}), HasSubstr("window.every is 301"));
  EXPECT_EQ(CreateError({.frames = 45}), "");
}

TEST(WindowSession, NamesTheKnownExercisesWhenTheExpectedOneIsNot) {
  EXPECT_THAT(CreateError({}, "moonwalk"), HasSubstr("push_up, squat"));
  EXPECT_EQ(CreateError({}, "push_up"), "");
}

}  // namespace
}  // namespace trackfit::assessment
