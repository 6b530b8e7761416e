#include "coaching/exercise_vote.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace trackfit::coaching {
namespace {

assessment::Assessment Window(const std::string& exercise, bool known = true) {
  assessment::Assessment window;
  window.exercise = exercise;
  window.known = known;
  return window;
}

TEST(ExerciseVote, FollowsTheMajorityOfTheLastWindows) {
  ExerciseVote vote;
  EXPECT_EQ(vote.Leader(1), "");
  vote.Add(Window("squat"));
  EXPECT_EQ(vote.Leader(1), "squat");
  EXPECT_EQ(vote.Leader(2), "");
  vote.Add(Window("pull_up"));
  EXPECT_EQ(vote.Leader(1), "") << "one each";
  vote.Add(Window("pull_up"));
  EXPECT_EQ(vote.Leader(2), "pull_up");
  for (int i = 0; i < 3; ++i) vote.Add(Window("squat"));
  EXPECT_EQ(vote.Leader(3), "squat") << "only the last four count";
}

TEST(ExerciseVote, UnknownWindowsVoteForNothing) {
  ExerciseVote vote;
  vote.Add(Window("squat"));
  for (int i = 0; i < 3; ++i) vote.Add(Window("squat", false));
  EXPECT_EQ(vote.last(), "");
  EXPECT_EQ(vote.Leader(1), "squat");
  vote.Add(Window("squat", false));
  EXPECT_EQ(vote.Leader(1), "");
}

TEST(ExerciseVote, GoesOnFromWhatItSaved) {
  ExerciseVote vote;
  vote.Add(Window("squat"));
  vote.Add(Window("squat", false));
  ExerciseVote loaded;
  loaded.Load(nlohmann::json::parse(vote.Save().dump()));
  loaded.Add(Window("squat"));
  EXPECT_EQ(loaded.Leader(2), "squat");
  EXPECT_EQ(loaded.last(), "squat");
}

}  // namespace
}  // namespace trackfit::coaching
