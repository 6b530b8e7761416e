#include "reference_building/recordings.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "contract/convert.h"
#include "dataset/landmark_file.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"
#include "trackfit/v1/gateway.pb.h"

namespace trackfit::reference_building {

absl::StatusOr<Poses> PosesOfLandmarks(const std::string& path, const std::string& clip_id) {
  absl::StatusOr<std::vector<dataset::Clip>> clips = dataset::ReadLandmarkFile(path);
  if (!clips.ok()) return clips.status();
  if (clip_id.empty() && clips->size() != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " holds ", clips->size(), " clips; name one with --clip"));
  }
  for (dataset::Clip& clip : *clips) {
    if (clip_id.empty() || clip.id == clip_id) return std::move(clip.poses);
  }
  return absl::InvalidArgumentError(absl::StrCat(path, " holds no clip ", clip_id));
}

absl::StatusOr<Poses> PosesOfSession(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  Poses poses;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    v1::AnalyzeResponse response;
    google::protobuf::util::JsonParseOptions lenient;
    lenient.ignore_unknown_fields = true;  // of newer versions
    if (!google::protobuf::util::JsonStringToMessage(line, &response, lenient).ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ":", number, ": no line of `trackfit analyze --json`"));
    }
    if (!response.has_frame_result() || !response.frame_result().has_pose()) continue;
    absl::StatusOr<skeleton::Pose> pose = contract::FromProto(response.frame_result().pose());
    if (!pose.ok()) return pose.status();
    poses.push_back(*std::move(pose));
  }
  return poses;
}

absl::StatusOr<Poses> TextbookPoses(const std::string& exercise, int repetitions) {
  synthesis::MotionOptions motion{.exercise = exercise,
                                  .repetitions = repetitions,
                                  .lead_in_seconds = 1,
                                  .lead_out_seconds = 1,
                                  .style_variation = 0,
                                  .proportions = synthesis::Proportions{}};
  const absl::StatusOr<synthesis::Motion> performed = synthesis::SynthesizeMotion(motion);
  if (!performed.ok()) return performed.status();
  synthesis::CameraOptions camera = synthesis::ShowcaseCamera(*performed, motion.seed);
  camera.pitch_degrees = 0;  // so that the reference stands upright
  camera.fov_degrees = 12;   // from afar, so that nothing is foreshortened
  camera.orbit_degrees = camera.handheld = 0;
  const auto cameras = synthesis::MakeCameraPath(camera, *performed);
  if (!cameras.ok()) return cameras.status();
  synthesis::LandmarkNoise only_depth_scale{.jitter = 0, .bias = 0, .swap_chance = 0};
  only_depth_scale.depth_jitter = only_depth_scale.depth_bias = only_depth_scale.depth_tilt =
      only_depth_scale.depth_spread = 0;
  Poses poses = synthesis::AddLandmarkNoise(synthesis::ProjectMotion(*cameras, *performed), only_depth_scale,
                                            performed->fps, motion.seed);
  for (skeleton::Pose& pose : poses)
    for (skeleton::Landmark& landmark : pose.landmarks) landmark.visibility = 1;
  return poses;
}

std::string Describe(const reference::Reference& reference, size_t found) {
  std::string text = absl::StrFormat("the best %d of %d repetitions, %.1f s\n", reference.repetitions, found,
                                     static_cast<double>(reference.duration_us) * 1e-6);
  const auto angles = reference.Angles();
  for (int angle = 0; angle < reference::kAngleCount; ++angle) {
    float least = 1e9F, most = -1e9F, spread = 0;
    for (int phase = 0; phase < reference::kPhases; ++phase) {
      if (std::isnan(angles[phase][angle])) continue;
      least = std::min(least, angles[phase][angle]);
      most = std::max(most, angles[phase][angle]);
      spread = std::max(spread, reference.spread[phase][angle]);
    }
    if (least > most) continue;
    absl::StrAppendFormat(&text, "  %-15s %3.0f to %3.0f degrees, +- %.0f\n",
                          std::string(reference::AngleNames()[angle]), least, most, spread);
  }
  return text;
}

}  // namespace trackfit::reference_building
