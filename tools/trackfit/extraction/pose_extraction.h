// BlazePose over the frames of a source.
#ifndef TRACKFIT_TOOLS_EXTRACTION_POSE_EXTRACTION_H_
#define TRACKFIT_TOOLS_EXTRACTION_POSE_EXTRACTION_H_

#include <CLI/App.hpp>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "blazepose/pose_engine.h"
#include "frame_source.h"
#include "serving/model_directory.h"
#include "skeleton/pose.h"

namespace trackfit::tools {

struct PoseOptions {
  std::string model = "full";
  std::string models_dir = serving::DefaultModelDirectory("blazepose");
  bool no_smooth = false;
  bool static_mode = false;  // every frame stands alone
};

// Declares --model, --models-dir, --no-smooth and --static.
void DeclarePoseOptions(CLI::App& command, PoseOptions& options);

// An engine of the networks that the options name; the errors are those of blazepose::LoadPoseModels.
absl::StatusOr<blazepose::PoseEngine> LoadPoseEngine(const PoseOptions& options);

// Takes each frame in order with the person in it, if there is one. An error ends the tracking.
using PoseHandler =
    std::function<absl::Status(const SourceFrame& frame, const std::optional<skeleton::Pose>& pose)>;

// Follows one person from the source's first frame to its last. INVALID_ARGUMENT when it holds no frames.
absl::Status TrackPoses(FrameSource& source, const PoseOptions& options, blazepose::PoseEngine& engine,
                        const PoseHandler& on_pose);

}  // namespace trackfit::tools

#endif  // TRACKFIT_TOOLS_EXTRACTION_POSE_EXTRACTION_H_
