#include "blazepose/region_of_interest.h"

#include <gtest/gtest.h>

#include <limits>
#include <numbers>

namespace trackfit::blazepose {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;

TEST(RegionFromAlignment, IsUprightForAStandingPerson) {
  const RegionOfInterest region = RegionFromAlignment({100, 200}, {100, 150});
  EXPECT_EQ(region.center, cv::Point2f(100, 200));
  EXPECT_FLOAT_EQ(region.side, 100);
  EXPECT_NEAR(region.rotation, 0, 1e-6f);
}

TEST(RegionFromAlignment, TurnsWithALyingPerson) {
  EXPECT_NEAR(RegionFromAlignment({100, 200}, {150, 200}).rotation, kPi / 2,
              1e-6f);  // head to the image's right
  EXPECT_NEAR(RegionFromAlignment({100, 200}, {50, 200}).rotation, -kPi / 2, 1e-6f);
  EXPECT_NEAR(std::abs(RegionFromAlignment({100, 200}, {100, 260}).rotation), kPi, 1e-5f);  // upside down
}

TEST(RegionOfInterest, PutsTheUpperEdgeAtTheHead) {
  const RegionOfInterest region = RegionFromAlignment({100, 200}, {150, 200});
  const cv::Point2f top = region.ToImage({0.5f, 0});
  EXPECT_NEAR(top.x, 150, 1e-3f);
  EXPECT_NEAR(top.y, 200, 1e-3f);
  const cv::Point2f left = region.ToImage({0, 0.5f});
  EXPECT_NEAR(left.x, 100, 1e-3f);
  EXPECT_NEAR(left.y, 150, 1e-3f);
}

TEST(RegionOfInterest, GrowsAroundItsCenter) {
  const RegionOfInterest region = RegionFromAlignment({100, 200}, {100, 150}).Expanded(1.25f);
  EXPECT_EQ(region.center, cv::Point2f(100, 200));
  EXPECT_FLOAT_EQ(region.side, 125);
}

TEST(RegionOfInterest, IsInvalidWithoutExtent) {
  EXPECT_TRUE(RegionFromAlignment({1, 2}, {3, 4}).IsValid());
  EXPECT_FALSE(RegionFromAlignment({1, 2}, {1, 2}).IsValid());
  EXPECT_FALSE(RegionFromAlignment({1, 2}, {std::numeric_limits<float>::quiet_NaN(), 4}).IsValid());
}

TEST(Letterbox, EnclosesTheImageInASquare) {
  const RegionOfInterest square = Letterbox({640, 480});
  EXPECT_EQ(square.ToImage({0, 0}), cv::Point2f(0, -80));
  EXPECT_EQ(square.ToImage({1, 1}), cv::Point2f(640, 560));
}

}  // namespace
}  // namespace trackfit::blazepose
