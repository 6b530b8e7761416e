#include "blazepose/smoothing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace trackfit::blazepose {
namespace {

constexpr int64_t kFrame = 33'333;  // microseconds
constexpr OneEuroConfig kConfig = {.min_cutoff = 0.05, .beta = 80};

TEST(LowPassFilter, PassesTheFirstValueAndThenMovesByAlpha) {
  LowPassFilter filter;
  EXPECT_FALSE(filter.last_input().has_value());
  EXPECT_FLOAT_EQ(filter.Apply(4, 0.1f), 4);
  EXPECT_FLOAT_EQ(filter.Apply(14, 0.1f), 5);
  EXPECT_FLOAT_EQ(*filter.last_input(), 14);
}

TEST(OneEuroFilter, PassesTheFirstValueUnchanged) {
  OneEuroFilter filter(kConfig);
  EXPECT_FLOAT_EQ(filter.Apply(0, 12.5f, 1), 12.5f);
}

TEST(OneEuroFilter, CalmsJitterAtRest) {
  OneEuroFilter filter(kConfig);
  float low = 1e9f, high = -1e9f;
  for (int i = 0; i < 90; ++i) {
    const float smooth = filter.Apply(i * kFrame, 100.0f + (i % 2 == 0 ? 0.5f : -0.5f), 1.0 / 2000);
    if (i < 30) continue;
    low = std::min(low, smooth);
    high = std::max(high, smooth);
  }
  EXPECT_LT(high - low, 0.25f);
}

TEST(OneEuroFilter, FollowsAJumpAfterOneSecond) {
  OneEuroFilter filter(kConfig);
  float smooth = 0;
  for (int i = 0; i < 60; ++i) smooth = filter.Apply(i * kFrame, i < 30 ? 0.0f : 100.0f, 1.0 / 100);
  EXPECT_NEAR(smooth, 100, 1);
}

TEST(OneEuroFilter, LagsLessTheFasterTheMotion) {
  const auto lag_in_frames = [](float speed) {
    OneEuroFilter filter(kConfig);
    float last = 0;
    for (int i = 0; i < 60; ++i)
      last = speed * static_cast<float>(i) - filter.Apply(i * kFrame, speed * i, 1.0 / 100);
    return last / speed;
  };
  EXPECT_LT(lag_in_frames(5.0f), 0.5f * lag_in_frames(0.05f));
}

TEST(OneEuroFilter, SmoothsAlikeAtAnyFrameRate) {
  const auto after_two_seconds = [](int rate) {
    OneEuroFilter filter(kConfig);
    float smooth = 0;
    for (int i = 0; i <= 2 * rate; ++i) {
      const double t = static_cast<double>(i) / rate;
      smooth =
          filter.Apply(static_cast<int64_t>(t * 1e6), static_cast<float>(50 * std::sin(3 * t)), 1.0 / 100);
    }
    return smooth;
  };
  EXPECT_NEAR(after_two_seconds(15), after_two_seconds(60), 1.5f);
}

TEST(OneEuroFilter, LeavesAValueWhoseTimeDoesNotAdvance) {
  OneEuroFilter filter(kConfig);
  filter.Apply(1000, 10, 1);
  EXPECT_FLOAT_EQ(filter.Apply(1000, 20, 1), 20);
  EXPECT_FLOAT_EQ(filter.Apply(500, 30, 1), 30);
  EXPECT_LT(filter.Apply(34'000, 10.1f, 0.01), 10.1f);  // still knows the first
}

TEST(PointSmoother, FiltersEveryAxisOfEveryPointByItself) {
  PointSmoother smoother(kConfig, 2);
  std::vector<cv::Point3f> points = {{1, 2, 3}, {4, 5, 6}};
  smoother.Apply(0, 0.01, absl::MakeSpan(points));
  points = {{1, 2, 3}, {4, 5, 16}};
  smoother.Apply(kFrame, 0.01, absl::MakeSpan(points));
  EXPECT_EQ(points[0], cv::Point3f(1, 2, 3));
  EXPECT_FLOAT_EQ(points[1].y, 5);
  EXPECT_GT(points[1].z, 6);
  EXPECT_LT(points[1].z, 16);
}

}  // namespace
}  // namespace trackfit::blazepose
