#include "coaching/movement_session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "support/poses.h"
#include "support/scripted_assessor.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::coaching {
namespace {

MovementSession SeesSquats(bool coached, const std::string& language = "en") {
  auto assessor = std::make_shared<testing::ScriptedAssessor>(
      [](auto, const std::string& expected) { return testing::SureOfSquat(0.75F, expected); });
  auto windows = assessment::WindowSession::Create(std::move(assessor), {}, "").value();
  std::optional<CoachSession> coach;
  CoachConfig config;
  config.language = language;
  if (coached) coach = CoachSession::Create(Knowledge::Load(TRACKFIT_EXERCISES).value(), config, "").value();
  return {std::move(windows), std::move(coach)};
}

MovementSession::Results PushAll(MovementSession& session, const std::vector<skeleton::Pose>& poses) {
  MovementSession::Results all;
  const auto add = [&all](const MovementSession::Results& results) {
    all.assessments.insert(all.assessments.end(), results.assessments.begin(), results.assessments.end());
    all.events.insert(all.events.end(), results.events.begin(), results.events.end());
  };
  for (const skeleton::Pose& pose : poses) add(session.Push(pose).value());
  add(session.Finish().value());
  return all;
}

TEST(MovementSession, KnowsAnExerciseNoMoreWhenTwelveSecondsHoldNoRepetition) {
  MovementSession session = SeesSquats(true);
  const auto windows = PushAll(session, testing::WavingPoses(30, 20)).assessments;
  ASSERT_EQ(windows.back().last_sequence, 599U);
  for (const assessment::Assessment& window : windows) {
    EXPECT_TRUE(window.counted);
    EXPECT_EQ(window.known, window.last_sequence < 12 * 30) << window.last_sequence;
    ASSERT_EQ(window.notices.size(), window.known ? 0U : 1U);
  }
  EXPECT_EQ(windows.back().notices[0].code, assessment::NoticeCode::kNoRepetition);
  EXPECT_EQ(windows.back().notices[0].message,
            "It looks like the exercise squat, but in 20 s of such movement no repetition was counted, so no "
            "exercise is known");
  EXPECT_EQ(windows.back().exercise, "squat") << "what the network says stays";
}

TEST(MovementSession, KnowsItAgainWithTheNextRepetition) {
  synthesis::PoseOptions options;
  options.motion.exercise = "squat";
  options.motion.repetitions = 2;
  options.motion.lead_in_seconds = 15;
  synthesis::CameraOptions camera;
  camera.yaw_degrees = 75;
  options.camera = camera;
  std::vector<skeleton::Pose> poses = synthesis::SynthesizePoses(options).value();
  for (skeleton::Pose& pose : poses) ++pose.sequence;
  MovementSession session = SeesSquats(true);
  const MovementSession::Results results = PushAll(session, poses);
  const auto first = std::ranges::find_if(
      results.events, [](const Event& event) { return std::holds_alternative<CountedRepetition>(event); });
  ASSERT_NE(first, results.events.end()) << "though windows before it were not known any more";
  const uint64_t end = std::get<CountedRepetition>(*first).repetition.last_sequence;
  for (const assessment::Assessment& window : results.assessments) {
    if (window.last_sequence > 12 * 30 && window.last_sequence <= end) {
      EXPECT_FALSE(window.known) << window.last_sequence;
    }
    if (window.last_sequence > end + 10) {
      EXPECT_TRUE(window.known) << window.last_sequence;
    }
  }
}

TEST(MovementSession, NamesExercisesInTheLanguageOfTheCoach) {
  MovementSession session = SeesSquats(true, "ko");
  for (const assessment::Assessment& window : PushAll(session, testing::WavingPoses(30, 4)).assessments)
    EXPECT_EQ(window.exercise_title, "스쿼트");
}

TEST(MovementSession, WithoutACoachTakesWindowsAsTheyAre) {
  MovementSession session = SeesSquats(false);
  for (const assessment::Assessment& window : PushAll(session, testing::WavingPoses(30, 20)).assessments) {
    EXPECT_TRUE(window.known);
    EXPECT_FALSE(window.counted);
    EXPECT_EQ(window.exercise_title, "");
  }
}

}  // namespace
}  // namespace trackfit::coaching
