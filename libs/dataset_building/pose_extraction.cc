#include "dataset_building/pose_extraction.h"

#include <CLI/CLI.hpp>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "blazepose/pose_tracker.h"

namespace trackfit::dataset_building {

void DeclarePoseOptions(CLI::App& command, PoseOptions& options) {
  command.add_option("--model", options.model, "Landmark model: lite, full or heavy")
      ->check(CLI::IsMember({"lite", "full", "heavy"}))
      ->capture_default_str();
  command.add_option("--models-dir", options.models_dir, "Folder of the BlazePose models")
      ->envname("TRACKFIT_MODELS_DIR")
      ->capture_default_str();
  command.add_flag("--no-smooth", options.no_smooth, "Give the landmarks as the network sees them");
  command.add_flag("--static", options.static_mode, "Search every frame afresh: no tracking, no smoothing");
}

absl::StatusOr<blazepose::PoseEngine> LoadPoseEngine(const PoseOptions& options) {
  const absl::StatusOr<blazepose::ModelComplexity> complexity =
      blazepose::ParseModelComplexity(options.model);
  if (!complexity.ok()) return complexity.status();
  const absl::StatusOr<blazepose::PoseModels> models =
      blazepose::LoadPoseModels(options.models_dir, *complexity);
  if (!models.ok()) return models.status();
  return blazepose::PoseEngine::Create(*models);
}

absl::Status TrackPoses(media::FrameSource& source, const PoseOptions& options, blazepose::PoseEngine& engine,
                        const PoseHandler& on_pose) {
  blazepose::PoseTracker tracker({.static_mode = options.static_mode, .smooth = !options.no_smooth});
  for (uint64_t sequence = 0;; ++sequence) {
    const absl::StatusOr<std::optional<media::SourceFrame>> frame = source.Next();
    if (!frame.ok()) return frame.status();
    if (!frame->has_value()) {
      return sequence > 0 ? absl::OkStatus()
                          : absl::InvalidArgumentError(absl::StrCat(source.info().name, " holds no frames"));
    }
    const auto pose = tracker.Track(engine, (*frame)->image, sequence, (*frame)->timestamp_us);
    if (!pose.ok()) return pose.status();
    if (absl::Status status = on_pose(**frame, *pose); !status.ok()) return status;
  }
}

}  // namespace trackfit::dataset_building
