// `trackfit landmarks`: BlazePose over a list of videos, into a landmark file for training.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "commands.h"
#include "frame_source.h"
#include "interrupt.h"
#include "pose_extraction.h"
#include "pose_grid.h"
#include "progress.h"
#include "protogcn/dataset.h"

namespace trackfit::tools {
namespace {

struct LandmarksOptions {
  std::string list;
  std::string output;
  std::vector<std::string> exercises;
  std::vector<std::string> skip;
  PoseOptions poses;
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

absl::StatusOr<protogcn::Clip> ExtractClip(const Row& row, const LandmarksOptions& options,
                                           blazepose::PoseEngine& engine,
                                           const std::function<absl::Status()>& on_frame) {
  const std::filesystem::path file = std::filesystem::path(options.list).parent_path() / row.at("file");
  double stated_fps = 0;
  if (!absl::SimpleAtod(row.at("fps"), &stated_fps)) stated_fps = 0;
  const absl::StatusOr<std::unique_ptr<FrameSource>> source =
      OpenFrameSource({file.string()}, SaneFps(stated_fps));
  if (!source.ok()) return source.status();
  GridTimedSource timed(**source, SaneFps(stated_fps, (*source)->info().fps));
  std::vector<skeleton::Pose> poses;
  const absl::Status tracked = TrackPoses(
      timed, options.poses, engine, [&](const SourceFrame& frame, const std::optional<skeleton::Pose>& pose) {
        poses.push_back(pose ? *pose : NobodyAt(frame.timestamp_us, frame.image.size()));
        return on_frame();
      });
  if (!tracked.ok()) return tracked;
  absl::StatusOr<std::vector<skeleton::Pose>> grid = OnGrid(poses, timed.info().fps);
  if (!grid.ok()) return grid.status();
  const bool other = row.at("exercise") == protogcn::kBackgroundClass;
  return protogcn::Clip{
      .id = row.at("id"),
      .source = absl::StrCat(row.at("source"), "; landmarks by trackfit (", options.poses.model, ")"),
      .exercise = row.at("exercise"),
      .form = row.at("form"),
      .fault = other ? row.at("id") : std::string(),
      .group = row.at("group"),
      .fps = timed.info().fps,
      .kind = protogcn::SourceKind::kRecorded,
      .poses = *std::move(grid)};
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

// The rows that the flags leave.
absl::StatusOr<std::vector<Row>> SelectRows(const LandmarksOptions& options) {
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
  return rows;
}

// A run takes hours, so what is done is written whatever becomes of the rest.
absl::Status Extract(const LandmarksOptions& options) {
  std::atomic<bool> interrupted{false};
  const InterruptWatcher watcher([&](int) { interrupted = true; });
  const absl::StatusOr<std::vector<Row>> rows = SelectRows(options);
  if (!rows.ok()) return rows.status();
  absl::StatusOr<blazepose::PoseEngine> engine = LoadPoseEngine(options.poses);
  if (!engine.ok()) return engine.status();

  Progress progress = StartProgress("Extracting", FrameTotal(*rows));
  int64_t frames = 0;
  const auto on_frame = [&] {
    progress.Update(++frames);
    return interrupted ? absl::CancelledError("interrupted") : absl::OkStatus();
  };
  std::vector<protogcn::Clip> clips;
  size_t failed = 0;
  for (const Row& row : *rows) {
    absl::StatusOr<protogcn::Clip> clip = ExtractClip(row, options, *engine, on_frame);
    if (clip.ok()) {
      clips.push_back(*std::move(clip));
    } else if (!interrupted) {
      ++failed;
      progress.Hide();
      std::cerr << "trackfit landmarks: left out " << row.at("file") << ": " << clip.status().message()
                << std::endl;
    }
    if (interrupted) break;
  }
  progress.Hide();
  absl::Status outcome;
  if (clips.size() + failed < rows->size()) {
    outcome = absl::CancelledError(absl::StrCat("interrupted after ", clips.size() + failed, " of ",
                                                rows->size(), " videos; --skip takes up from there"));
  } else if (failed > 0) {
    outcome = absl::DataLossError(absl::StrCat(failed, " of ", rows->size(), " videos were left out"));
  }
  if (clips.empty() && !outcome.ok()) return outcome;  // and an older file stays
  if (absl::Status status = protogcn::WriteLandmarkFile(options.output, clips); !status.ok()) return status;
  std::cout << "wrote " << clips.size() << " clips to " << options.output << "\n";
  return outcome;
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
  DeclarePoseOptions(command, options->poses);
  command.footer(
      "Ctrl-C ends the run and still writes the videos that are done. Videos that cannot be read are named\n"
      "and left out; the exit status is 1 then.");
  return [options] { return Extract(*options); };
}

}  // namespace trackfit::tools
