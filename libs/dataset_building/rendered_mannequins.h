// The bridge from computed movements to real cameras: mannequins are rendered, and the project's own
// BlazePose looks at them. Such clips have its errors (hidden joints, left and right swapped, depth) and
// ground truth.
#ifndef TRACKFIT_DATASET_BUILDING_RENDERED_MANNEQUINS_H_
#define TRACKFIT_DATASET_BUILDING_RENDERED_MANNEQUINS_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "blazepose/pose_engine.h"
#include "dataset/clip.h"
#include "dataset_building/clip_workers.h"
#include "dataset_building/pose_extraction.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::dataset_building {

// A clip that is to be rendered. Everything else follows from the motion's seed.
struct MannequinPlan {
  synthesis::MotionOptions motion;
  int width = 320;  // pixels
  int height = 240;

  // Names it: "mannequin_squat_17".
  std::string Id() const;
};

// `per_exercise` clips of each exercise, every second one with one of its faults, the faults in turn, and a
// quarter as many of each background motion. All kinds come in turn, so that any first part is balanced. More
// clips of the same seed begin with the fewer.
std::vector<MannequinPlan> PlanMannequins(int per_exercise, uint64_t seed);

// The ground truth of a clip.
struct MannequinScene {
  synthesis::Motion motion;
  std::vector<synthesis::Camera> cameras;  // one per frame
  double yaw_degrees = 0;                  // of the camera at the start, see synthesis::CameraOptions

  std::vector<skeleton::Pose> TruePoses() const;
};
absl::StatusOr<MannequinScene> MakeScene(const MannequinPlan& plan);

// Renders the clip and tracks the mannequin as a server would. Frames in which nobody is found are NaN.
// `on_frame` is called after each frame; an error of it ends the work.
absl::StatusOr<dataset::Clip> RenderAndExtract(const MannequinPlan& plan, const PoseOptions& poses,
                                               blazepose::PoseEngine& engine,
                                               const std::function<absl::Status()>& on_frame);

struct MannequinOptions {
  std::string cache;  // folder of the clips that are done; made where it is missing
  PoseOptions poses;
  int jobs = 1;  // clips at a time, each on a thread and an engine of its own; >= 1
};

// Renders many clips and extracts their poses; finished ones stay in a cache and are not rendered again. Not
// thread-safe.
class MannequinStudio {
 public:
  // Looks up what is in the cache. INVALID_ARGUMENT when its folder cannot be used.
  static absl::StatusOr<MannequinStudio> Open(std::vector<MannequinPlan> plans, MannequinOptions options);

  size_t pending() const { return missing_.size(); }
  // The frames of the clips that are not in the cache.
  int64_t PendingFrames() const;

  using Events = ClipWorkers::Events;
  // All clips in the order of their plans, once. CANCELLED when interrupted.
  absl::StatusOr<std::vector<dataset::Clip>> Run(const Events& events);

 private:
  MannequinStudio(std::vector<MannequinPlan> plans, MannequinOptions options, std::filesystem::path folder)
      : plans_(std::move(plans)),
        options_(std::move(options)),
        folder_(std::move(folder)),
        clips_(plans_.size()) {}

  // The clip of the plan `index`, into the cache and clips_.
  absl::Status MakeClip(size_t index, blazepose::PoseEngine& engine, ClipWorkers& workers);
  std::filesystem::path PathOf(const MannequinPlan& plan) const;

  std::vector<MannequinPlan> plans_;
  MannequinOptions options_;
  std::filesystem::path folder_;
  std::vector<dataset::Clip> clips_;  // of the plans
  std::vector<size_t> missing_;       // indices of the plans that are not in the cache
};

}  // namespace trackfit::dataset_building

#endif  // TRACKFIT_DATASET_BUILDING_RENDERED_MANNEQUINS_H_
