#include "evaluation/served_clip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "unit/evaluation/scripted_assessor.h"

namespace trackfit::evaluation {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Pair;

TEST(AssessPoses, PushesThePosesThroughTheSessionsWindows) {
  int windows = 0;
  const AssessorPtr assessor = Scripted([&](auto window, const std::string&) {
    ++windows;
    return Squat(window.size() == 60 ? 0.6F : 0.8F);
  });
  const auto overall = AssessPoses(assessor, ToPoseSequence(MakeClip("squat", 75)));
  ASSERT_TRUE(overall.ok()) << overall.status();
  EXPECT_EQ(windows, 2) << "after 60 and 75 poses";
  ASSERT_TRUE(overall->has_value());
  EXPECT_NEAR((*overall)->confidence, 0.7, 1e-6);
}

TEST(AssessPoses, HasNoAnswerToLessThanHalfASecond) {
  const auto overall = AssessPoses(Scripted([](auto, const std::string&) { return Squat(1); }),
                                   ToPoseSequence(MakeClip("squat", 10)));
  ASSERT_TRUE(overall.ok()) << overall.status();
  EXPECT_FALSE(overall->has_value());
}

TEST(AssessPoses, SendsAbsentJointsAsInvisible) {
  dataset::Clip clip = MakeClip("squat", 60);
  for (skeleton::Pose& pose : clip.poses) pose.landmarks[skeleton::kNose] = {NAN, NAN, NAN, NAN, NAN};
  float visibility = 1;
  const auto overall = AssessPoses(Scripted([&](auto window, const std::string&) {
                                     visibility = window[30].landmarks[skeleton::kNose].visibility;
                                     return Squat(1);
                                   }),
                                   ToPoseSequence(clip));
  ASSERT_TRUE(overall.ok()) << overall.status();
  EXPECT_FLOAT_EQ(visibility, 0);
}

TEST(AssessPoses, FailsAsTheSessionDoes) {
  const AssessorPtr fails = Scripted([](auto, const std::string&) -> absl::StatusOr<assessment::Assessment> {
    return absl::UnavailableError("out of luck");
  });
  const PoseSequence poses = ToPoseSequence(MakeClip("squat", 75));
  EXPECT_EQ(AssessPoses(fails, poses).status(), absl::UnavailableError("out of luck"));
  EXPECT_EQ(AssessPoses(fails, poses, "juggling").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ForEach, TellsItsProgressOneByOne) {
  std::vector<int> calls(20);
  std::vector<std::pair<int, int>> told;
  const absl::Status status =
      ForEach(20, {.threads = 3, .on_progress = [&](int done, int total) { told.emplace_back(done, total); }},
              [&](int i) {
                ++calls[i];
                return absl::OkStatus();
              });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_THAT(calls, Each(1));
  ASSERT_EQ(told.size(), 20U);
  for (int i = 0; i < 20; ++i) EXPECT_THAT(told[i], Pair(i + 1, 20));
}

TEST(ForEach, EndsWithTheFirstError) {
  std::vector<int> begun;
  const absl::Status status = ForEach(100, {}, [&](int i) {
    begun.push_back(i);
    return i == 3 ? absl::InternalError("out of luck") : absl::OkStatus();
  });
  EXPECT_EQ(status.message(), "out of luck");
  EXPECT_THAT(begun, ElementsAre(0, 1, 2, 3));
}

}  // namespace
}  // namespace trackfit::evaluation
