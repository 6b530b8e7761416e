// `trackfit synthesize`: renders a clip of an exercising mannequin, with the ground truth of every frame.
#include <CLI/CLI.hpp>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "command_line/exit_code.h"
#include "command_line/interrupt.h"
#include "command_line/progress.h"
#include "commands.h"
#include "files/outputs.h"
#include "files/partial_file.h"
#include "media/video_file.h"
#include "synthesis/camera.h"
#include "synthesis/ground_truth.h"
#include "synthesis/motion.h"
#include "synthesis/renderer.h"

namespace trackfit::tools {
namespace {

struct SynthesizeOptions {
  synthesis::MotionOptions motion;
  std::string size = "640x480";
  std::string view = "showcase";
  std::string output;
  bool list = false;
};

void ListExercises() {
  for (const synthesis::ExerciseInfo& exercise : synthesis::Exercises()) {
    const bool background = exercise.kind == synthesis::ExerciseKind::kBackground;
    std::cout << exercise.name << (background ? "  (background)" : "") << "\n";
    for (const synthesis::FaultInfo& fault : exercise.faults) {
      std::cout << "    --fault " << fault.name << ": " << fault.description << "\n";
    }
  }
}

// Parses "640x480" into the camera's width and height.
absl::Status ParseSize(const std::string& text, synthesis::CameraOptions& camera) {
  const char* const end = text.data() + text.size();
  const auto [cross, width_error] = std::from_chars(text.data(), end, camera.width);
  if (width_error == std::errc() && cross != end && *cross == 'x') {
    const auto [rest, height_error] = std::from_chars(cross + 1, end, camera.height);
    const bool even = camera.width % 2 == 0 && camera.height % 2 == 0;  // required by video codecs
    if (height_error == std::errc() && rest == end && even) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--size is ", text, "; it must be two even numbers, as in 640x480"));
}

absl::Status WriteVideo(const synthesis::Renderer& renderer, const std::vector<synthesis::Camera>& cameras,
                        double fps, const std::string& path) {
  const cv::Size size(cameras.front().width, cameras.front().height);
  std::atomic<bool> interrupted{false};
  const command_line::InterruptWatcher watcher([&](int) {
    interrupted = true;
    command_line::PrintNotice("trackfit synthesize: stopping; nothing is written");
  });
  media::VideoFile video(path);
  absl::Status status = video.Open(fps, size, {cv::VideoWriter::fourcc('m', 'p', '4', 'v')});
  if (!status.ok()) return status;
  command_line::Progress progress =
      command_line::StartProgress("Drawing", static_cast<int64_t>(cameras.size()));
  for (size_t i = 0; i < cameras.size(); ++i) {
    const absl::StatusOr<cv::Mat> picture = renderer.Render(static_cast<int>(i), cameras[i]);
    if (!picture.ok()) return picture.status();
    video.Write(*picture);
    progress.Update(static_cast<int64_t>(i) + 1);
    if (interrupted) return absl::CancelledError("interrupted");
  }
  return video.Finish();
}

absl::Status Synthesize(const SynthesizeOptions& options) {
  if (options.list) {
    ListExercises();
    return absl::OkStatus();
  }
  if (options.output.empty())
    return command_line::UsageError("--output is required, as in --output clip.mp4");
  const std::filesystem::path truth_path = std::filesystem::path(options.output).replace_extension(".json");
  absl::Status status =
      files::CheckOutputs({{"--output", options.output}, {"--output: the truth's file", truth_path}}, {});
  if (status.ok()) status = media::VideoFile::Check(options.output);
  if (!status.ok()) return command_line::UsageError(status);
  const absl::StatusOr<synthesis::Motion> motion = synthesis::SynthesizeMotion(options.motion);
  if (!motion.ok()) return command_line::UsageError(motion.status());

  const uint64_t seed = options.motion.seed;
  synthesis::CameraOptions camera = options.view == "random" ? synthesis::DrawCamera(*motion, seed)
                                                             : synthesis::ShowcaseCamera(*motion, seed);
  if (status = ParseSize(options.size, camera); !status.ok()) return command_line::UsageError(status);
  const absl::StatusOr<std::vector<synthesis::Camera>> cameras = synthesis::MakeCameraPath(camera, *motion);
  if (!cameras.ok()) return command_line::UsageError(cameras.status());

  const synthesis::Renderer renderer(*motion, synthesis::DrawAppearance(seed));
  status = WriteVideo(renderer, *cameras, motion->fps, options.output);
  if (!status.ok()) return status;
  const absl::StatusOr<std::string> truth = synthesis::GroundTruthJson(*motion, *cameras, seed);
  if (!truth.ok()) return truth.status();
  status = files::ReplaceFile(truth_path, *truth);
  if (!status.ok()) return status;
  std::cout << options.output << ": " << motion->repetitions.size() << " x " << motion->exercise
            << (motion->fault.empty() ? "" : " with " + motion->fault) << ", " << motion->frames.size()
            << " frames; truth in " << truth_path.string() << "\n";
  return absl::OkStatus();
}

}  // namespace

Action SynthesizeCommand(CLI::App& command) {
  const auto options = std::make_shared<SynthesizeOptions>();
  synthesis::MotionOptions& motion = options->motion;
  command.add_option("--exercise", motion.exercise, "What the mannequin does; --list prints all")
      ->capture_default_str();
  command.add_option("--fault", motion.fault, "What it does wrong; default: correct form");
  command
      .add_option("--faulty", motion.faulty_repetitions,
                  "The repetitions that have the fault, such as 4,7,9; default: all")
      ->delimiter(',');
  command.add_option("--repetitions", motion.repetitions, "Number of repetitions")->capture_default_str();
  command
      .add_option("--seed", motion.seed,
                  "Person, clothes, tempo, room and camera; the same seed gives the same clip")
      ->capture_default_str();
  command.add_option("--fps", motion.fps, "Frames per second")->capture_default_str();
  command.add_option("--repetition-seconds", motion.repetition_seconds, "Mean duration of a repetition")
      ->capture_default_str();
  command.add_option("--size", options->size, "Width x height in pixels")->capture_default_str();
  command
      .add_option("--view", options->view,
                  "showcase: a good view of the exercise; random: as anybody might film it")
      ->check(CLI::IsMember({"showcase", "random"}))
      ->capture_default_str();
  command.add_option("--output", options->output, "The clip, CLIP.mp4; its ground truth goes to CLIP.json");
  command.add_flag("--list", options->list, "Print the exercises and their faults, and exit");
  return [options] { return Synthesize(*options); };
}

}  // namespace trackfit::tools
