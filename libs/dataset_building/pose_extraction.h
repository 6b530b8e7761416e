// BlazePose over the frames of a source.
#ifndef TRACKFIT_DATASET_BUILDING_POSE_EXTRACTION_H_
#define TRACKFIT_DATASET_BUILDING_POSE_EXTRACTION_H_

#include <CLI/App.hpp>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "blazepose/pose_engine.h"
#include "command_line/model_directory.h"
#include "media/frame_source.h"
#include "skeleton/pose.h"

namespace trackfit::dataset_building {

struct PoseOptions {
  std::string model = "full";
  std::string models_dir = command_line::DefaultModelDirectory("blazepose");
  bool no_smooth = false;
  bool static_mode = false;  // every frame stands alone
};

// Declares --model, --models-dir, --no-smooth and --static.
void DeclarePoseOptions(CLI::App& command, PoseOptions& options);

// An engine of the networks that the options name; the errors are those of blazepose::LoadPoseModels.
absl::StatusOr<blazepose::PoseEngine> LoadPoseEngine(const PoseOptions& options);

// Takes each frame in order with the person in it, if there is one. An error ends the tracking.
using PoseHandler =
    std::function<absl::Status(const media::SourceFrame& frame, const std::optional<skeleton::Pose>& pose)>;

// Follows one person from the source's first frame to its last. INVALID_ARGUMENT when it holds no frames.
absl::Status TrackPoses(media::FrameSource& source, const PoseOptions& options, blazepose::PoseEngine& engine,
                        const PoseHandler& on_pose);

}  // namespace trackfit::dataset_building

#endif  // TRACKFIT_DATASET_BUILDING_POSE_EXTRACTION_H_
