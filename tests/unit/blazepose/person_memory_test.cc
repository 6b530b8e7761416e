#include "blazepose/person_memory.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "skeleton/joint.h"

namespace trackfit::blazepose {
namespace {

constexpr int64_t kFrame = 33'333;  // microseconds

// A body at `x`, scaled by `size`, in an image of one colour.
Observation Seen(float x, float size, const cv::Scalar& colour) {
  LandmarkDetection body;
  body.positions.fill({x, 200, 0});
  const auto place = [&](int joint, float right, float down) {
    body.positions[joint] = {x + right * size, 200 + down * size, 0};
  };
  place(skeleton::kLeftShoulder, 0.2f, -0.5f);
  place(skeleton::kRightShoulder, -0.2f, -0.5f);
  place(skeleton::kLeftHip, 0.1f, 0);
  place(skeleton::kRightHip, -0.1f, 0);
  place(skeleton::kLeftKnee, 0.1f, 0.4f);
  place(skeleton::kRightKnee, -0.1f, 0.4f);
  place(kMidHip, 0, 0);
  place(kCircleTop, 0, -1);
  return MakeObservation(cv::Mat(480, 640, CV_8UC3, colour), body);
}

const cv::Scalar kRed(40, 40, 200), kBlue(200, 60, 40);

PersonMemory MemoryOf(const cv::Scalar& colour, float pixels_per_frame = 0) {
  PersonMemory memory;
  for (int i = 0; i < 30; ++i)
    memory.Update(Seen(100 + pixels_per_frame * static_cast<float>(i), 100, colour), i * kFrame);
  return memory;
}

TEST(PersonMemory, RecognisesThePerson) { EXPECT_LT(MemoryOf(kRed).Mismatch(Seen(300, 105, kRed)), 1); }

TEST(PersonMemory, DistinguishesPeopleByTheirClothes) {
  EXPECT_GT(MemoryOf(kRed).Mismatch(Seen(100, 100, kBlue)), 1);
}

TEST(PersonMemory, DistinguishesPeopleByTheirSize) {
  EXPECT_GT(MemoryOf(kRed).Mismatch(Seen(100, 130, kRed)), 1);
}

TEST(PersonMemory, MaturesAfterAThirdOfASecond) {
  PersonMemory memory;
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(memory.is_mature());
    memory.Update(Seen(100, 100, kRed), i * kFrame);
  }
  EXPECT_TRUE(memory.is_mature());
}

TEST(PersonMemory, ExtrapolatesMotionBriefly) {
  const PersonMemory memory = MemoryOf(kRed, 3);
  const int64_t last = 29 * kFrame;
  EXPECT_NEAR(memory.PredictRegion(last).center.x, 187, 1);
  EXPECT_NEAR(memory.PredictRegion(last + 3 * kFrame).center.x, 195, 2);
  EXPECT_NEAR(memory.PredictRegion(last + 1'000'000).center.x, 187 + 22, 4) << "at rest after half a second";
  EXPECT_EQ(memory.PredictRegion(last + 1'000'000).center, memory.PredictRegion(last + 9'000'000).center);
}

TEST(Overlap, IsThatOfTheEnclosedCircles) {
  const RegionOfInterest circle{{100, 100}, 40, 0};
  EXPECT_NEAR(Overlap(circle, {{100, 100}, 40, 1}), 1, 1e-6) << "rotation does not matter";
  EXPECT_NEAR(Overlap(circle, {{100, 100}, 20, 0}), 0.25, 1e-6);
  EXPECT_EQ(Overlap(circle, {{140.5f, 100}, 40, 0}), 0);
  // Two circles through each other's middle share 0.391 of one's area.
  EXPECT_NEAR(Overlap(circle, {{120, 100}, 40, 0}), 0.391 / (2 - 0.391), 1e-3);
}

TEST(IsSameBody, ToleratesAFewCentimetres) {
  EXPECT_TRUE(IsSameBody(Seen(100, 100, kRed), Seen(105, 100, kRed)));
  EXPECT_FALSE(IsSameBody(Seen(100, 100, kRed), Seen(130, 100, kRed)));
}

TEST(AreSideBySide, IsFalseWhenOneIsWithinTheOther) {
  EXPECT_TRUE(AreSideBySide(Seen(100, 100, kRed), Seen(130, 100, kRed)));
  EXPECT_FALSE(AreSideBySide(Seen(100, 100, kRed), Seen(110, 100, kRed)));
  EXPECT_FALSE(AreSideBySide(Seen(100, 100, kRed), Seen(200, 1000, kRed))) << "one within the other";
}

}  // namespace
}  // namespace trackfit::blazepose
