#include "repetitions/measure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace trackfit::repetitions {
namespace {

using ::testing::HasSubstr;

// All joints in one place, all seen.
Body Seen() {
  Body body;
  body.visibility.fill(1);
  body.facing = 1;
  return body;
}

void Put(Body& body, int joint, float x, float y) { body.joints[joint] = {x, y, 0}; }

Measure Make(MeasureKind kind, const std::vector<std::string>& places, Sides sides = Sides::kBetter) {
  Measure measure{.name = "m", .kind = kind, .places = {}, .sides = sides};
  for (const std::string& place : places) measure.places.push_back(Place::Parse(place).value());
  return measure;
}

// The right knee is bent at a right angle, the left leg is straight.
Body OneKneeBent() {
  Body body = Seen();
  for (const int hip : {skeleton::kLeftHip, skeleton::kRightHip}) Put(body, hip, 0, 2);
  for (const int knee : {skeleton::kLeftKnee, skeleton::kRightKnee}) Put(body, knee, 0, 1);
  Put(body, skeleton::kLeftAnkle, 0, 0);
  Put(body, skeleton::kRightAnkle, 1, 1);
  return body;
}

TEST(Measure, TakesTheSideThatIsAskedFor) {
  const std::vector<std::string> knee = {"hip", "knee", "ankle"};
  const Body body = OneKneeBent();
  EXPECT_NEAR(Make(MeasureKind::kAngle, knee, Sides::kLeft).Of(body), 180, 1e-3);
  EXPECT_NEAR(Make(MeasureKind::kAngle, knee, Sides::kRight).Of(body), 90, 1e-3);
  EXPECT_NEAR(Make(MeasureKind::kAngle, knee, Sides::kMean).Of(body), 135, 1e-3);
  EXPECT_NEAR(Make(MeasureKind::kAngle, knee, Sides::kLeast).Of(body), 90, 1e-3);
  EXPECT_NEAR(Make(MeasureKind::kAngle, knee, Sides::kMost).Of(body), 180, 1e-3);
  EXPECT_NEAR(Make(MeasureKind::kAngle, knee, Sides::kDifference).Of(body), 90, 1e-3);
}

TEST(Measure, PrefersTheSideThatIsSeen) {
  Body body = OneKneeBent();
  body.visibility[skeleton::kLeftKnee] = 0.1F;
  const std::vector<std::string> knee = {"hip", "knee", "ankle"};
  EXPECT_NEAR(Make(MeasureKind::kAngle, knee).Of(body), 90, 1e-3);
  EXPECT_NEAR(Make(MeasureKind::kAngle, knee, Sides::kMean).Of(body), 90, 1e-3);
  EXPECT_TRUE(std::isnan(Make(MeasureKind::kAngle, knee, Sides::kDifference).Of(body)));
  body.visibility[skeleton::kRightAnkle] = 0;
  EXPECT_TRUE(std::isnan(Make(MeasureKind::kAngle, knee).Of(body)));
}

TEST(Measure, MeasuresHeightsReachesAndLean) {
  Body body = Seen();
  for (const int joint : {skeleton::kLeftShoulder, skeleton::kRightShoulder}) Put(body, joint, 1, 1);
  for (const int joint : {skeleton::kLeftHip, skeleton::kRightHip}) Put(body, joint, 0, 0);
  EXPECT_NEAR(Make(MeasureKind::kHeight, {"shoulders", "hips"}).Of(body), 1, 1e-6);
  EXPECT_NEAR(Make(MeasureKind::kReach, {"shoulders", "hips"}).Of(body), std::sqrt(2), 1e-6);
  EXPECT_NEAR(Make(MeasureKind::kAside, {"shoulders", "hips"}).Of(body), 1, 1e-6);
  EXPECT_NEAR(Make(MeasureKind::kForward, {"shoulders", "hips"}).Of(body), 1, 1e-6);
  EXPECT_NEAR(Make(MeasureKind::kLean, {"hips", "shoulders"}).Of(body), 45, 1e-4);
  EXPECT_NEAR(Make(MeasureKind::kSlope, {"hips", "shoulders"}).Of(body), 45, 1e-4);
  body.facing = -1;
  EXPECT_NEAR(Make(MeasureKind::kForward, {"shoulders", "hips"}).Of(body), -1, 1e-6);
  body.facing = 0;
  EXPECT_TRUE(std::isnan(Make(MeasureKind::kForward, {"shoulders", "hips"}).Of(body)));
}

// Whichever way somebody in a push-up faces, sagging hips are below the line and so negative.
TEST(Measure, BendIsNegativeForSaggingHips) {
  for (const float direction : {1.0F, -1.0F}) {
    Body body = Seen();
    for (const int joint : {skeleton::kLeftShoulder, skeleton::kRightShoulder})
      Put(body, joint, 2 * direction, 1);
    for (const int joint : {skeleton::kLeftHip, skeleton::kRightHip}) Put(body, joint, direction, 0.2F);
    for (const int joint : {skeleton::kLeftAnkle, skeleton::kRightAnkle}) Put(body, joint, 0, 0.6F);
    EXPECT_NEAR(Make(MeasureKind::kBend, {"shoulders", "hips", "ankles"}).Of(body), -0.588, 1e-2);
  }
}

// Of somebody upright the bend is positive where the middle is in front.
TEST(Measure, BendIsPositiveForAKneeBeforeTheLeg) {
  for (const int facing : {1, -1}) {
    Body body = Seen();
    body.facing = facing;
    Put(body, skeleton::kLeftHip, 0, 2);
    Put(body, skeleton::kLeftKnee, 0.5F * static_cast<float>(facing), 1);
    Put(body, skeleton::kLeftAnkle, 0, 0);
    EXPECT_NEAR(Make(MeasureKind::kBend, {"left_hip", "left_knee", "left_ankle"}).Of(body), 0.5, 1e-6);
  }
}

// However the camera is held, and however high above the trunk the hands are.
TEST(Measure, MeasuresAlongALine) {
  const Measure touch = Make(MeasureKind::kAlong, {"wrists", "hips", "shoulders"});
  EXPECT_EQ(touch.unit(), "torso_lengths");
  for (const float height : {0.0F, 0.4F}) {
    for (const float roll : {0.0F, 0.3F, 1.6F}) {
      Body body = Seen();
      const float along_x = std::cos(roll), along_y = std::sin(roll);
      for (const int joint : {skeleton::kLeftHip, skeleton::kRightHip}) Put(body, joint, 1, 1);
      for (const int joint : {skeleton::kLeftShoulder, skeleton::kRightShoulder})
        Put(body, joint, 1 + along_x, 1 + along_y);
      for (const int joint : {skeleton::kLeftWrist, skeleton::kRightWrist})
        Put(body, joint, 1 + 0.7F * along_x - height * along_y, 1 + 0.7F * along_y + height * along_x);
      EXPECT_NEAR(touch.Of(body), 0.7, 1e-5) << height << " " << roll;
    }
  }
  Body body = Seen();
  for (const int joint : {skeleton::kLeftHip, skeleton::kLeftShoulder}) Put(body, joint, 1, 1);
  EXPECT_TRUE(std::isnan(Make(MeasureKind::kAlong, {"nose", "left_hip", "left_shoulder"}).Of(body)))
      << "hips and shoulders behind one another have no direction";
}

TEST(Measure, ComparesWidths) {
  Body body = Seen();
  Put(body, skeleton::kLeftKnee, 0.2F, 1);
  Put(body, skeleton::kRightKnee, -0.2F, 1);
  Put(body, skeleton::kLeftAnkle, 0.4F, 0);
  Put(body, skeleton::kRightAnkle, -0.4F, 0);
  const Measure gap = Make(MeasureKind::kRatio, {"left_knee", "right_knee", "left_ankle", "right_ankle"});
  EXPECT_NEAR(gap.Of(body), 0.5, 1e-6);
  EXPECT_EQ(gap.unit(), "ratio");
  Put(body, skeleton::kLeftAnkle, -0.39F, 0);
  EXPECT_TRUE(std::isnan(gap.Of(body))) << "from the side nothing can be compared";
}

TEST(Place, SuggestsANameThatThereIs) {
  EXPECT_THAT(Place::Parse("kne").status().message(),
              HasSubstr("there is no place \"kne\"; did you mean knee?"));
}

}  // namespace
}  // namespace trackfit::repetitions
