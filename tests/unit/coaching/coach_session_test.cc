#include "coaching/coach_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::coaching {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const Knowledge> Shared() {
  static const auto* const kKnowledge = new auto(Knowledge::Load(TRACKFIT_EXERCISES).value());
  return *kKnowledge;
}

// A mannequin that squats, seen from the side, at `fps`.
std::vector<skeleton::Pose> Squats(int repetitions, double fps = 30, double seconds = 3,
                                   const std::string& fault = "") {
  synthesis::PoseOptions options;
  options.motion.exercise = "squat";
  options.motion.fault = fault;
  options.motion.repetitions = repetitions;
  options.motion.fps = fps;
  options.motion.repetition_seconds = seconds;
  options.motion.lead_in_seconds = options.motion.lead_out_seconds = 1;
  synthesis::CameraOptions camera;
  camera.yaw_degrees = 75;
  options.camera = camera;
  std::vector<skeleton::Pose> poses = synthesis::SynthesizePoses(options).value();
  for (skeleton::Pose& pose : poses) ++pose.sequence;
  return poses;
}

// Lets one clip follow another after a pause.
void Append(std::vector<skeleton::Pose>& poses, std::vector<skeleton::Pose> more, int64_t pause_us) {
  const skeleton::Pose last = poses.back();
  for (skeleton::Pose& pose : more) {
    pose.sequence += last.sequence;
    pose.timestamp_us += last.timestamp_us + pause_us;
    poses.push_back(pose);
  }
}

CoachSession Make(const std::string& expected, const std::optional<Checkpoint>& checkpoint = std::nullopt) {
  auto session = CoachSession::Create(Shared(), {}, expected, checkpoint);
  EXPECT_TRUE(session.ok()) << session.status();
  return *std::move(session);
}

assessment::Assessment Window(const std::string& exercise, uint64_t last_sequence, bool known = true) {
  assessment::Assessment window;
  window.exercise = exercise;
  window.known = known;
  window.last_sequence = last_sequence;
  return window;
}

// What a session reported.
struct Report {
  std::vector<std::string> lines;  // of repetitions and sets
  std::vector<repetitions::Repetition> repetitions;
  std::vector<repetitions::SetSummary> sets;
  std::vector<Advice> advice;
  std::vector<Hint> hints;

  void Add(const std::vector<Event>& events) {
    for (const Event& event : events) {
      if (const auto* counted = std::get_if<CountedRepetition>(&event)) {
        const repetitions::Repetition& r = counted->repetition;
        lines.push_back(r.exercise + " " + std::to_string(r.set) + "." + std::to_string(r.number));
        repetitions.push_back(r);
      } else if (const auto* set = std::get_if<EndedSet>(&event)) {
        lines.push_back("set " + std::to_string(set->summary.set) + ": " +
                        std::to_string(set->summary.repetitions));
        sets.push_back(set->summary);
      } else if (const auto* sentence = std::get_if<Advice>(&event)) {
        advice.push_back(*sentence);
      } else {
        hints.push_back(std::get<Hint>(event));
      }
    }
  }
};

TEST(CoachSession, CountsTheExerciseThatIsExpected) {
  CoachSession session = Make("squat");
  Report report;
  for (const skeleton::Pose& pose : Squats(5)) report.Add(session.Push(pose));
  report.Add(session.Finish());
  EXPECT_EQ(report.lines, (std::vector<std::string>{"squat 1.1", "squat 1.2", "squat 1.3", "squat 1.4",
                                                    "squat 1.5", "set 1: 5"}));
}

TEST(CoachSession, NamesExerciseAndConditionsInTheLanguageOfTheSession) {
  CoachSession session = CoachSession::Create(Shared(), {.language = "ko"}, "squat").value();
  std::vector<Event> events;
  for (const skeleton::Pose& pose : Squats(2)) {
    for (Event& event : session.Push(pose)) events.push_back(std::move(event));
  }
  for (Event& event : session.Finish()) events.push_back(std::move(event));
  const auto counted = std::ranges::find_if(
      events, [](const Event& e) { return std::holds_alternative<CountedRepetition>(e); });
  ASSERT_NE(counted, events.end());
  EXPECT_EQ(std::get<CountedRepetition>(*counted).exercise_title, "스쿼트");
  EXPECT_EQ(std::get<CountedRepetition>(*counted).finding_words.at(0).title, "깊이");
  const auto ended =
      std::ranges::find_if(events, [](const Event& e) { return std::holds_alternative<EndedSet>(e); });
  ASSERT_NE(ended, events.end());
  const EndedSet& set = std::get<EndedSet>(*ended);
  EXPECT_EQ(set.exercise_title, "스쿼트");
  EXPECT_EQ(set.finding_titles.size(), set.summary.findings.size());
  EXPECT_EQ(set.finding_titles.at(0), "깊이");
}

TEST(CoachSession, CountsPosesFromSequenceZero) {
  CoachSession session = Make("squat");
  skeleton::Pose pose = Squats(1).front();
  pose.sequence = 0;
  pose.timestamp_us = 0;
  session.Push(pose);
  pose.sequence = 1;
  pose.timestamp_us = 3'000'000;
  session.Push(pose);
  EXPECT_TRUE(session.TakeCheckpoint()) << "two seconds have passed since the first pose";
}

// Each repetition is told within 0.3 s of its end, whatever the frame rate.
TEST(CoachSession, ReportsARepetitionSoonAfterItsEnd) {
  for (const double fps : {10.0, 15.0, 24.0, 30.0, 60.0}) {
    CoachSession session = Make("squat");
    Report report;
    for (const skeleton::Pose& pose : Squats(4, fps)) {
      const size_t before = report.repetitions.size();
      report.Add(session.Push(pose));
      for (size_t i = before; i < report.repetitions.size(); ++i) {
        EXPECT_LE(pose.timestamp_us - report.repetitions[i].end_us, 300'000 + static_cast<int64_t>(1e6 / fps))
            << fps << " fps, repetition " << i + 1;
      }
    }
    report.Add(session.Finish());
    EXPECT_EQ(report.repetitions.size(), 4U) << fps;
  }
}

TEST(CoachSession, BeginsASetAfterARest) {
  std::vector<skeleton::Pose> poses = Squats(2);
  skeleton::Pose standing = poses.back();
  while (standing.timestamp_us < 40'000'000) {
    standing.timestamp_us += 33'333;
    ++standing.sequence;
    poses.push_back(standing);
  }
  Append(poses, Squats(3), 33'333);
  CoachSession session = Make("squat");
  Report report;
  for (const skeleton::Pose& pose : poses) report.Add(session.Push(pose));
  report.Add(session.Finish());
  EXPECT_EQ(report.lines, (std::vector<std::string>{"squat 1.1", "squat 1.2", "set 1: 2", "squat 2.1",
                                                    "squat 2.2", "squat 2.3", "set 2: 3"}));
  EXPECT_GT(report.sets[1].rest_us, 20'000'000);
}

TEST(CoachSession, CountsWhatWasNearlyDoneWhenThePersonIsLost) {
  const std::vector<skeleton::Pose> poses = Squats(1);
  Report whole;
  CoachSession undisturbed = Make("squat");
  for (const skeleton::Pose& pose : poses) whole.Add(undisturbed.Push(pose));
  ASSERT_EQ(whole.repetitions.size(), 1U);
  CoachSession session = Make("squat");
  Report report;
  for (const skeleton::Pose& pose : poses) {
    if (pose.timestamp_us < whole.repetitions[0].end_us - 100'000) report.Add(session.Push(pose));
  }
  ASSERT_TRUE(report.repetitions.empty()) << "it is still under way";
  skeleton::Pose later = poses.back();
  later.timestamp_us += 3'000'000;
  report.Add(session.Push(later));
  EXPECT_EQ(report.repetitions.size(), 1U);
}

// A smaller person who takes the place of a larger one is measured anew, not by the other's torso.
TEST(CoachSession, MeasuresAnotherPersonAnew) {
  std::vector<skeleton::Pose> poses = Squats(2);
  for (skeleton::Pose& pose : poses) pose.person_id = 1;
  std::vector<skeleton::Pose> smaller = Squats(2);
  for (skeleton::Pose& pose : smaller) {
    pose.person_id = 2;
    for (skeleton::Landmark& landmark : pose.landmarks) {
      landmark.x = 0.5F + (landmark.x - 0.5F) / 3;
      landmark.y = 0.5F + (landmark.y - 0.5F) / 3;
      landmark.z /= 3;
    }
  }
  Append(poses, smaller, 33'333);
  CoachSession session = Make("squat");
  Report report;
  for (const skeleton::Pose& pose : poses) report.Add(session.Push(pose));
  report.Add(session.Finish());
  ASSERT_EQ(report.repetitions.size(), 4U);
  EXPECT_NEAR(report.repetitions[2].range_of_motion, report.repetitions[0].range_of_motion, 0.05);
}

TEST(CoachSession, ReportsWhatItSawBeforeTheExerciseWasKnown) {
  CoachSession session = Make("");
  Report report;
  for (const skeleton::Pose& pose : Squats(3)) {
    report.Add(session.Push(pose));
    if (pose.sequence == 150) {
      EXPECT_TRUE(report.lines.empty()) << "it is not known yet which exercise it is";
      report.Add(session.Observe(Window("squat", pose.sequence)));
      EXPECT_EQ(report.lines, (std::vector<std::string>{"squat 1.1"}));
    }
  }
  report.Add(session.Finish());
  EXPECT_EQ(report.repetitions.size(), 3U);
}

TEST(CoachSession, ReportsNothingOfWhatIsNoExercise) {
  CoachSession session = Make("");
  Report report;
  for (const skeleton::Pose& pose : Squats(3)) {
    report.Add(session.Push(pose));
    if (pose.sequence % 15 == 0) report.Add(session.Observe(Window("squat", pose.sequence, false)));
  }
  report.Add(session.Finish());
  EXPECT_TRUE(report.lines.empty());
}

TEST(CoachSession, IsNotMisledByOneWindow) {
  CoachSession session = Make("");
  Report report;
  for (const skeleton::Pose& pose : Squats(5)) {
    report.Add(session.Push(pose));
    if (pose.sequence % 15 != 0) continue;
    report.Add(session.Observe(Window(pose.sequence == 240 ? "pull_up" : "squat", pose.sequence)));
  }
  report.Add(session.Finish());
  ASSERT_EQ(report.sets.size(), 1U);
  EXPECT_EQ(report.sets[0].repetitions, 5U);
}

TEST(CoachSession, SaysWhatToChangeInTheSessionsLanguage) {
  const auto first_advice = [](const std::string& language) {
    CoachConfig config;
    config.language = language;
    auto session = CoachSession::Create(Shared(), config, "squat").value();
    Report report;
    for (const skeleton::Pose& pose : Squats(3, 30, 3, "shallow")) report.Add(session.Push(pose));
    EXPECT_FALSE(report.advice.empty()) << language;
    EXPECT_FALSE(report.advice.at(0).codes.empty());
    EXPECT_GT(report.advice.at(0).sequence, 0U);
    return report.advice.at(0).text;
  };
  const std::string english = first_advice("en");
  const std::string korean = first_advice("ko");
  EXPECT_NE(english, korean);
  EXPECT_EQ(first_advice(""), english);
}

TEST(CoachSession, SaysNothingWhenAdviceIsOff) {
  CoachConfig config;
  config.advice = false;
  auto session = CoachSession::Create(Shared(), config, "squat").value();
  Report report;
  for (const skeleton::Pose& pose : Squats(3, 30, 3, "shallow")) report.Add(session.Push(pose));
  report.Add(session.Finish());
  EXPECT_EQ(report.repetitions.size(), 3U);
  EXPECT_TRUE(report.advice.empty());
}

TEST(CoachSession, HintsThatNobodyIsThereUntilSomebodyIs) {
  CoachSession session = Make("squat");
  Report report;
  for (uint64_t frame = 1; frame <= 60; ++frame) {
    report.Add(session.PushNobody(frame, static_cast<int64_t>(frame) * 33'333));
  }
  ASSERT_EQ(report.hints.size(), 1U);
  EXPECT_EQ(report.hints[0].code, "nobody");
  EXPECT_FALSE(report.hints[0].text.empty());
  for (skeleton::Pose pose : Squats(1)) {
    pose.sequence += 60;
    pose.timestamp_us += 2'000'000;
    report.Add(session.Push(pose));
  }
  ASSERT_GE(report.hints.size(), 2U);
  EXPECT_EQ(report.hints[1].code, "nobody");
  EXPECT_TRUE(report.hints[1].withdrawn);
}

// Another server that goes on anywhere tells what the first would have told, no repetition lost, doubled or
// renumbered.
TEST(CoachSession, GoesOnFromACheckpoint) {
  std::vector<skeleton::Pose> poses = Squats(6, 30, 1.5);  // without a rest between them
  for (const std::string expected : {"squat", ""}) {
    const auto step = [&](CoachSession& session, const skeleton::Pose& pose) {
      Report report;
      if (pose.sequence % 15 == 0) report.Add(session.Observe(Window("squat", pose.sequence)));
      report.Add(session.Push(pose));
      for (const Advice& advice : report.advice) report.lines.push_back(advice.text);
      return report.lines;
    };
    CoachSession whole = Make(expected);
    std::vector<std::string> undisturbed;
    for (const skeleton::Pose& pose : poses) {
      for (std::string& line : step(whole, pose)) undisturbed.push_back(std::move(line));
    }
    ASSERT_GT(undisturbed.size(), 6U) << "there is advice, too";
    for (size_t lost_at = 10; lost_at < poses.size(); lost_at += 7) {
      CoachSession first = Make(expected);
      std::vector<std::string> told;
      std::optional<Checkpoint> kept;
      for (size_t i = 0; i < lost_at; ++i) {
        for (std::string& line : step(first, poses[i])) told.push_back(std::move(line));
        if (auto checkpoint = first.TakeCheckpoint()) kept = std::move(checkpoint);
      }
      CoachSession second = Make(expected, kept);
      for (const skeleton::Pose& pose : poses) {
        if (kept && pose.sequence <= kept->sequence) continue;
        for (std::string& line : step(second, pose)) told.push_back(std::move(line));
      }
      EXPECT_EQ(told, undisturbed) << "lost after pose " << lost_at << " with \"" << expected << "\"";
    }
  }
}

TEST(CoachSession, RefusesACheckpointThatIsNone) {
  for (const char* state : {"", "{}", "[1, 2]", R"({"format": 9})", "not json"}) {
    const auto session = CoachSession::Create(Shared(), {}, "squat", Checkpoint{5, state});
    EXPECT_EQ(session.status().code(), absl::StatusCode::kInvalidArgument) << state;
    EXPECT_THAT(session.status().message(), HasSubstr("config.checkpoint.state")) << state;
  }
}

TEST(CoachSession, NamesTheFieldOfAWrongConfiguration) {
  const auto error = [](const CoachConfig& config) {
    return std::string(CoachSession::Create(Shared(), config, "squat").status().message());
  };
  EXPECT_THAT(error({.voice = "opera"}), HasSubstr("config.coach.voice"));
  EXPECT_THAT(error({.language = "xx"}), HasSubstr("config.coach.language"));
  EXPECT_THAT(error({.reference = "nobody"}), HasSubstr("config.reference is \"nobody\""));
  EXPECT_THAT(error({.reference_data = "{}"}), HasSubstr("config.reference_data: "));
}

// A therapist's limit makes good what was not.
TEST(CoachSession, JudgesByTheSessionsOwnRanges) {
  CoachConfig config;
  config.targets["squat_depth"] = {0, 180};
  auto lenient = CoachSession::Create(Shared(), config, "squat").value();
  CoachSession strict = Make("squat");
  std::vector<skeleton::Pose> poses = Squats(2, 30, 3, "shallow");
  const auto depth_of = [&](CoachSession& session) {
    Report report;
    for (const skeleton::Pose& pose : poses) report.Add(session.Push(pose));
    return report.repetitions.at(0).findings.at(0);
  };
  const repetitions::Finding strictly = depth_of(strict);
  ASSERT_EQ(strictly.code, "squat_depth");
  EXPECT_EQ(strictly.level, repetitions::FindingLevel::kClearly);
  const repetitions::Finding leniently = depth_of(lenient);
  EXPECT_EQ(leniently.level, repetitions::FindingLevel::kGood);
  EXPECT_EQ(leniently.measured, strictly.measured);
}

TEST(CoachSession, CoachesNothingThatItDoesNotKnow) {
  CoachSession session = Make("juggling");
  Report report;
  for (const skeleton::Pose& pose : Squats(2)) report.Add(session.Push(pose));
  report.Add(session.Finish());
  EXPECT_TRUE(report.lines.empty());
}

}  // namespace
}  // namespace trackfit::coaching
