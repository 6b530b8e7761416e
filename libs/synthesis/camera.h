// A perspective camera that may orbit, drift and shake, and the projection of a figure to BlazePose
// landmarks.
#ifndef TRACKFIT_SYNTHESIS_CAMERA_H_
#define TRACKFIT_SYNTHESIS_CAMERA_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skeleton/pose.h"
#include "synthesis/motion.h"

namespace trackfit::synthesis {

// Pinhole camera with square pixels and the principal point in the middle of the image.
struct Camera {
  Vec3 position;
  Vec3 right{1, 0, 0};  // the image's x axis, unit
  Vec3 down{0, -1, 0};  // the image's y axis, unit
  Vec3 away{0, 0, -1};  // viewing direction, unit
  double focal = 600;   // pixels
  int width = 640;
  int height = 480;
};

struct PixelPoint {
  double x = 0;  // pixels, (0, 0) = outer corner of the top left pixel
  double y = 0;
  double depth = 0;  // metres along the viewing direction
};

PixelPoint Project(const Camera& camera, const Vec3& point);

struct CameraOptions {
  int width = 640;  // pixels, 32 to 4096
  int height = 480;
  double yaw_degrees = 30;   // 0 looks at the front of someone standing, 90 at the person's left side
  double pitch_degrees = 8;  // above the horizon, -30 to 60
  double roll_degrees = 0;
  double fov_degrees = 55;  // of the image's longer side, 10 to 120
  double fill = 0.8;        // how much of the image the whole motion takes up, 0.1 to 3 (> 1 cuts parts off)
  double shift_x = 0;       // moves the figure in the image, fractions of its width and height
  double shift_y = 0;
  double orbit_degrees = 0;  // how far the camera travels around the person during the clip
  double handheld = 0;       // scale of the shaking, 0 = tripod, 1 = by hand
  uint64_t seed = 1;         // of the shaking

  absl::Status Validate() const;
};

// A view that shows the exercise well, for demonstrations.
CameraOptions ShowcaseCamera(const Motion& motion, uint64_t seed);

// A view as users film: all around, with front and side more often (of people lying: the side), pitch -10 to
// 30 degrees, various lenses and distances, sometimes cut off, on a tripod or by hand. Width and height are
// kept when positive, else drawn.
CameraOptions DrawCamera(const Motion& motion, uint64_t seed, int width = 0, int height = 0);

// One camera per frame of the motion; never below the floor.
absl::StatusOr<std::vector<Camera>> MakeCameraPath(const CameraOptions& options, const Motion& motion);

// The exact landmarks of a figure. x and y are fractions of the image; z is the depth behind the mid-hip on
// BlazePose's weak-perspective scale (metres times the scale at the mid-hip, as a fraction of the width).
// World landmarks are camera-aligned. visibility is 1 for joints in sight, about 0.3 for those behind the own
// body and lower outside the image. Sequence and timestamp are left at 0. Every joint must lie in front of
// the camera.
skeleton::Pose ProjectPose(const Camera& camera, const Body& body, const Joints& joints);

// The same of all frames, each as its camera sees it. Sequences count from 0 and timestamps follow the frame
// rate.
std::vector<skeleton::Pose> ProjectMotion(const std::vector<Camera>& cameras, const Motion& motion);

// How BlazePose's landmarks differ from the truth. Deviations are standard deviations in trunk lengths.
// Measured with pose_landmark_full on rendered figures in 22 exercises (`trackfit dataset bridge`): its world
// depth is about 0.7 of the true one and tips over along the body's height; its image depth is 3.3 (2 to 4)
// times its world depth, on real videos too. Most joints err little, a few a lot, and limbs more often. It
// reports a hidden trunk or face as visible, but not hidden elbows and wrists.
struct LandmarkNoise {
  double jitter = 0.008;    // correlated over about 0.1 s; three times as much for hidden joints
  double bias = 0.03;       // constant per clip and joint
  double trunk_tail = 0.4;  // both are multiplied by exp(tail * normal), drawn per clip and joint
  double limb_tail = 0.8;
  double swap_chance = 0.05;  // that an arm or a leg pair changes sides in a clip, for 0.2 to 1 s
  double depth_jitter = 0.03;
  double depth_bias = 0.18;
  double depth_tilt = 0.2;    // depth gained per height, constant per clip; no unit
  double world_depth = 0.7;   // mean factor of world depth
  double image_depth = 3.3;   // mean factor from world depth to image depth
  double depth_spread = 0.2;  // relative deviation of both factors between clips
};

// NaN-free noisy copy of `poses` (frames of one clip), deterministic in the seed.
std::vector<skeleton::Pose> AddLandmarkNoise(std::vector<skeleton::Pose> poses, const LandmarkNoise& noise,
                                             double fps, uint64_t seed);

struct PoseOptions {
  MotionOptions motion;
  std::optional<CameraOptions> camera{};  // DrawCamera from the motion's seed when absent
  std::optional<LandmarkNoise> noise = LandmarkNoise{};
};

// Motion, camera and landmark noise in one call: landmark clips without rendering.
absl::StatusOr<std::vector<skeleton::Pose>> SynthesizePoses(const PoseOptions& options);

}  // namespace trackfit::synthesis

#endif  // TRACKFIT_SYNTHESIS_CAMERA_H_
