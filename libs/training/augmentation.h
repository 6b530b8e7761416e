// Random variants of a window of poses, for training. All of them work in isotropic coordinates on a square
// image.
#ifndef TRACKFIT_TRAINING_AUGMENTATION_H_
#define TRACKFIT_TRAINING_AUGMENTATION_H_

#include <random>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "skeleton/pose.h"

namespace trackfit::training {

using Random = std::mt19937_64;

struct AugmentationConfig {
  double mirror_probability = 0.5;
  double reverse_probability = 0.2;  // played backwards: the exercises are to-and-fro movements
  double max_roll_degrees = 15;      // the camera turned about its viewing axis
  double max_yaw_degrees = 40;       // the person turned about the vertical
  double max_pitch_degrees = 12;     // the camera higher or lower
  double depth_scale = 0.35;         // deviation of log depth: the third coordinate is a guess
  double flat_probability = 0.08;    // no depth at all
  double aspect_probability = 0.3;   // as if a client left out the image size
  double max_aspect = 1.9;
  double time_warp = 0.12;              // of the window's length
  double absence_probability = 0.25;    // joints absent throughout, as from other pose estimators
  double guessed_legs_probability = 0;  // legs that the picture does not show, as BlazePose guesses them
  double jitter = 0.012;                // of the torso length, per frame
  double offset = 0.03;                 // of the torso length, per window and joint
  double drift = 0.25;                  // of the torso length over the window: a moving camera

  absl::Status Validate() const;
};

// Puts poses on a square image: afterwards x, y and z have one scale and width = height.
void MakeSquare(std::span<skeleton::Pose> poses);

// The median torso length in (x, y, z); a quarter of the image where no torso is seen. Square images
// only.
float TorsoLength(std::span<const skeleton::Pose> poses);

// Exchanges left and right, and turns x around the middle of the image. Twice gives the original.
void Mirror(std::span<skeleton::Pose> poses);

// Turn all poses about the window's mean position; right-handed in (x right, y down, z away). Square images
// only.
void Roll(std::span<skeleton::Pose> poses, double radians);   // about z
void Yaw(std::span<skeleton::Pose> poses, double radians);    // about y
void Pitch(std::span<skeleton::Pose> poses, double radians);  // about x

// Makes joints absent (NaN).
void DropJoints(std::span<skeleton::Pose> poses, std::span<const int> joints);

// Joints that other pose estimators lack or that are outside the image: all but the 13 or 9 common ones,
// the legs, legs and head, one side, the face, the hands, the feet, or a few at random. Independent of the
// class, so that absence carries no information about it.
std::vector<int> DrawAbsentJoints(Random& random);

// Resamples to `count` poses at unevenly spaced times; `strength` (< 0.3) is the relative amplitude.
std::vector<skeleton::Pose> WarpTime(std::span<const skeleton::Pose> poses, int count, double strength,
                                     double phase);

// One random variant of `poses` (at least two); length and rate stay the same. `marked` joints stay marked
// when left and right are exchanged.
std::vector<skeleton::Pose> Augment(std::vector<skeleton::Pose> poses, const AugmentationConfig& config,
                                    Random& random, std::vector<int>* marked = nullptr);

}  // namespace trackfit::training

#endif  // TRACKFIT_TRAINING_AUGMENTATION_H_
