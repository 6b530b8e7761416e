// `trackfit reference`: records how an exercise is done well, to compare repetitions with.
#include <google/protobuf/util/json_util.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "command_line/exit_code.h"
#include "command_line/interrupt.h"
#include "command_line/model_directory.h"
#include "command_line/progress.h"
#include "commands.h"
#include "contract/convert.h"
#include "dataset/landmark_file.h"
#include "dataset_building/pose_extraction.h"
#include "exercises/vocabulary.h"
#include "files/outputs.h"
#include "files/partial_file.h"
#include "media/frame_source.h"
#include "reference/recording.h"
#include "reference/takes.h"
#include "repetitions/exercise.h"
#include "skeleton/pose.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"
#include "trackfit/v1/gateway.pb.h"

namespace trackfit::tools {
namespace {

struct RecordOptions {
  std::string video;
  std::string landmarks;
  std::string clip;
  std::string session;
  bool synthesize = false;
  std::string exercise;
  std::string name;
  std::string output;
  std::string exercises = command_line::DefaultExerciseDirectory();
  int repetitions = 5;
  dataset_building::PoseOptions poses;
  bool quiet = false;
};

using Poses = std::vector<skeleton::Pose>;

absl::StatusOr<Poses> PosesOfVideo(const RecordOptions& options) {
  absl::StatusOr<std::unique_ptr<media::FrameSource>> source = media::OpenFrameSource({options.video});
  if (!source.ok()) return source.status();
  absl::StatusOr<blazepose::PoseEngine> engine = dataset_building::LoadPoseEngine(options.poses);
  if (!engine.ok()) return engine.status();
  std::atomic<bool> interrupted{false};
  const command_line::InterruptWatcher watcher([&](int) { interrupted = true; });
  command_line::Progress progress =
      command_line::StartProgress("Extracting", (*source)->info().frame_count, options.quiet);
  Poses poses;
  int64_t frames = 0;
  absl::Status status = dataset_building::TrackPoses(
      **source, options.poses, *engine,
      [&](const media::SourceFrame&, const std::optional<skeleton::Pose>& pose) -> absl::Status {
        if (pose) poses.push_back(*pose);
        progress.Update(++frames);
        return interrupted ? absl::CancelledError("interrupted; nothing is written") : absl::OkStatus();
      });
  progress.Hide();
  if (!status.ok()) return status;
  return poses;
}

absl::StatusOr<Poses> PosesOfLandmarks(const RecordOptions& options) {
  absl::StatusOr<std::vector<dataset::Clip>> clips = dataset::ReadLandmarkFile(options.landmarks);
  if (!clips.ok()) return clips.status();
  if (options.clip.empty() && clips->size() != 1) {
    return command_line::UsageError(
        absl::StrCat(options.landmarks, " holds ", clips->size(), " clips; name one with --clip"));
  }
  for (dataset::Clip& clip : *clips) {
    if (options.clip.empty() || clip.id == options.clip) return std::move(clip.poses);
  }
  return command_line::UsageError(absl::StrCat(options.landmarks, " holds no clip ", options.clip));
}

absl::StatusOr<Poses> PosesOfSession(const RecordOptions& options) {
  std::ifstream file(options.session);
  Poses poses;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    v1::AnalyzeResponse response;
    google::protobuf::util::JsonParseOptions lenient;
    lenient.ignore_unknown_fields = true;  // of newer versions
    if (!google::protobuf::util::JsonStringToMessage(line, &response, lenient).ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(options.session, ":", number, ": no line of `trackfit analyze --json`"));
    }
    if (!response.has_frame_result() || !response.frame_result().has_pose()) continue;
    absl::StatusOr<skeleton::Pose> pose = contract::FromProto(response.frame_result().pose());
    if (!pose.ok()) return pose.status();
    poses.push_back(*std::move(pose));
  }
  return poses;
}

// A mannequin in textbook form, each joint seen and known exactly.
absl::StatusOr<Poses> SynthesizedPoses(const RecordOptions& options) {
  synthesis::MotionOptions motion{.exercise = options.exercise,
                                  .repetitions = options.repetitions,
                                  .lead_in_seconds = 1,
                                  .lead_out_seconds = 1,
                                  .style_variation = 0,
                                  .proportions = synthesis::Proportions{}};
  const absl::StatusOr<synthesis::Motion> performed = synthesis::SynthesizeMotion(motion);
  if (!performed.ok()) return command_line::UsageError(performed.status());
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

absl::StatusOr<Poses> ReadPoses(const RecordOptions& options) {
  if (!options.video.empty()) return PosesOfVideo(options);
  if (!options.landmarks.empty()) return PosesOfLandmarks(options);
  if (!options.session.empty()) return PosesOfSession(options);
  return SynthesizedPoses(options);
}

std::string SourceOf(const RecordOptions& options) {
  const std::string file = absl::StrCat(options.video, options.landmarks, options.session);
  if (file.empty()) return "a synthesised movement";
  return absl::StrCat(
             options.video.empty() ? options.landmarks.empty() ? "session " : "landmarks " : "video ",
             std::filesystem::path(file).filename().string(),
             options.clip.empty() ? "" : absl::StrCat(", clip ", options.clip))
      .substr(0, 200);
}

void Print(const reference::Reference& reference, size_t found, const std::string& output) {
  std::cout << absl::StrFormat("%s: the best %d of %d repetitions, %.1f s\n", output, reference.repetitions,
                               found, static_cast<double>(reference.duration_us) * 1e-6);
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
    std::cout << absl::StrFormat("  %-15s %3.0f to %3.0f degrees, +- %.0f\n",
                                 std::string(reference::AngleNames()[angle]), least, most, spread);
  }
}

absl::Status RecordReference(RecordOptions options) {
  const int sources = static_cast<int>(!options.video.empty()) +
                      static_cast<int>(!options.landmarks.empty()) +
                      static_cast<int>(!options.session.empty()) + static_cast<int>(options.synthesize);
  if (sources != 1)
    return command_line::UsageError("give one of --video, --landmarks, --session and --synthesize");
  absl::Status status = files::CheckOutputs(
      {{"--output", options.output}},
      {{"--video", options.video}, {"--landmarks", options.landmarks}, {"--session", options.session}});
  if (!status.ok()) return command_line::UsageError(status);
  options.exercise = exercises::Builtin().NameOf(options.exercise);
  if (options.name.empty()) options.name = options.exercise;
  const auto catalogue = repetitions::Catalogue::Load(options.exercises);
  if (!catalogue.ok()) return catalogue.status();
  const repetitions::Exercise* const exercise = (*catalogue)->Find(options.exercise);
  if (exercise == nullptr) {
    return command_line::UsageError(
        absl::StrCat("--exercise: there is no ", options.exercise, ".yaml in ", options.exercises));
  }
  const absl::StatusOr<Poses> poses = ReadPoses(options);
  if (!poses.ok()) return poses.status();

  const std::vector<reference::Take> takes = reference::FindTakes(*exercise, *poses);
  reference::RecordingOptions recording{.exercise = options.exercise,
                                        .name = options.name,
                                        .source = SourceOf(options),
                                        .parts = reference::PartsOf(*exercise),
                                        .most = options.repetitions};
  if (options.synthesize) recording.depth_error = 0;
  const absl::StatusOr<reference::Reference> reference = reference::Record(takes, recording);
  if (!reference.ok()) return reference.status();
  const std::string json = reference->ToJson();
  if (const auto read = reference::Reference::Parse(json); !read.ok())
    return command_line::UsageError(read.status());
  if (status = files::ReplaceFile(options.output, json); !status.ok()) return status;
  Print(*reference, takes.size(), options.output);
  return absl::OkStatus();
}

}  // namespace

Action ReferenceCommand(CLI::App& command) {
  const auto options = std::make_shared<RecordOptions>();
  CLI::App* record = command.add_subcommand(
      "record", "Make a reference of the best repetitions of one clip, from one camera");
  record->add_option("--video", options->video, "A video of one person")->check(CLI::ExistingFile);
  record
      ->add_option("--landmarks", options->landmarks, "Instead: a landmark file (.pt) of `trackfit extract`")
      ->check(CLI::ExistingFile);
  record->add_option("--clip", options->clip, "The clip of a landmark file of several")
      ->needs(record->get_option("--landmarks"));
  record->add_option("--session", options->session, "Instead: what `trackfit analyze --json` wrote")
      ->check(CLI::ExistingFile);
  record->add_flag("--synthesize", options->synthesize, "Instead: a mannequin in textbook form");
  record->add_option("--exercise", options->exercise, "What is done; one that the coach knows")->required();
  record->add_option("--name", options->name, "How sessions ask for it; default: the exercise");
  record->add_option("--output", options->output, "The reference, a JSON file")->required();
  record->add_option("--repetitions", options->repetitions, "So many of the best are averaged")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  record->add_option("--exercises", options->exercises, "Folder of the exercises that the coach knows")
      ->capture_default_str();
  dataset_building::DeclarePoseOptions(*record, options->poses);
  record->add_flag("--quiet", options->quiet, "No progress");
  record->footer("docs/reference.md tells how repetitions are compared with it.");
  command.require_subcommand(1);
  return [options] { return RecordReference(*options); };
}

}  // namespace trackfit::tools
