#include "skeleton/movement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <initializer_list>
#include <vector>

#include "support/poses.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"
#include "synthesis/random.h"

namespace trackfit::skeleton {
namespace {

constexpr double kRate = 30;
constexpr float kTorsoX = 120.0F / 640,
                kTorsoY = 120.0F / 480;  // of StandingPose(), as shares of the picture
constexpr auto kLeftHand = {kLeftWrist, kLeftPinky, kLeftIndex, kLeftThumb};

// 100 poses of a standing person; `change` modifies the one at `seconds`.
std::vector<Pose> Standing(const std::function<void(Pose&, double seconds)>& change) {
  std::vector<Pose> poses(100, testing::StandingPose());
  for (size_t i = 0; i < poses.size(); ++i) change(poses[i], static_cast<double>(i) / kRate);
  return poses;
}

// From 0 to 1 and back every two seconds.
float Cycle(double seconds) { return static_cast<float>((1 - std::cos(M_PI * seconds)) / 2); }

void Lift(Pose& pose, std::initializer_list<Joint> joints, float torsos) {
  for (const Joint joint : joints) pose.landmarks[joint].y -= torsos * kTorsoY;
}

TEST(Movement, OfAFrozenPersonIsZero) {
  EXPECT_NEAR(Movement(Standing([](Pose&, double) {}), kRate), 0, 1e-5);
}

TEST(Movement, IsHowFarAHandTravelsInTorsoLengths) {
  const auto curls = Standing([](Pose& pose, double t) { Lift(pose, kLeftHand, 0.8F * Cycle(t)); });
  EXPECT_NEAR(Movement(curls, kRate), 0.8, 0.1);
}

TEST(Movement, IsTheSameForASmallerPerson) {
  const auto near = Standing([](Pose& pose, double t) { Lift(pose, kLeftHand, Cycle(t)); });
  auto far = near;
  for (Pose& pose : far) {
    for (Landmark& landmark : pose.landmarks) {
      landmark.x = 0.3F + landmark.x / 4;
      landmark.y = 0.5F + landmark.y / 4;
    }
  }
  EXPECT_NEAR(Movement(far, kRate), Movement(near, kRate), 0.001);
}

TEST(Movement, CountsAWholeBodyThatGoesDownAndUp) {
  const auto squats = Standing([](Pose& pose, double t) {
    for (int joint = 0; joint < kLeftKnee; ++joint) pose.landmarks[joint].y += 0.7F * kTorsoY * Cycle(t);
    for (int joint = kLeftKnee; joint < kJointCount; ++joint)
      pose.landmarks[joint].visibility = 0;  // a close-up
  });
  EXPECT_NEAR(Movement(squats, kRate), 0.7, 0.1);
}

TEST(Movement, CountsASwayingCameraOnce) {
  const auto swaying = Standing([](Pose& pose, double t) {
    for (Landmark& landmark : pose.landmarks) landmark.x += 0.1F * kTorsoX * Cycle(t);
  });
  EXPECT_NEAR(Movement(swaying, kRate), 0.1, 0.02) << "not once for each of thirteen parts";
}

TEST(Movement, IgnoresGuessedHiddenJoints) {
  const auto hidden = [](float visibility, std::initializer_list<Joint> joints) {
    return Movement(Standing([&](Pose& pose, double t) {
                      Lift(pose, joints, 0.5F * Cycle(t));
                      for (const Joint joint : joints) pose.landmarks[joint].visibility = visibility;
                    }),
                    kRate);
  };
  EXPECT_LT(hidden(0.5F, {kLeftAnkle, kLeftHeel, kLeftFootIndex}), 0.01);
  EXPECT_LT(hidden(0.2F, kLeftHand), 0.01);
  EXPECT_GT(hidden(0.5F, kLeftHand), 0.4) << "a bar half hides the hands that move it";
}

TEST(Movement, CountsAHandWithOnlyAWrist) {
  const auto curls = Standing([](Pose& pose, double t) {
    Lift(pose, {kLeftWrist}, 0.8F * Cycle(t));
    for (const Joint finger : {kLeftPinky, kLeftIndex, kLeftThumb}) {
      pose.landmarks[finger] = {.x = NAN, .y = NAN, .z = NAN, .visibility = 0, .presence = 0};
    }
  });
  EXPECT_NEAR(Movement(curls, kRate), 0.8, 0.1);
}

TEST(Movement, UsesTheMostVisiblePartsWhenNoneIsClear) {
  const auto dim = Standing([](Pose& pose, double t) {
    for (Landmark& landmark : pose.landmarks) landmark.visibility = 0.25F;  // exact in float
    Lift(pose, kLeftHand, 0.8F * Cycle(t));
  });
  EXPECT_NEAR(Movement(dim, kRate), 0.8, 0.1);
}

TEST(Movement, IsRobustToLandmarkNoise) {
  const synthesis::NamedRandom random(7);
  uint64_t draw = 0;
  // White noise of 2 % of the torso, and a track that is still settling: all joints are displaced in the
  // first poses.
  const auto noisy = Standing([&](Pose& pose, double t) {
    for (Landmark& landmark : pose.landmarks) {
      landmark.x += 0.02F * kTorsoX * static_cast<float>(random.Normal("x", ++draw));
      landmark.y += 0.02F * kTorsoY * static_cast<float>(random.Normal("y", ++draw));
      if (t < 0.2) landmark.y += 0.3F * kTorsoY;
    }
  });
  EXPECT_LT(Movement(noisy, kRate), 0.15);
}

TEST(Movement, OfEveryExerciseIsLarge) {
  for (const synthesis::ExerciseInfo& exercise : synthesis::Exercises()) {
    if (exercise.kind != synthesis::ExerciseKind::kExercise) continue;
    for (uint64_t seed = 1; seed <= 5; ++seed) {
      synthesis::PoseOptions options;
      options.motion.exercise = exercise.name;
      options.motion.seed = seed;
      options.motion.fps = kRate;
      options.motion.repetitions = 1;
      options.motion.repetition_seconds = 3;
      const auto poses = synthesis::SynthesizePoses(options);
      ASSERT_TRUE(poses.ok()) << poses.status();
      EXPECT_GT(Movement(*poses, kRate), 0.4) << exercise.name << " " << seed;
    }
  }
}

}  // namespace
}  // namespace trackfit::skeleton
