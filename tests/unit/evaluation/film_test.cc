#include "evaluation/film.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "evaluation/served_clip.h"
#include "unit/evaluation/scripted_assessor.h"

namespace trackfit::evaluation {
namespace {

TEST(FilmOf, KeepsTheClipsTimeAndLeavesOutFramesWithoutAPerson) {
  dataset::Clip clip = MakeClip("squat", 4);
  clip.fps = 10;
  for (skeleton::Landmark& landmark : clip.poses[2].landmarks) landmark.x = landmark.y = NAN;
  const Film film = FilmOf(clip);
  ASSERT_EQ(film.size(), 3U);
  EXPECT_EQ(film[1].timestamp_us, 100'000);
  EXPECT_EQ(film[2].timestamp_us, 300'000);
  EXPECT_EQ(film[2].sequence, 3U);
}

TEST(FilmOf, BringsAPhotoPairToMotionThatComesBack) {
  const dataset::Clip pair = MakeClip("squat", 2);
  const Film film = FilmOf(pair);
  EXPECT_GE(film.size(), 100U);
  const auto hand = [&](size_t i) { return film[i].landmarks[skeleton::kLeftWrist].y; };
  EXPECT_NEAR(hand(0), pair.poses[0].landmarks[skeleton::kLeftWrist].y, 1e-4);
  EXPECT_NEAR(hand(42), pair.poses[1].landmarks[skeleton::kLeftWrist].y, 1e-4) << "half a cycle of 3 s";
  EXPECT_NEAR(hand(90), hand(0), 1e-4);
}

TEST(AtRate, KeepsTheMovementsLength) {
  const Film film = FilmOf(MakeClip("squat", 61));
  const Film slow = AtRate(film, 10);
  ASSERT_EQ(slow.size(), 21U);
  EXPECT_NEAR(static_cast<double>(slow.back().timestamp_us), 2e6, 100);
  EXPECT_EQ(AtRate(film, 60).size(), 121U);
}

TEST(Rolled, TurnsClockwiseAboutThePicturesCentreInPixels) {
  Film film(1);
  film[0].image_width = 200;
  film[0].image_height = 100;
  film[0].landmarks[0] = {0.75F, 0.5F, 0, 1, 1};  // 50 pixels right of the centre
  const Film turned = Rolled(film, std::numbers::pi / 2);
  EXPECT_EQ(turned[0].image_width, turned[0].image_height);
  EXPECT_NEAR(turned[0].landmarks[0].x, 0.5, 1e-6);
  EXPECT_NEAR(turned[0].landmarks[0].y, 0.25 + 0.25, 1e-6) << "in widths: 50 pixels under the centre";
}

TEST(WithoutLegs, LeavesTheHips) {
  const Film film = WithoutLegs(FilmOf(MakeClip("squat", 1)));
  EXPECT_TRUE(std::isnan(film[0].landmarks[skeleton::kLeftKnee].x));
  EXPECT_TRUE(std::isnan(film[0].landmarks[skeleton::kRightFootIndex].y));
  EXPECT_TRUE(std::isfinite(film[0].landmarks[skeleton::kLeftHip].x));
}

TEST(WithMissingPoses, LeavesOutAboutTheShareAndAlwaysTheSame) {
  const Film film = FilmOf(MakeClip("squat", 1000));
  const Film first = WithMissingPoses(film, 0.1, 3), again = WithMissingPoses(film, 0.1, 3);
  EXPECT_NEAR(static_cast<double>(first.size()), 900, 40);
  ASSERT_EQ(first.size(), again.size());
  EXPECT_EQ(first[50].sequence, again[50].sequence);
  EXPECT_NE(WithMissingPoses(film, 0.1, 4)[50].sequence, first[50].sequence);
}

TEST(AssessFilm, PushesTheFilmThroughTheSessionsWindows) {
  int windows = 0;
  const AssessorPtr assessor = Scripted([&](auto window, const std::string&) {
    ++windows;
    return Squat(window.size() == 60 ? 0.6F : 0.8F);
  });
  const auto overall = AssessFilm(assessor, FilmOf(MakeClip("squat", 75)));
  ASSERT_TRUE(overall.ok()) << overall.status();
  EXPECT_EQ(windows, 2) << "after 60 and 75 poses";
  ASSERT_TRUE(overall->has_value());
  EXPECT_NEAR((*overall)->confidence, 0.7, 1e-6);
}

TEST(AssessFilm, HasNoAnswerToLessThanHalfASecond) {
  const auto overall =
      AssessFilm(Scripted([](auto, const std::string&) { return Squat(1); }), FilmOf(MakeClip("squat", 10)));
  ASSERT_TRUE(overall.ok()) << overall.status();
  EXPECT_FALSE(overall->has_value());
}

TEST(AssessFilm, SendsAbsentJointsAsInvisible) {
  dataset::Clip clip = MakeClip("squat", 60);
  for (skeleton::Pose& pose : clip.poses) pose.landmarks[skeleton::kNose] = {NAN, NAN, NAN, NAN, NAN};
  float visibility = 1;
  const auto overall = AssessFilm(Scripted([&](auto window, const std::string&) {
                                    visibility = window[30].landmarks[skeleton::kNose].visibility;
                                    return Squat(1);
                                  }),
                                  FilmOf(clip));
  ASSERT_TRUE(overall.ok()) << overall.status();
  EXPECT_FLOAT_EQ(visibility, 0);
}

TEST(ForEach, EndsWithTheFirstError) {
  std::vector<int> done(100);
  EXPECT_TRUE(ForEach(100, {.threads = 3}, [&](int i) {
                done[i] = 1;
                return absl::OkStatus();
              }).ok());
  EXPECT_EQ(std::count(done.begin(), done.end(), 1), 100);
  int calls = 0;
  const absl::Status status = ForEach(100, {}, [&](int i) {
    ++calls;
    return i == 3 ? absl::InternalError("out of luck") : absl::OkStatus();
  });
  EXPECT_EQ(status.message(), "out of luck");
  EXPECT_EQ(calls, 4);
}

}  // namespace
}  // namespace trackfit::evaluation
