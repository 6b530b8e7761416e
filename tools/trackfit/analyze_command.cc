// `trackfit analyze`: streams a video, a camera or pictures to the gateway and tells what came of it.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <opencv2/core/utils/logger.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "commands.h"
#include "drawing/render.h"
#include "drawing/typeface.h"
#include "exit_code.h"
#include "frame_feed.h"
#include "frame_source.h"
#include "gateway_client.h"
#include "interrupt.h"
#include "progress.h"
#include "report.h"
#include "session_record.h"
#include "words.h"

namespace trackfit::tools {
namespace {

using std::chrono::steady_clock;

struct AnalyzeOptions {
  std::vector<std::string> inputs;
  std::string gateway = "localhost:8000";
  std::string expected;
  std::string json;
  std::string render;
  bool live = false;
  bool quiet = false;
  std::optional<double> fps;
  double timeout_s = 30;
  int64_t limit_frames = 0;
  EncodeOptions encode;
  uint32_t window_frames = 0;
  uint32_t first_after = 0;
  uint32_t every = 0;
  uint32_t max_people = 1;

  absl::Status Validate() const {
    if (!(timeout_s >= 0 && timeout_s <= 86'400)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--timeout is ", timeout_s, "; it must be in [0, 86400] seconds"));
    }
    if (limit_frames < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("--limit-frames is ", limit_frames, "; it must not be negative"));
    }
    return encode.Validate();
  }
};

// Where the responses go besides the record: nowhere, a file, or stdout.
class JsonOutput {
 public:
  absl::Status Open(const std::string& path) {
    if (path.empty()) return absl::OkStatus();
    if (path == "-") {
      out_ = &std::cout;
      return absl::OkStatus();
    }
    file_.open(path);
    if (!file_) return absl::InvalidArgumentError(absl::StrCat("--json: cannot write ", path));
    out_ = &file_;
    return absl::OkStatus();
  }

  absl::Status Write(const v1::AnalyzeResponse& response) {
    if (out_ == nullptr) return absl::OkStatus();
    const absl::StatusOr<std::string> line = JsonLine(response);
    if (!line.ok()) return line.status();
    *out_ << *line << '\n' << std::flush;
    if (!*out_) return absl::ResourceExhaustedError("--json: writing failed; is the disk full?");
    return absl::OkStatus();
  }

 private:
  std::ofstream file_;
  std::ostream* out_ = nullptr;
};

// Says what would keep a video from being written before minutes are spent on its analysis.
absl::Status CheckRender(const std::string& path, const SourceInfo& source) {
  if (path.empty()) return absl::OkStatus();
  if (source.is_live) {
    return absl::InvalidArgumentError(
        "--render reads its input a second time, and a camera cannot be read twice");
  }
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (!folder.empty() && !std::filesystem::is_directory(folder, error)) {
    return absl::NotFoundError(absl::StrCat("--render: there is no folder ", folder.string()));
  }
  if (std::filesystem::equivalent(path, source.name, error)) {
    return absl::InvalidArgumentError("--render would write over its own input");
  }
  return Typeface::Find(Typeface::Weight::kBold).status();
}

v1::SessionConfig ConfigOf(const AnalyzeOptions& options, bool live) {
  v1::SessionConfig config;
  config.set_expected_exercise(ExerciseName(options.expected));
  config.set_delivery(live ? v1::DELIVERY_MODE_LIVE : v1::DELIVERY_MODE_LOSSLESS);
  if (options.max_people != 1) config.set_max_people(options.max_people);
  if (options.window_frames > 0 || options.first_after > 0 || options.every > 0) {
    config.mutable_window()->set_frames(options.window_frames);
    config.mutable_window()->set_first_after(options.first_after);
    config.mutable_window()->set_every(options.every);
  }
  return config;
}

absl::Status NothingAssessed(const SessionRecord& record) {
  const int64_t seen = record.Count(v1::FRAME_STATUS_POSE);
  const std::string reason = absl::StrCat("nothing to assess: a person was seen in ", seen, " of ",
                                          record.frames(), record.frames() == 1 ? " frame" : " frames");
  return WithExitCode(absl::NotFoundError(reason), kNoAssessmentExitCode);
}

// One run of the command.
class Analysis {
 public:
  explicit Analysis(const AnalyzeOptions& options)
      : options_(options),
        text_(options.json == "-" ? std::cerr : std::cout),
        record_(!options.render.empty()),
        session_({options.gateway, std::chrono::milliseconds(std::llround(options.timeout_s * 1000))}) {}

  absl::Status Run() {
    if (absl::Status status = options_.Validate(); !status.ok()) return status;
    cv::utils::logging::setLogLevel(
        cv::utils::logging::LOG_LEVEL_ERROR);  // what matters is reported in our words
    const InterruptWatcher watcher([this](int count) { OnInterrupt(count); });
    absl::StatusOr<std::unique_ptr<FrameSource>> source = OpenFrameSource(options_.inputs, options_.fps);
    if (!source.ok()) return source.status();
    if (absl::Status status = CheckRender(options_.render, (*source)->info()); !status.ok()) return status;
    if (absl::Status status = json_.Open(options_.json); !status.ok()) return status;

    if (absl::Status status = Stream(**source); !status.ok()) return status;
    if (record_.frames() == 0) {
      return absl::InvalidArgumentError(absl::StrCat((*source)->info().name, " holds no frames"));
    }
    if (!options_.render.empty()) {
      if (absl::Status status = Render(); !status.ok()) return status;
    }
    return record_.assessments().empty() ? NothingAssessed(record_) : absl::OkStatus();
  }

 private:
  void OnInterrupt(int count) {
    stop_rendering_ = rendering_.load();
    if (count == 1) {
      session_.FinishSending();
    } else {
      session_.Cancel();
    }
  }

  absl::Status Stream(FrameSource& source) {
    const SourceInfo& info = source.info();
    const bool live = options_.live || info.is_live;
    FrameFeed feed(source, {options_.encode, options_.limit_frames, live && !info.is_live});
    const steady_clock::time_point start = steady_clock::now();
    Progress progress = StartProgress("Analysing", Expected(info), options_.quiet);
    const absl::Status status = session_.Run(
        ConfigOf(options_, live), [&] { return feed.Next(); },
        [&](const v1::AnalyzeResponse& response) { return OnResponse(response, feed, progress); });
    progress.Hide();
    times_us_ = feed.times_us();
    for (const std::string& remark : source.remarks())
      std::cerr << "trackfit analyze: warning: " << info.name << " " << remark << std::endl;
    if (record_.frames() > 0) text_ << SummaryText(record_, PaceSince(start)) << std::flush;
    return status;
  }

  absl::Status OnResponse(const v1::AnalyzeResponse& response, const FrameFeed& feed, Progress& progress) {
    record_.Add(response);
    if (response.has_assessment() && !options_.quiet) {
      const v1::Assessment& assessment = response.assessment();
      progress.Hide();
      text_ << AssessmentLine(assessment, feed.time_us(assessment.first_sequence()),
                              feed.time_us(assessment.last_sequence()))
            << std::endl;
    }
    progress.Update(record_.frames());
    return json_.Write(response);
  }

  absl::Status Render() {
    rendering_ = true;
    absl::StatusOr<std::unique_ptr<FrameSource>> source = OpenFrameSource(options_.inputs, options_.fps);
    if (!source.ok()) return source.status();
    Progress progress = StartProgress("Rendering", static_cast<int64_t>(times_us_.size()), options_.quiet);
    const absl::Status status = RenderVideo(**source, record_, times_us_, options_.render, [&](int64_t done) {
      progress.Update(done);
      return !stop_rendering_;
    });
    progress.Hide();
    if (status.ok()) text_ << "  Rendered   " << options_.render << std::endl;
    return status;
  }

  int64_t Expected(const SourceInfo& info) const {
    if (options_.limit_frames == 0) return info.frame_count;
    return info.frame_count == 0 ? options_.limit_frames : std::min(info.frame_count, options_.limit_frames);
  }

  Pace PaceSince(steady_clock::time_point start) const {
    const int64_t footage_us = times_us_.empty() ? 0 : times_us_.back() - times_us_.front();
    return {static_cast<double>(footage_us) / 1e6,
            std::chrono::duration<double>(steady_clock::now() - start).count()};
  }

  const AnalyzeOptions& options_;
  std::ostream& text_;
  JsonOutput json_;
  SessionRecord record_;
  GatewaySession session_;
  std::vector<int64_t> times_us_;
  std::atomic<bool> rendering_{false};
  std::atomic<bool> stop_rendering_{false};
};

void DeclareInput(CLI::App& command, AnalyzeOptions& options) {
  command
      .add_option("input", options.inputs,
                  "A video file, a camera (camera:0), a folder of pictures, or pictures")
      ->required()
      ->type_name("VIDEO|CAMERA|PICTURES");
  command
      .add_option("--fps", options.fps,
                  "Frames per second, whatever a video says of itself; pictures have 30 without it")
      ->type_name("HZ")
      ->group("Input");
  command.add_option("--limit-frames", options.limit_frames, "Stop after so many frames; 0 = all")
      ->type_name("N")
      ->capture_default_str()
      ->group("Input");
}

void DeclareSession(CLI::App& command, AnalyzeOptions& options) {
  command.add_option("--gateway", options.gateway, "The gateway to stream to")
      ->type_name("HOST:PORT")
      ->envname("TRACKFIT_GATEWAY")
      ->capture_default_str()
      ->group("Session");
  command
      .add_option("--expected", options.expected,
                  "Judge the form as this exercise, e.g. push_up, whatever is recognised")
      ->type_name("EXERCISE")
      ->group("Session");
  command
      .add_flag("--live", options.live,
                "Play in real time and drop frames rather than lag (always so for cameras)")
      ->group("Session");
  command
      .add_option("--timeout", options.timeout_s,
                  "Give up after so many seconds without an answer; 0 = never")
      ->type_name("S")
      ->capture_default_str()
      ->group("Session");
  command
      .add_option("--window-frames", options.window_frames,
                  "Poses (at 30 Hz) in a window; 0 = the server's default")
      ->type_name("N")
      ->group("Session");
  command
      .add_option("--first-after", options.first_after,
                  "Poses before the first assessment; 0 = the server's default")
      ->type_name("N")
      ->group("Session");
  command
      .add_option("--max-people", options.max_people,
                  "Follow up to so many people, at most 8; the first is assessed")
      ->type_name("N")
      ->capture_default_str()
      ->group("Session");
  command.add_option("--every", options.every, "Poses between assessments; 0 = the server's default")
      ->type_name("N")
      ->group("Session");
}

void DeclareTransport(CLI::App& command, AnalyzeOptions& options) {
  command
      .add_option("--max-side", options.encode.max_side,
                  "Shrink larger pictures to this longer side before sending")
      ->type_name("PIXELS")
      ->capture_default_str()
      ->group("Transport");
  CLI::Option* quality = command
                             .add_option("--jpeg-quality", options.encode.jpeg_quality,
                                         "Quality of the JPEGs that are sent, 1 to 100")
                             ->type_name("Q")
                             ->capture_default_str()
                             ->group("Transport");
  command.add_flag("--raw", options.encode.raw, "Send uncompressed pixels instead of JPEGs")
      ->excludes(quality)
      ->group("Transport");
}

void DeclareOutput(CLI::App& command, AnalyzeOptions& options) {
  command.add_option("--json", options.json, "Write every response as a line of JSON; '-' = standard output")
      ->type_name("FILE")
      ->group("Output");
  command
      .add_option("--render", options.render,
                  "Write the video with skeleton, exercise and quality drawn on it")
      ->type_name("FILE.mp4")
      ->group("Output");
  command.add_flag("-q,--quiet", options.quiet, "Print the summary only")->group("Output");
}

}  // namespace

Action AnalyzeCommand(CLI::App& command) {
  auto options = std::make_shared<AnalyzeOptions>();
  DeclareInput(command, *options);
  DeclareSession(command, *options);
  DeclareTransport(command, *options);
  DeclareOutput(command, *options);
  command.footer(
      "Examples:\n"
      "  trackfit analyze workout.mp4 --render workout_analysed.mp4\n"
      "  trackfit analyze camera:0 --expected squat\n"
      "  trackfit analyze frames/ --fps 25 --json results.jsonl --quiet\n\n"
      "Ctrl-C ends the session and still prints the summary; a second one drops it.\n"
      "Exit status: 0 assessed, 1 error, 2 wrong usage, 3 nothing to assess (nobody seen, or too short).");
  return [options] { return Analysis(*options).Run(); };
}

}  // namespace trackfit::tools
