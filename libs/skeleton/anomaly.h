// Finds what cannot have happened in a clip's skeletons (joints that teleport, bones whose length jumps,
// sides that swap) and repairs it. For data sets: a service must not wait for the frames behind.
#ifndef TRACKFIT_SKELETON_ANOMALY_H_
#define TRACKFIT_SKELETON_ANOMALY_H_

#include <cstdint>
#include <span>
#include <vector>

#include "skeleton/pose.h"

namespace trackfit::skeleton {

// Lengths are in torso lengths of the clip: the median in the picture, but at least a quarter of the body's
// diagonal, for torsos that point at the camera. Everything found is short: what lasts longer than
// `longest_seconds` may be real.
struct AnomalyRule {
  // A joint teleports where it leaves its path and comes back: all the time it is this far off the straight
  // line between the frames around the run, both its ways there need an acceleration that no limb has, and
  // the one frame that each takes covers this share of the farthest point's distance.
  double teleport_distance = 0.35;
  double teleport_step = 0.5;
  double teleport_acceleration = 315;  // per second squared: 0.35 a frame at 30 Hz
  double longest_seconds = 0.5;

  // A bone jumps where its length in space leaves [low, high] times the clip's median from one frame to the
  // next, and comes back so. Depth counts a third (BlazePose's is inflated, see synthesis/camera.h), and slow
  // changes are foreshortening.
  double bone_low = 0.5;
  double bone_high = 1.8;
  double bone_step = 1.4;  // factor between two frames, at both ends

  // An arm or leg is swapped where, on average over its joints, it moves farther than `swap_distance` in one
  // frame, less than `swap_share` of that when sides are exchanged, and the same happens on the way back.
  double swap_distance = 0.2;
  double swap_share = 0.4;

  // A joint that is less visible than this in nearly every frame is a guess throughout.
  double hidden_visibility = 0.1;
  double hidden_share = 0.9;

  // Runs up to this are interpolated; in longer ones the joint is left out.
  double interpolated_seconds = 5.0 / 30;

  // A frame is broken when nobody is seen or more than this share of its joints are anomalous; a clip, when
  // more than that share of its frames are.
  double broken_joints = 1.0 / 3;
  double broken_frames = 0.5;
};

// All but `frames` and `broken_frames` count a joint in a frame once.
struct AnomalyCounts {
  int64_t frames = 0;
  int64_t broken_frames = 0;
  int64_t joints = 0;  // present, before the repair
  int64_t teleported = 0;
  int64_t bone_jumps = 0;
  int64_t swapped = 0;
  int64_t hidden = 0;
  int64_t interpolated = 0;
  int64_t left_out = 0;  // without the hidden ones

  AnomalyCounts& operator+=(const AnomalyCounts& other);
};

struct RepairedClip {
  std::vector<Pose> poses;  // swapped sides put right, anomalous joints interpolated or NaN, hidden ones NaN
  AnomalyCounts counts;
  bool broken = false;
};

// `poses` follow one another at `fps` > 0; joints that are absent are NaN and stay so. Clips shorter than
// five frames are given back as they are.
RepairedClip RepairAnomalies(std::span<const Pose> poses, double fps, const AnomalyRule& rule = {});

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_ANOMALY_H_
