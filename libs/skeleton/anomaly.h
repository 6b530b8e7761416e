// Finds and repairs physically impossible motion in a clip's skeletons: teleporting joints, jumping bone
// lengths, swapped sides. For data sets only: it needs the frames that follow, which a service cannot wait
// for.
#ifndef TRACKFIT_SKELETON_ANOMALY_H_
#define TRACKFIT_SKELETON_ANOMALY_H_

#include <cstdint>
#include <span>
#include <vector>

#include "skeleton/pose.h"

namespace trackfit::skeleton {

// Lengths are in torso lengths of the clip: the median 2-D length, but at least a quarter of the body's
// diagonal, because torsos may point at the camera. Only short anomalies count: what lasts longer than
// `longest_seconds` may be real.
struct AnomalyRule {
  // A joint teleports when it leaves its path for a short run and returns: in every frame of the run it is at
  // least `teleport_distance` from the straight line between the frames around it, leaving and returning both
  // take more than `teleport_acceleration`, which no limb reaches, and each covers at least `teleport_step`
  // of the largest deviation within one frame.
  double teleport_distance = 0.35;
  double teleport_step = 0.5;
  double teleport_acceleration = 315;  // per second squared: 0.35 a frame at 30 Hz
  double longest_seconds = 0.5;

  // A bone jumps when its 3-D length leaves [low, high] times the clip's median from one frame to the next
  // and returns in the same way; slow changes are foreshortening. Depth counts a third, because BlazePose's
  // is exaggerated (see synthesis/camera.h).
  double bone_low = 0.5;
  double bone_high = 1.8;
  double bone_step = 1.4;  // minimum factor between consecutive frames, at both ends

  // An arm or leg is swapped when its joints move more than `swap_distance` on average in one frame, but less
  // than `swap_share` of that when left and right are exchanged, and the same happens again on return.
  double swap_distance = 0.2;
  double swap_share = 0.4;

  // A joint less visible than this in nearly every frame is a guess in all of them.
  double hidden_visibility = 0.1;
  double hidden_share = 0.9;

  // Runs up to this are interpolated; in longer ones the joint becomes absent (NaN).
  double interpolated_seconds = 5.0 / 30;

  // A frame is broken when it has no person or more than `broken_joints` of its joints are anomalous; a clip
  // is when more than `broken_frames` of its frames are.
  double broken_joints = 1.0 / 3;
  double broken_frames = 0.5;
};

// All but `frames` and `broken_frames` count joints per frame.
struct AnomalyCounts {
  int64_t frames = 0;
  int64_t broken_frames = 0;
  int64_t joints = 0;  // present, before the repair
  int64_t teleported = 0;
  int64_t bone_jumps = 0;
  int64_t swapped = 0;
  int64_t hidden = 0;
  int64_t interpolated = 0;
  int64_t left_out = 0;  // made absent; hidden joints are not included

  AnomalyCounts& operator+=(const AnomalyCounts& other);
};

struct RepairedClip {
  std::vector<Pose> poses;  // sides swapped back, anomalous joints interpolated or NaN, hidden ones NaN
  AnomalyCounts counts;
  bool broken = false;
};

// `poses` are consecutive frames at `fps` > 0; absent joints are NaN and stay so. Clips shorter than five
// frames are returned unchanged.
RepairedClip RepairAnomalies(std::span<const Pose> poses, double fps, const AnomalyRule& rule = {});

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_ANOMALY_H_
