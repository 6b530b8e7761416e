// One person's skeleton in one frame, as BlazePose detects it.
#ifndef TRACKFIT_SKELETON_POSE_H_
#define TRACKFIT_SKELETON_POSE_H_

#include <array>
#include <cstdint>

#include "skeleton/joint.h"

namespace trackfit::skeleton {

// A joint in the image. x and y are fractions of the image's width and height and may leave [0, 1];
// z is depth relative to the mid-hip on x's scale (fractions of the width), negative towards the camera.
// visibility and presence are probabilities. A joint that is absent has NaN in x and y.
struct Landmark {
  float x = 0;
  float y = 0;
  float z = 0;
  float visibility = 0;
  float presence = 0;
};

// A joint in metres; origin at the mid-hip, x to the image's right, y down, z away from the camera.
struct WorldLandmark {
  float x = 0;
  float y = 0;
  float z = 0;
  float visibility = 0;
};

struct Pose {
  uint64_t sequence = 0;     // the frame's number in its stream
  int64_t timestamp_us = 0;  // the frame's own time
  int image_width = 0;       // pixels; 0 = unknown
  int image_height = 0;
  std::array<Landmark, kJointCount> landmarks{};
  bool has_world_landmarks = false;
  std::array<WorldLandmark, kJointCount> world_landmarks{};
  float score = 0;         // probability that a person is there
  uint32_t person_id = 0;  // identifies the person within the stream; 0 = unknown
};

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_POSE_H_
