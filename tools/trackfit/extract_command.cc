// `trackfit extract`: runs BlazePose in-process on anything from one picture to a whole data set.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <opencv2/core/utility.hpp>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "command_line/exit_code.h"
#include "command_line/interrupt.h"
#include "command_line/progress.h"
#include "commands.h"
#include "dataset/labels.h"
#include "dataset_building/clip_list.h"
#include "dataset_building/data_set.h"
#include "exercises/vocabulary.h"
#include "files/outputs.h"
#include "media/frame_source.h"

namespace trackfit::tools {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using State = dataset_building::ClipResult::State;

struct ExtractOptions {
  std::vector<std::string> inputs;
  std::string list;
  std::string output;
  std::string format = "jsonl";
  std::string exercise;
  std::string form;
  std::vector<std::string> only;
  std::optional<double> fps;
  bool original_joints = false;
  bool quiet = false;
  dataset_building::DataSetOptions data_set;
};

absl::Status CheckFlags(const ExtractOptions& options) {
  if (options.inputs.empty() == options.list.empty())
    return command_line::UsageError("give videos, pictures or folders, or else --list");
  if (options.format != "landmarks" && !(options.exercise.empty() && options.form.empty()))
    return command_line::UsageError(
        "--exercise and --form label landmark files; they need --format landmarks");
  if (options.format != "landmarks" && options.data_set.variants > 0)
    return command_line::UsageError("--variants needs --format landmarks");
  if (options.format != "trackfit-json" && options.original_joints)
    return command_line::UsageError("--original-joints needs --format trackfit-json");
  return absl::OkStatus();
}

absl::StatusOr<std::vector<dataset_building::SourceClip>> ChooseClips(const ExtractOptions& options) {
  absl::StatusOr<std::vector<dataset_building::SourceClip>> clips =
      options.list.empty() ? dataset_building::FindClips(options.inputs)
                           : dataset_building::ReadClipList(options.list);
  if (!clips.ok()) return clips;
  for (dataset_building::SourceClip& clip : *clips) {
    if (!options.exercise.empty()) clip.exercise = exercises::Builtin().NameOf(options.exercise);
    if (!options.form.empty()) clip.form = options.form;
    if (options.fps.has_value()) {
      clip.fps = *options.fps;
      clip.retimed = true;
    }
  }
  if (options.only.empty()) return clips;
  std::set<std::string> wanted;
  for (const std::string& typed : options.only) wanted.insert(exercises::Builtin().NameOf(typed));
  std::erase_if(*clips,
                [&](const dataset_building::SourceClip& clip) { return wanted.count(clip.exercise) == 0; });
  if (clips->empty()) return command_line::UsageError("no video shows an exercise named by --only");
  return clips;
}

// Whether --output names a file: it has the extension of one of the formats and is not a folder.
bool NamesFile(const std::string& output) {
  const std::string ending = fs::path(output).extension().string();
  const bool known = ending == dataset_building::EndingOf(dataset_building::ClipFormat::kJsonLines) ||
                     ending == dataset_building::EndingOf(dataset_building::ClipFormat::kLandmarks) ||
                     ending == dataset_building::EndingOf(dataset_building::ClipFormat::kTrackfitJson);
  return known && !fs::is_directory(output);
}

// Directs the output of the only clip to the file `options.output`.
absl::Status SetOutputFile(const ExtractOptions& options, std::vector<dataset_building::SourceClip>& clips,
                           dataset_building::DataSetOptions& data_set) {
  const fs::path file = options.output;
  if (clips.size() != 1) {
    return command_line::UsageError(absl::StrCat("--output ", options.output, " names one file for ",
                                                 clips.size(), " videos; give a folder"));
  }
  if (file.extension() != dataset_building::EndingOf(data_set.format)) {
    return command_line::UsageError(absl::StrCat("--output ", options.output, " does not end in ",
                                                 dataset_building::EndingOf(data_set.format),
                                                 ", as files of --format ", options.format, " do"));
  }
  data_set.folder = file.has_parent_path() ? file.parent_path().string() : ".";
  data_set.summary = false;
  clips.front().name = file.stem().string();
  return absl::OkStatus();
}

absl::Status SetOutputFolder(const ExtractOptions& options,
                             const std::vector<dataset_building::SourceClip>& clips,
                             dataset_building::DataSetOptions& data_set) {
  data_set.folder = options.output;
  if (absl::Status status = dataset_building::CheckOutside(options.output, options.inputs); !status.ok())
    return command_line::UsageError(status);
  return command_line::UsageError(dataset_building::CheckNames(
      clips, dataset_building::EndingOf(data_set.format), dataset_building::kSummaryFile));
}

// No output may be an input, not even through links. Missing folders are created later.
absl::Status CheckFiles(const ExtractOptions& options, const std::vector<dataset_building::SourceClip>& clips,
                        const dataset_building::DataSetOptions& data_set) {
  std::vector<files::NamedFile> inputs = {{"--list", options.list}};
  std::vector<files::NamedFile> outputs;
  for (const dataset_building::SourceClip& clip : clips) {
    for (files::NamedFile& file : files::FilesOf("the input", clip.path, media::IsImageFile))
      inputs.push_back(std::move(file));
    const fs::path output =
        fs::path(data_set.folder) / (clip.name + dataset_building::EndingOf(data_set.format));
    std::error_code error;
    if (fs::exists(output, error)) outputs.push_back({"--output", output});
  }
  return command_line::UsageError(files::CheckOutputs(outputs, inputs));
}

// Training ignores such clips silently.
void WarnOfUnknownExercises(const std::vector<dataset_building::SourceClip>& clips) {
  std::set<std::string> unknown;
  for (const dataset_building::SourceClip& clip : clips) {
    dataset::Clip labelled;
    labelled.exercise = clip.exercise;
    if (!dataset::LabelOf(labelled, exercises::Builtin().classes())) unknown.insert(clip.exercise);
  }
  for (const std::string& exercise : unknown) {
    std::cerr << "trackfit extract: `trackfit train` does not know the exercise \"" << exercise
              << "\"; use --exercise to say what the videos show\n";
  }
}

absl::Status OverallStatus(const std::vector<dataset_building::ClipResult>& results) {
  const auto count = [&](State state) {
    return std::count_if(results.begin(), results.end(),
                         [&](const dataset_building::ClipResult& result) { return result.state == state; });
  };
  if (const auto missing = count(State::kMissing); missing > 0) {
    return absl::CancelledError(absl::StrCat("interrupted; ", missing, " of ", results.size(),
                                             " videos are not done. Run the same command again to continue"));
  }
  if (const auto left_out = count(State::kLeftOut); left_out > 0)
    return absl::DataLossError(absl::StrCat(left_out, " of ", results.size(), " videos were left out"));
  return absl::OkStatus();
}

absl::Status Extract(const ExtractOptions& options) {
  std::atomic<bool> interrupted{false};
  const command_line::InterruptWatcher watcher([&](int) {
    interrupted = true;
    command_line::PrintNotice("trackfit extract: stopping; press Ctrl-C again to stop at once");
  });
  if (absl::Status status = CheckFlags(options); !status.ok()) return status;
  dataset_building::DataSetOptions data_set = options.data_set;
  const absl::StatusOr<dataset_building::ClipFormat> format =
      dataset_building::ParseClipFormat(options.format);
  if (!format.ok()) return format.status();
  data_set.format = *format;
  data_set.joints = options.original_joints ? dataset_building::TrackfitJoints::kOriginal
                                            : dataset_building::TrackfitJoints::kTrunk;

  absl::StatusOr<std::vector<dataset_building::SourceClip>> clips = ChooseClips(options);
  if (!clips.ok()) return clips.status();
  const bool single = NamesFile(options.output);
  absl::Status output_set =
      single ? SetOutputFile(options, *clips, data_set) : SetOutputFolder(options, *clips, data_set);
  if (!output_set.ok()) return output_set;
  if (absl::Status status = CheckFiles(options, *clips, data_set); !status.ok()) return status;
  if (*format == dataset_building::ClipFormat::kLandmarks) WarnOfUnknownExercises(*clips);
  absl::StatusOr<dataset_building::DataSet> set = dataset_building::DataSet::Open(*clips, data_set);
  if (!set.ok()) return set.status();

  cv::setNumThreads(1);  // the jobs keep the cores busy
  const auto is_interrupted = [&] { return interrupted.load(); };
  const size_t pending = set->pending();
  command_line::Progress progress =
      command_line::StartProgress(absl::StrCat("Extracting ", pending, pending == 1 ? " video" : " videos"),
                                  set->PendingFrames(is_interrupted), options.quiet);
  int64_t frames = 0;
  const Clock::time_point start = Clock::now();
  const absl::StatusOr<std::vector<dataset_building::ClipResult>> results =
      set->Run({.interrupted = is_interrupted,
                .on_frame =
                    [&](int64_t done) {
                      frames = done;
                      progress.Update(done);
                    },
                .on_left_out =
                    [&](const dataset_building::SourceClip& clip, const absl::Status& reason) {
                      progress.Hide();
                      std::cerr << "trackfit extract: left out " << clip.path << ": " << reason.message()
                                << std::endl;
                    }});
  const auto jobs = std::min(static_cast<size_t>(data_set.jobs), pending);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  progress.Hide();
  if (!results.ok()) return results.status();
  std::cout << dataset_building::DetectionTable(*results);
  if (frames > 0) {
    std::cout << absl::StrFormat("%d frames in %.1f s: %.1f frames/s with %d job%s\n", frames, seconds,
                                 static_cast<double>(frames) / seconds, jobs, jobs == 1 ? "" : "s");
  }
  std::cout << std::flush;
  return OverallStatus(*results);
}

}  // namespace

Action ExtractCommand(CLI::App& command) {
  const auto options = std::make_shared<ExtractOptions>();
  dataset_building::DataSetOptions& data_set = options->data_set;
  data_set.jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));

  CLI::Option* inputs = command.add_option("INPUT", options->inputs, "Videos, pictures, or folders of them")
                            ->check(CLI::ExistingPath);
  CLI::Option* list = command
                          .add_option("--list", options->list,
                                      "Instead: CSV with the columns file (relative to it), id, exercise, "
                                      "form, group, fps (of pictures and landmark files), source; also kind")
                          ->check(CLI::ExistingFile)
                          ->excludes(inputs);
  command
      .add_option(
          "--output", options->output,
          "Folder for one file per video and summary.json; for one video also a file (.jsonl, .pt, .json)")
      ->required();
  command
      .add_option("--format", options->format,
                  "jsonl: a JSON object per frame; landmarks: .pt files for `trackfit train`; "
                  "trackfit-json: 20 joints in pixels")
      ->check(CLI::IsMember({"jsonl", "landmarks", "trackfit-json"}))
      ->capture_default_str();
  command.add_option("--jobs", data_set.jobs, "Videos processed at a time, one per core")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--force", data_set.force,
                   "Also redo finished videos; a single output file is always redone");
  dataset_building::DeclarePoseOptions(command, data_set.poses);
  auto* variants =
      command
          .add_option("--variants", data_set.variants,
                      "For landmark files: extract each video N times more, from pictures as other "
                      "cameras, encoders and networks would have them")
          ->type_name("N")
          ->check(CLI::Range(0, 1000));
  command.add_option("--variant-seed", data_set.variant_seed, "Other variants")
      ->needs(variants)
      ->capture_default_str();
  command
      .add_option("--fps", options->fps,
                  "Frames per second, overriding a video's own; the default for pictures is 30")
      ->check(CLI::Range(0.001, 1000.0))
      ->excludes(list);
  command.add_option("--only", options->only, "Only videos of these exercises, e.g. squat,pull_up")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      .add_option("--exercise", options->exercise,
                  "For landmark files: the exercise in all videos; default: the name of their folder")
      ->excludes(list);
  command
      .add_option("--form", options->form,
                  "For landmark files: the form in all videos: correct, incorrect or unknown")
      ->check(CLI::IsMember({"correct", "incorrect", "unknown"}))
      ->excludes(list);
  command.add_flag("--original-joints", options->original_joints,
                   "Joints 17 to 19 of trackfit-json as in Track-Fit's first script");
  command.add_flag("--quiet", options->quiet, "No progress");
  command.footer(
      "Folders are searched recursively, and the outputs keep the structure: videos/squat/a.mp4 becomes\n"
      "OUTPUT/squat/a.jsonl. A folder that contains pictures and no videos is one clip. Finished videos are\n"
      "skipped unless they or the options have changed, so the same command continues after Ctrl-C. Videos\n"
      "that cannot be read are named and left out; the exit status is then 1, or 130 after Ctrl-C.");
  return [options] { return Extract(*options); };
}

}  // namespace trackfit::tools
