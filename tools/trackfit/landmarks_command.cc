// `trackfit landmarks`: BlazePose over a list of videos, into a landmark file for training.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <opencv2/videoio.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "blazepose/pose_engine.h"
#include "blazepose/pose_tracker.h"
#include "commands.h"
#include "progress.h"
#include "protogcn/dataset.h"

namespace trackfit::tools {
namespace {

using Clock = std::chrono::steady_clock;

struct LandmarksOptions {
  std::string list;
  std::string output;
  std::vector<std::string> exercises;
  std::vector<std::string> skip;
  std::string model = "full";
  std::string models_dir = "deploy/models/blazepose";
  bool no_smooth = false;
};

using Row = std::map<std::string, std::string>;  // by column name

// One line of comma-separated values; a quoted value may hold commas, and quotes written twice.
std::vector<std::string> SplitLine(const std::string& line) {
  std::vector<std::string> values(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      values.back() += line[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      values.emplace_back();
    } else if (c != '\r') {
      values.back() += c;
    }
  }
  return values;
}

absl::StatusOr<std::vector<Row>> ReadList(const std::string& path) {
  std::ifstream stream(path);
  std::string line;
  if (!std::getline(stream, line))
    return absl::InvalidArgumentError(absl::StrCat("--list ", path, " is empty"));
  const std::vector<std::string> columns = SplitLine(line);
  for (const char* needed : {"file", "id", "exercise", "form", "group", "fps", "source"}) {
    if (std::find(columns.begin(), columns.end(), needed) == columns.end()) {
      return absl::InvalidArgumentError(absl::StrCat("--list ", path, " has no column \"", needed, "\""));
    }
  }
  std::vector<Row> rows;
  while (std::getline(stream, line)) {
    const std::vector<std::string> values = SplitLine(line);
    if (values.size() != columns.size()) {
      return absl::InvalidArgumentError(absl::StrCat("--list ", path, ": line ", rows.size() + 2, " has ",
                                                     values.size(), " values, not ", columns.size()));
    }
    Row row;
    for (size_t i = 0; i < columns.size(); ++i) row[columns[i]] = values[i];
    rows.push_back(std::move(row));
  }
  return rows;
}

// A pose of nobody: every joint absent.
skeleton::Pose NoPose(const cv::Mat& image) {
  constexpr float kAbsent = std::numeric_limits<float>::quiet_NaN();
  skeleton::Pose pose;
  pose.image_width = image.cols;
  pose.image_height = image.rows;
  pose.landmarks.fill({kAbsent, kAbsent, kAbsent, kAbsent, 0});
  return pose;
}

absl::StatusOr<protogcn::Clip> ExtractClip(const Row& row, const std::filesystem::path& folder,
                                           const LandmarksOptions& options, blazepose::PoseEngine& engine) {
  const std::filesystem::path file = folder / row.at("file");
  cv::VideoCapture video;
  if (!video.open(file.string()))
    return absl::InvalidArgumentError(absl::StrCat("cannot read ", file.string()));
  double fps = 0;
  if (!absl::SimpleAtod(row.at("fps"), &fps) || !(fps > 0)) fps = video.get(cv::CAP_PROP_FPS);
  if (!(fps > 0)) return absl::InvalidArgumentError(absl::StrCat(file.string(), " has no frame rate"));
  const bool other = row.at("exercise") == protogcn::kBackgroundClass;
  protogcn::Clip clip{
      .id = row.at("id"),
      .source = absl::StrCat(row.at("source"), "; landmarks by trackfit (", options.model, ")"),
      .exercise = row.at("exercise"),
      .form = row.at("form"),
      .fault = other ? row.at("id") : std::string(),
      .group = row.at("group"),
      .fps = fps,
      .kind = protogcn::SourceKind::kRecorded,
      .poses = {}};
  blazepose::PoseTracker tracker({.static_mode = false, .smooth = !options.no_smooth});
  cv::Mat image;
  for (int64_t frame = 0; video.read(image); ++frame) {
    const int64_t time = std::llround(static_cast<double>(frame) * 1e6 / fps);
    const auto pose = tracker.Track(engine, image, frame, time);
    if (!pose.ok()) return pose.status();
    clip.poses.push_back(pose->has_value() ? **pose : NoPose(image));
  }
  return clip;
}

// Frames of all videos where the list states them, else 0.
int64_t FrameTotal(const std::vector<Row>& rows) {
  int64_t total = 0;
  for (const Row& row : rows) {
    const auto found = row.find("frames");
    int64_t frames = 0;
    if (found == row.end() || !absl::SimpleAtoi(found->second, &frames)) return 0;
    total += frames;
  }
  return total;
}

absl::Status Extract(const LandmarksOptions& options) {
  absl::StatusOr<std::vector<Row>> rows = ReadList(options.list);
  if (!rows.ok()) return rows.status();
  std::set<std::string> skip;
  for (const std::string& path : options.skip) {
    const absl::StatusOr<std::vector<protogcn::Clip>> clips = protogcn::ReadLandmarkFile(path);
    if (!clips.ok()) return clips.status();
    for (const protogcn::Clip& clip : *clips) skip.insert(clip.id);
  }
  const std::set<std::string> wanted(options.exercises.begin(), options.exercises.end());
  std::erase_if(*rows, [&](const Row& row) {
    return skip.count(row.at("id")) > 0 || (!wanted.empty() && wanted.count(row.at("exercise")) == 0);
  });

  const auto complexity = blazepose::ParseModelComplexity(options.model);
  if (!complexity.ok()) return complexity.status();
  const absl::StatusOr<blazepose::PoseModels> models =
      blazepose::LoadPoseModels(options.models_dir, *complexity);
  if (!models.ok()) return models.status();
  absl::StatusOr<blazepose::PoseEngine> engine = blazepose::PoseEngine::Create(*models);
  if (!engine.ok()) return engine.status();

  const auto style = isatty(STDERR_FILENO) != 0 ? Progress::Style::kTerminal : Progress::Style::kLines;
  Progress progress(std::cerr, style, "landmarks", FrameTotal(*rows), Clock::now());
  int64_t frames = 0;
  std::vector<protogcn::Clip> clips;
  for (const Row& row : *rows) {
    absl::StatusOr<protogcn::Clip> clip =
        ExtractClip(row, std::filesystem::path(options.list).parent_path(), options, *engine);
    if (!clip.ok()) return clip.status();
    clips.push_back(*std::move(clip));
    frames += static_cast<int64_t>(clips.back().poses.size());
    progress.Update(frames, Clock::now());
  }
  progress.Hide();
  if (const absl::Status status = protogcn::WriteLandmarkFile(options.output, clips); !status.ok())
    return status;
  std::cout << "wrote " << clips.size() << " clips to " << options.output << "\n";
  return absl::OkStatus();
}

absl::Status Run(const LandmarksOptions& options) {
  try {
    return Extract(options);
  } catch (const std::exception& error) {  // OpenCV's
    return absl::InternalError(error.what());
  }
}

}  // namespace

Action LandmarksCommand(CLI::App& command) {
  const auto options = std::make_shared<LandmarksOptions>();
  command
      .add_option("--list", options->list,
                  "CSV with the columns file (relative to it), id, exercise, form, group, fps and source")
      ->required()
      ->check(CLI::ExistingFile);
  command.add_option("--output", options->output, "Landmark file to write")->required();
  command.add_option("--exercise", options->exercises, "Only videos of these exercises")->delimiter(',');
  command.add_option("--skip", options->skip, "Leave out videos whose id is in these landmark files")
      ->check(CLI::ExistingFile);
  command.add_option("--model", options->model, "Landmark model: lite, full or heavy")
      ->check(CLI::IsMember({"lite", "full", "heavy"}))
      ->capture_default_str();
  command.add_option("--models-dir", options->models_dir, "Folder of the BlazePose models")
      ->envname("TRACKFIT_MODELS_DIR")
      ->capture_default_str();
  command.add_flag("--no-smooth", options->no_smooth, "Landmarks as the network sees them");
  return [options] { return Run(*options); };
}

}  // namespace trackfit::tools
