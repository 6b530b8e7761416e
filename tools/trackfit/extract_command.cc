// `trackfit extract`: BlazePose in-process, one JSON line per frame.
#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
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
#include "commands.h"
#include "frame_source.h"
#include "pose_extraction.h"
#include "progress.h"

namespace trackfit::tools {
namespace {

struct ExtractOptions {
  std::string input;
  std::string output;
  PoseOptions poses;
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
  absl::StatusOr<blazepose::PoseEngine> engine = LoadPoseEngine(options.poses);
  if (!engine.ok()) return engine.status();
  const absl::StatusOr<std::unique_ptr<FrameSource>> source = OpenFrameSource({options.input}, kDefaultFps);
  if (!source.ok()) return source.status();
  std::ofstream output(options.output);
  if (!output)
    return absl::InvalidArgumentError(absl::StrCat("--output ", options.output, " cannot be written"));

  Progress progress = StartProgress("Extracting", (*source)->info().frame_count);
  int64_t frames = 0;
  const absl::Status status =
      TrackPoses(**source, options.poses, *engine,
                 [&](const SourceFrame& frame, const std::optional<skeleton::Pose>& pose) {
                   output << JsonLine(frames, frame.timestamp_us, pose) << '\n';
                   progress.Update(++frames);
                   return absl::OkStatus();
                 });
  if (!status.ok()) return status;
  output.close();
  return output ? absl::OkStatus()
                : absl::DataLossError(absl::StrCat("--output ", options.output, ": write failed"));
}

}  // namespace

Action ExtractCommand(CLI::App& command) {
  const auto options = std::make_shared<ExtractOptions>();
  command.add_option("--input", options->input, "Video, picture or folder of pictures")
      ->required()
      ->check(CLI::ExistingPath);
  command.add_option("--output", options->output, "File of JSON lines, one per frame")->required();
  DeclarePoseOptions(command, options->poses);
  command.add_flag("--static", options->poses.static_mode,
                   "Search every frame afresh: no tracking, no smoothing");
  return [options] { return Extract(*options); };
}

}  // namespace trackfit::tools
