// `trackfit reference`: records how an exercise is done well, to compare repetitions with.
#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "command_line/exit_code.h"
#include "command_line/interrupt.h"
#include "command_line/model_directory.h"
#include "command_line/progress.h"
#include "commands.h"
#include "dataset_building/pose_extraction.h"
#include "exercises/vocabulary.h"
#include "files/outputs.h"
#include "files/partial_file.h"
#include "media/frame_source.h"
#include "reference/recording.h"
#include "reference/takes.h"
#include "reference_building/recordings.h"
#include "repetitions/exercise.h"
#include "skeleton/pose.h"

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

absl::StatusOr<Poses> ReadPoses(const RecordOptions& options) {
  if (!options.video.empty()) return PosesOfVideo(options);
  if (!options.landmarks.empty())
    return reference_building::PosesOfLandmarks(options.landmarks, options.clip);
  if (!options.session.empty()) return reference_building::PosesOfSession(options.session);
  return reference_building::TextbookPoses(options.exercise, options.repetitions);
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
  std::cout << options.output << ": " << reference_building::Describe(*reference, takes.size());
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
