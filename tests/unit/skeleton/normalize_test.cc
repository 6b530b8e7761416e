#include "skeleton/normalize.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "support/poses.h"

namespace trackfit::skeleton {
namespace {

constexpr int kFrames = 60;

std::vector<float> Tensor(const std::vector<Pose>& poses) {
  return WindowTensor(poses, Blazepose33(), kFrames, Normalization::kTorso);
}

void ExpectSame(const std::vector<float>& a, const std::vector<float>& b, float tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], tolerance) << "at " << i;
}

TEST(TorsoNormalization, IsFramesByNodesByThree) {
  EXPECT_EQ(Tensor(testing::WavingPoses(30, 2)).size(), 60U * 33 * 3);
  EXPECT_EQ(WindowTensor(testing::WavingPoses(30, 2), Coco20(), 100, Normalization::kTorso).size(),
            100U * 20 * 3);
}

TEST(TorsoNormalization, PutsTheMidHipAtTheOriginAndTheShouldersOneTorsoAbove) {
  const auto tensor = WindowTensor(testing::WavingPoses(30, 2), Coco20(), kFrames, Normalization::kTorso);
  EXPECT_NEAR(tensor[17 * 3 + 1], 0, 1e-5);
  EXPECT_NEAR(tensor[19 * 3 + 1], -1, 1e-5);
}

TEST(TorsoNormalization, IgnoresPositionAndSizeInTheImage) {
  const auto original = testing::WavingPoses(30, 2);
  auto moved = original;
  for (Pose& pose : moved) {
    for (Landmark& landmark : pose.landmarks) {
      landmark.x = 0.5F * landmark.x + 0.3F;
      landmark.y = 0.5F * landmark.y - 0.1F;
      landmark.z = 0.5F * landmark.z;
    }
  }
  ExpectSame(Tensor(original), Tensor(moved), 1e-4F);
}

TEST(TorsoNormalization, IgnoresAChangeOfResolution) {
  const auto original = testing::WavingPoses(30, 2);
  auto changed = original;
  for (size_t t = changed.size() / 2; t < changed.size(); ++t) {
    changed[t].image_width *= 2;
    changed[t].image_height *= 2;
  }
  ExpectSame(Tensor(original), Tensor(changed), 1e-5F);
}

TEST(TorsoNormalization, IsTheSameForLandscapeAndPortraitImages) {
  const auto landscape = testing::WavingPoses(30, 2);
  auto portrait = landscape;  // the same pixels in the centre of a 360x960 image
  for (Pose& pose : portrait) {
    pose.image_width = 360;
    pose.image_height = 960;
    for (Landmark& landmark : pose.landmarks) {
      landmark.x = (landmark.x * 640 - 140) / 360;
      landmark.y = (landmark.y * 480 + 240) / 960;
      landmark.z = landmark.z * 640 / 360;
    }
  }
  ExpectSame(Tensor(landscape), Tensor(portrait), 1e-4F);
}

TEST(TorsoNormalization, InterpolatesABrieflyAbsentJoint) {
  const auto original = testing::WavingPoses(30, 2);
  auto holed = original;
  for (int t = 20; t < 24; ++t) holed[t].landmarks[kLeftElbow] = {NAN, NAN, NAN, 0, 0};
  ExpectSame(Tensor(original), Tensor(holed), 1e-4F);
}

TEST(TorsoNormalization, PutsAnAbsentJointAtTheOrigin) {
  auto poses = testing::WavingPoses(30, 2);
  for (Pose& pose : poses) pose.landmarks[kRightHeel] = {NAN, NAN, NAN, 0, 0};
  const auto tensor = Tensor(poses);
  for (int t = 0; t < kFrames; ++t) {
    for (int c = 0; c < 3; ++c) EXPECT_EQ(tensor[(t * 33 + kRightHeel) * 3 + c], 0.0F);
  }
}

TEST(TorsoNormalization, StaysFiniteForADegenerateFigure) {
  std::vector<Pose> poses(kFrames, testing::StandingPose());
  for (Pose& pose : poses) pose.landmarks.fill({0.5F, 0.5F, 0, 1, 1});
  for (const float value : Tensor(poses)) ASSERT_TRUE(std::isfinite(value));
}

TEST(ImageNormalization, SpansMinusOneToOneOverTheImage) {
  std::vector<Pose> poses(kFrames, testing::StandingPose());
  for (Pose& pose : poses) pose.landmarks[kNose] = {0, 1, 0, 0.75F, 1};
  const auto tensor = WindowTensor(poses, Coco20(), kFrames, Normalization::kImage);
  EXPECT_FLOAT_EQ(tensor[0], -1);
  EXPECT_FLOAT_EQ(tensor[1], 1);
  EXPECT_FLOAT_EQ(tensor[2], 0.75F);
}

TEST(Normalization, NamesRoundTripAndUnknownOnesAreRefused) {
  for (const char* name : {"torso", "image"})
    EXPECT_EQ(NormalizationName(ParseNormalization(name).value()), name);
  EXPECT_FALSE(ParseNormalization("spine").ok());
}

std::vector<float> Body(const std::vector<Pose>& poses, Normalization normalization = Normalization::kBody) {
  return WindowTensor(poses, Blazepose33(), kFrames, normalization);
}

// The x, y, z of a joint in the window's first frame.
std::array<float, 3> Joint(const std::vector<float>& tensor, int joint) {
  return {tensor[joint * 3], tensor[joint * 3 + 1], tensor[joint * 3 + 2]};
}

TEST(BodyNormalization, PutsAnAbsentJointAtItsNeighbourTowardsTheCentre) {
  std::vector<Pose> poses = testing::WavingPoses(30, 2);
  for (Pose& pose : poses) {
    for (const int joint : {kLeftAnkle, kLeftHeel, kLeftFootIndex}) pose.landmarks[joint].x = NAN;
  }
  const auto tensor = Body(poses);
  EXPECT_EQ(Joint(tensor, kLeftAnkle), Joint(tensor, kLeftKnee));
  EXPECT_EQ(Joint(tensor, kLeftFootIndex), Joint(tensor, kLeftKnee)) << "along the whole chain";
  EXPECT_NE(Joint(tensor, kRightAnkle), Joint(tensor, kRightKnee));
}

TEST(BodyNormalization, BringsDepthToTheImagesScale) {
  std::vector<Pose> poses = testing::WavingPoses(30, 2);
  for (Pose& pose : poses) pose.landmarks[kRightWrist].z = 0.1F;
  const auto torso = Tensor(poses), body = Body(poses);
  const int z = kRightWrist * 3 + 2;
  EXPECT_NEAR(torso[z] / body[z], kDepthScale, 1e-3);
}

TEST(FlatNormalization, IsBodyNormalizationWithoutDepth) {
  std::vector<Pose> poses = testing::WavingPoses(30, 2);
  for (Pose& pose : poses) pose.landmarks[kRightWrist].z = 0.1F;
  const auto body = Body(poses), flat = Body(poses, Normalization::kFlat);
  for (size_t i = 0; i < body.size(); ++i) EXPECT_EQ(flat[i], i % 3 == 2 ? 0 : body[i]) << i;
}

TEST(FacingNormalization, IgnoresRotationAboutTheVertical) {
  const std::vector<Pose> front = testing::WavingPoses(30, 2);
  std::vector<Pose> turned = front;  // by 60 degrees about the vertical through the image's centre
  for (Pose& pose : turned) {
    for (Landmark& landmark : pose.landmarks) {
      const float x = landmark.x - 0.5F, z = landmark.z / kDepthScale;
      landmark.x = 0.5F + x * 0.5F - z * 0.8660254F;
      landmark.z = (x * 0.8660254F + z * 0.5F) * kDepthScale;
    }
  }
  ExpectSame(Body(front, Normalization::kFacing), Body(turned, Normalization::kFacing), 1e-4F);
}

TEST(WindowTensor, AveragesLongWindowsInPairs) {
  std::vector<Pose> shaky = testing::WavingPoses(30, 4);
  const std::vector<Pose> calm = shaky;
  for (size_t t = 0; t < shaky.size(); ++t) shaky[t].landmarks[kNose].x += t % 2 == 0 ? 0.02F : -0.02F;
  ExpectSame(Body(calm), Body(shaky), 1e-4F);
}

TEST(Normalization, IsFoundByItsName) {
  for (const char* name : {"torso", "body", "flat", "facing", "image"})
    EXPECT_EQ(NormalizationName(*ParseNormalization(name)), name);
  EXPECT_FALSE(ParseNormalization("spirit").ok());
}

}  // namespace
}  // namespace trackfit::skeleton
