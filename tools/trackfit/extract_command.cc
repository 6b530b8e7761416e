// `trackfit extract`: BlazePose in-process, one JSON line per frame.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <exception>
#include <fstream>
#include <initializer_list>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "blazepose/pose_engine.h"
#include "blazepose/pose_tracker.h"
#include "commands.h"
#include "frame_source.h"
#include "progress.h"

namespace trackfit::tools {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kPictureRate = 30;  // of a folder of pictures

struct ExtractOptions {
  std::string input;
  std::string output;
  std::string model = "full";
  std::string models_dir = "deploy/models/blazepose";
  bool no_smooth = false;
  bool static_mode = false;
};

// Shortest digits that give the same float when read back.
void AppendNumber(float value, std::string& text) {
  char digits[32];
  const std::to_chars_result end = std::to_chars(std::begin(digits), std::end(digits), value);
  text.append(digits, end.ptr);
}

void AppendPoint(std::initializer_list<float> numbers, std::string& text) {
  text += text.back() == '[' ? "[" : ",[";
  for (const float number : numbers) {
    if (text.back() != '[') text += ',';
    AppendNumber(number, text);
  }
  text += ']';
}

std::string JsonLine(int64_t frame, int64_t timestamp_us, const std::optional<skeleton::Pose>& pose) {
  std::string text = absl::StrCat("{\"frame\":", frame, ",\"timestamp_us\":", timestamp_us, ",\"pose\":");
  if (!pose) return text + "null}";
  text += "{\"landmarks\":[";
  for (const skeleton::Landmark& l : pose->landmarks)
    AppendPoint({l.x, l.y, l.z, l.visibility, l.presence}, text);
  text += "],\"world_landmarks\":[";
  for (const skeleton::WorldLandmark& l : pose->world_landmarks)
    AppendPoint({l.x, l.y, l.z, l.visibility}, text);
  text += "],\"score\":";
  AppendNumber(pose->score, text);
  return text + "}}";
}

absl::Status Extract(const ExtractOptions& options) {
  const absl::StatusOr<blazepose::ModelComplexity> complexity =
      blazepose::ParseModelComplexity(options.model);
  if (!complexity.ok()) return complexity.status();
  const absl::StatusOr<blazepose::PoseModels> models =
      blazepose::LoadPoseModels(options.models_dir, *complexity);
  if (!models.ok()) return models.status();
  absl::StatusOr<blazepose::PoseEngine> engine = blazepose::PoseEngine::Create(*models);
  if (!engine.ok()) return engine.status();
  const absl::StatusOr<std::unique_ptr<FrameSource>> source = OpenFrameSource({options.input}, kPictureRate);
  if (!source.ok()) return source.status();
  std::ofstream output(options.output);
  if (!output)
    return absl::InvalidArgumentError(absl::StrCat("--output ", options.output, " cannot be written"));

  blazepose::PoseTracker tracker({.static_mode = options.static_mode, .smooth = !options.no_smooth});
  const auto style = isatty(STDERR_FILENO) != 0 ? Progress::Style::kTerminal : Progress::Style::kNone;
  Progress progress(std::cerr, style, "Extracting", (*source)->info().frame_count, Clock::now());
  int64_t frames = 0;
  for (;; ++frames) {
    const absl::StatusOr<std::optional<SourceFrame>> frame = (*source)->Next();
    if (!frame.ok()) return frame.status();
    if (!frame->has_value()) break;
    const auto pose = tracker.Track(*engine, (*frame)->image, frames, (*frame)->timestamp_us);
    if (!pose.ok()) return pose.status();
    output << JsonLine(frames, (*frame)->timestamp_us, *pose) << '\n';
    progress.Update(frames + 1, Clock::now());
  }
  progress.Hide();
  if (frames == 0)
    return absl::InvalidArgumentError(absl::StrCat("--input ", options.input, " holds no frame"));
  output.close();
  return output ? absl::OkStatus()
                : absl::DataLossError(absl::StrCat("--output ", options.output, ": write failed"));
}

absl::Status Run(const ExtractOptions& options) {
  try {
    return Extract(options);
  } catch (const std::exception& error) {  // OpenCV's
    return absl::InternalError(error.what());
  }
}

}  // namespace

Action ExtractCommand(CLI::App& command) {
  const auto options = std::make_shared<ExtractOptions>();
  command.add_option("--input", options->input, "Video, picture or folder of pictures")
      ->required()
      ->check(CLI::ExistingPath);
  command.add_option("--output", options->output, "File of JSON lines, one per frame")->required();
  command.add_option("--model", options->model, "Landmark model: lite, full or heavy")
      ->check(CLI::IsMember({"lite", "full", "heavy"}))
      ->capture_default_str();
  command.add_option("--models-dir", options->models_dir, "Folder of the BlazePose models")
      ->envname("TRACKFIT_MODELS_DIR")
      ->capture_default_str();
  command.add_flag("--no-smooth", options->no_smooth, "Give the landmarks as the network sees them");
  command.add_flag("--static", options->static_mode, "Search every frame afresh: no tracking, no smoothing");
  return [options] { return Run(*options); };
}

}  // namespace trackfit::tools
