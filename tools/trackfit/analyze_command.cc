// `trackfit analyze`: streams a video, a camera or pictures to the gateway and reports the results.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <memory>
#include <opencv2/core/utils/logger.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/analysis_text.h"
#include "client/coach_flags.h"
#include "client/columns.h"
#include "client/frame_feed.h"
#include "client/gateway_client.h"
#include "client/gateway_flags.h"
#include "client/model_flags.h"
#include "client/results_file.h"
#include "client/session_record.h"
#include "client/words.h"
#include "command_line/address.h"
#include "command_line/exit_code.h"
#include "command_line/interrupt.h"
#include "command_line/progress.h"
#include "commands.h"
#include "drawing/canvas.h"
#include "drawing/render.h"
#include "exercises/vocabulary.h"
#include "files/outputs.h"
#include "media/frame_source.h"
#include "media/video_file.h"

namespace trackfit::tools {
namespace {

using std::chrono::steady_clock;

constexpr int kDefaultPort = 8000;
constexpr int kDefaultProxyPort = 3128;
// Unanswered frames; few, so that a session ends soon after Ctrl-C. The gateway works on half as many at a
// time.
constexpr int kMaxUnanswered = 32;
// How long to wait for their answers after Ctrl-C.
constexpr std::chrono::milliseconds kStopTimeout{800};

struct AnalyzeOptions {
  std::vector<std::string> inputs;
  std::string gateway = "localhost:8000";
  std::string proxy, api_key;
  std::string expected;
  std::string json;
  std::string render;
  bool live = false;
  bool quiet = false;
  std::optional<double> fps;
  tls::ClientFlags tls;
  double timeout_s = 30;
  int64_t limit_frames = 0;
  client::EncodeOptions encode;
  uint32_t window_frames = 0;
  uint32_t first_after = 0;
  uint32_t every = 0;
  uint32_t max_people = 1;
  v1::SessionConfig models;  // what the flags say of them
  client::CoachFlags coach;

  absl::Status Validate() const {
    if (!(timeout_s >= 0 && timeout_s <= 86'400)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--timeout is ", timeout_s, "; it must be in [0, 86400] seconds"));
    }
    if (limit_frames < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("--limit-frames is ", limit_frames, "; it must not be negative"));
    }
    if (!proxy.empty()) {
      absl::Status status =
          command_line::CheckAddress("--proxy", proxy, command_line::AddressUse::kConnect, kDefaultProxyPort);
      if (!status.ok()) return status;
    }
    absl::Status status =
        command_line::CheckAddress("--gateway", gateway, command_line::AddressUse::kConnect, kDefaultPort);
    return status.ok() ? encode.Validate() : status;
  }
};

// Finds errors that would prevent writing the video before minutes are spent on the analysis.
absl::Status CheckRender(const std::string& path, const media::SourceInfo& source) {
  if (path.empty()) return absl::OkStatus();
  if (source.is_live) {
    return absl::InvalidArgumentError(
        "--render needs to read its input a second time, which is impossible with a camera");
  }
  if (absl::Status status = media::VideoFile::Check(path); !status.ok())
    return absl::InvalidArgumentError(absl::StrCat("--render ", status.message()));
  return absl::OkStatus();
}

absl::Status CheckFiles(const AnalyzeOptions& options, const media::SourceInfo& source) {
  std::vector<files::NamedFile> inputs;
  for (const std::string& input : options.inputs) {
    for (files::NamedFile& file : files::FilesOf("the input", input, media::IsImageFile))
      inputs.push_back(std::move(file));
  }
  absl::Status status = files::CheckOutputs({{"--json", options.json}, {"--render", options.render}}, inputs);
  if (status.ok()) status = CheckRender(options.render, source);
  return status;
}

absl::StatusOr<v1::SessionConfig> ConfigOf(const AnalyzeOptions& options) {
  v1::SessionConfig config = options.models;
  if (absl::Status status = options.coach.Apply(config); !status.ok())
    return command_line::UsageError(status);
  config.set_expected_exercise(exercises::Builtin().NameOf(options.expected));
  if (options.max_people != 1) config.set_max_people(options.max_people);
  if (options.window_frames > 0 || options.first_after > 0 || options.every > 0) {
    config.mutable_window()->set_frames(options.window_frames);
    config.mutable_window()->set_first_after(options.first_after);
    config.mutable_window()->set_every(options.every);
  }
  return config;
}

absl::Status NothingAssessed(const client::SessionRecord& record) {
  const int64_t seen = record.Count(v1::FRAME_STATUS_POSE);
  const std::string reason = absl::StrCat("nothing to assess: a person was seen in ", seen, " of ",
                                          record.frames(), record.frames() == 1 ? " frame" : " frames");
  return command_line::WithExitCode(absl::NotFoundError(reason), command_line::kNoAssessmentExitCode);
}

// One run of the command.
class Analysis {
 public:
  explicit Analysis(const AnalyzeOptions& options)
      : options_(options),
        text_(options.json == "-" ? std::cerr : std::cout),
        record_(!options.render.empty()),
        session_({.gateway = options.gateway,
                  .idle_timeout = std::chrono::milliseconds(std::llround(options.timeout_s * 1000)),
                  .tls = options.tls,
                  .proxy = options.proxy,
                  .max_unanswered = kMaxUnanswered,
                  .api_key = options.api_key,
                  .on_lost = [this](std::chrono::milliseconds limit) { OnLost(limit); }}) {}

  absl::Status Run() {
    if (absl::Status status = options_.Validate(); !status.ok()) return command_line::UsageError(status);
    absl::StatusOr<v1::SessionConfig> config = ConfigOf(options_);
    if (!config.ok()) return config.status();
    cv::utils::logging::setLogLevel(
        cv::utils::logging::LOG_LEVEL_ERROR);  // our own messages report what matters
    const command_line::InterruptWatcher watcher([this](int count) { OnInterrupt(count); });
    absl::StatusOr<std::unique_ptr<media::FrameSource>> source =
        media::OpenFrameSource(options_.inputs, options_.fps);
    if (absl::IsNotFound(source.status())) return command_line::UsageError(source.status());
    if (!source.ok()) return source.status();
    if (absl::Status status = CheckFiles(options_, (*source)->info()); !status.ok())
      return command_line::UsageError(status);
    if (!options_.render.empty()) {
      if (absl::Status status = drawing::CheckFont(); !status.ok()) return status;
    }
    if (absl::Status status = json_.Open("--json", options_.json); !status.ok()) return status;

    absl::Status streamed = Stream(**source, *std::move(config));
    const bool stopped = interrupted_;
    if (!streamed.ok() && !stopped) return json_.KeepPartialOutput(streamed);
    absl::Status written = json_.Finish();
    if (!streamed.ok()) return streamed;
    if (!written.ok()) return written;
    if (record_.frames() == 0) {
      if (stopped) return absl::CancelledError("interrupted before anything was analysed");
      return absl::InvalidArgumentError(absl::StrCat((*source)->info().name, " holds no frames"));
    }
    if (!options_.render.empty()) {
      if (absl::Status status = Render(); !status.ok()) return status;
    }
    if (!record_.assessments().empty() || !record_.repetitions().empty()) return absl::OkStatus();
    return stopped ? absl::CancelledError("interrupted before the first assessment")
                   : NothingAssessed(record_);
  }

 private:
  void OnInterrupt(int count) {
    interrupted_ = true;
    if (count > 1) {
      command_line::PrintNotice("trackfit analyze: stopping at once");
      stop_rendering_ = true;
      session_.Cancel();
    } else if (rendering_) {
      command_line::PrintNotice("trackfit analyze: stopping; the video ends here");
      stop_rendering_ = true;
    } else {
      command_line::PrintNotice(
          absl::StrCat("trackfit analyze: stopping; ",
                       options_.render.empty() ? "" : "what has been analysed will still be rendered; ",
                       "press Ctrl-C again to stop at once"));
      session_.Stop(kStopTimeout);
    }
  }

  void OnLost(std::chrono::milliseconds limit) {
    command_line::PrintNotice(absl::StrCat(
        "trackfit analyze: the connection to the gateway broke; trying to resume the session for ",
        std::chrono::duration<double>(limit).count(), " s"));
  }

  absl::Status Stream(media::FrameSource& source, v1::SessionConfig config) {
    const media::SourceInfo& info = source.info();
    const bool live = options_.live || info.is_live;
    config.set_delivery(live ? v1::DELIVERY_MODE_LIVE : v1::DELIVERY_MODE_LOSSLESS);
    client::FrameFeed feed(source, {options_.encode, options_.limit_frames, live && !info.is_live,
                                    [this] { return interrupted_.load(); }});
    const steady_clock::time_point start = steady_clock::now();
    command_line::Progress progress =
        command_line::StartProgress("Analysing", Expected(info), options_.quiet);
    absl::Status status = session_.Run(
        config, [&] { return feed.Next(); },
        [&](const v1::AnalyzeResponse& response) { return OnResponse(response, feed, progress); });
    progress.Hide();
    times_us_ = feed.times_us();
    for (const std::string& warning : source.warnings())
      std::cerr << "trackfit analyze: warning: " << info.name << " " << warning << std::endl;
    if (record_.frames() > 0) text_ << client::SummaryText(record_, PaceSince(start)) << std::flush;
    if (session_.cut_short()) {
      const int64_t unanswered = static_cast<int64_t>(times_us_.size()) - record_.frames();
      const std::string text =
          labels()("{n} frames were sent but not answered in time", {{"n", absl::StrCat(unanswered)}});
      text_ << client::SummaryRow(labels()("Stopped"), text) << std::flush;
    }
    return status;
  }

  absl::Status OnResponse(const v1::AnalyzeResponse& response, const client::FrameFeed& feed,
                          command_line::Progress& progress) {
    record_.Add(response);
    ShowLines(notice_lines_.Of(response, labels()), progress);
    ShowLines(client::CoachLines(response, labels()), progress);
    // Beside the coach's lines a window's says only what has changed.
    if (response.has_assessment() && !options_.quiet &&
        (options_.coach.no_coach || assessment_news_.IsNew(response.assessment()))) {
      const v1::Assessment& assessment = response.assessment();
      progress.Hide();
      text_ << client::AssessmentLine(assessment, feed.time_us(assessment.first_sequence()),
                                      feed.time_us(assessment.last_sequence()), labels())
            << std::endl;
    }
    progress.Update(record_.frames());
    return json_.Write(response);
  }

  // --quiet leaves them to the summary, which repeats what matters.
  void ShowLines(const std::string& lines, command_line::Progress& progress) {
    if (options_.quiet || lines.empty()) return;
    progress.Hide();
    text_ << lines << std::flush;
  }

  absl::Status Render() {
    rendering_ = true;
    absl::StatusOr<std::unique_ptr<media::FrameSource>> source =
        media::OpenFrameSource(options_.inputs, options_.fps);
    if (!source.ok()) return source.status();
    command_line::Progress progress =
        command_line::StartProgress("Rendering", static_cast<int64_t>(times_us_.size()), options_.quiet);
    absl::Status status =
        drawing::RenderVideo(**source, record_, times_us_, options_.render, [&](int64_t done) {
          progress.Update(done);
          return !stop_rendering_;
        });
    progress.Hide();
    if (status.ok()) text_ << client::SummaryRow(labels()("Rendered"), options_.render) << std::flush;
    return status;
  }

  client::Labels labels() const { return client::Labels(record_.language()); }

  int64_t Expected(const media::SourceInfo& info) const {
    if (options_.limit_frames == 0) return info.frame_count;
    return info.frame_count == 0 ? options_.limit_frames : std::min(info.frame_count, options_.limit_frames);
  }

  client::Pace PaceSince(steady_clock::time_point start) const {
    const int64_t footage_us = times_us_.empty() ? 0 : times_us_.back() - times_us_.front();
    return {static_cast<double>(footage_us) / 1e6,
            std::chrono::duration<double>(steady_clock::now() - start).count()};
  }

  const AnalyzeOptions& options_;
  std::ostream& text_;
  client::ResultsFile json_;
  client::SessionRecord record_;
  client::GatewaySession session_;
  std::vector<int64_t> times_us_;
  client::NoticeLines notice_lines_;
  client::AssessmentNews assessment_news_;
  std::atomic<bool> interrupted_{false};
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
                  "Frames per second, overriding a video's own; the default for pictures is 30")
      ->type_name("HZ")
      ->group("Input");
  command.add_option("--limit-frames", options.limit_frames, "Stop after N frames; 0 = all")
      ->type_name("N")
      ->capture_default_str()
      ->group("Input");
}

void DeclareSession(CLI::App& command, AnalyzeOptions& options) {
  client::DeclareGateway(command, options.gateway, options.tls, options.api_key, "Session");
  command.add_option("--proxy", options.proxy, "HTTP proxy to use; those of the environment are ignored")
      ->type_name("HOST:PORT")
      ->group("Session");
  command
      .add_option("--expected", options.expected,
                  "Judge the form as this exercise, e.g. push_up, whatever is recognised")
      ->type_name("EXERCISE")
      ->group("Session");
  command
      .add_flag("--live", options.live,
                "Play in real time and drop frames instead of lagging behind (always on for cameras)")
      ->group("Session");
  command.add_option("--timeout", options.timeout_s, "Give up after S seconds without an answer; 0 = never")
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
                  "Track up to N people, at most 8; the first is assessed")
      ->type_name("N")
      ->capture_default_str()
      ->group("Session");
  client::DeclareModels(command, options.models, "Session");
  command.add_option("--every", options.every, "Poses between assessments; 0 = the server's default")
      ->type_name("N")
      ->group("Session");
}

void DeclareTransport(CLI::App& command, AnalyzeOptions& options) {
  command
      .add_option("--max-side", options.encode.max_side,
                  "Scale larger pictures down to this length of the longer side before sending")
      ->type_name("PIXELS")
      ->capture_default_str()
      ->group("Transport");
  CLI::Option* quality =
      command
          .add_option("--jpeg-quality", options.encode.jpeg_quality, "Quality of the JPEGs sent, 1 to 100")
          ->type_name("Q")
          ->capture_default_str()
          ->group("Transport");
  command.add_flag("--raw", options.encode.raw, "Send uncompressed pixels instead of JPEGs")
      ->excludes(quality)
      ->group("Transport");
}

void DeclareOutput(CLI::App& command, AnalyzeOptions& options) {
  command
      .add_option("--json", options.json,
                  "Write every response as a line of JSON; a file appears at the end, also after Ctrl-C; "
                  "'-' (standard output), devices and pipes get each line at once")
      ->type_name("FILE")
      ->group("Output");
  command
      .add_option("--render", options.render,
                  "Write the video with skeleton, exercise, repetitions and findings drawn on it")
      ->type_name("FILE.mp4")
      ->group("Output");
  command.add_flag("-q,--quiet", options.quiet, "Print the summary only")->group("Output");
}

}  // namespace

Action AnalyzeCommand(CLI::App& command) {
  auto options = std::make_shared<AnalyzeOptions>();
  DeclareInput(command, *options);
  DeclareSession(command, *options);
  options->coach.Declare(command);
  DeclareTransport(command, *options);
  DeclareOutput(command, *options);
  command.footer(
      "Examples:\n"
      "  trackfit analyze workout.mp4 --render workout_analysed.mp4\n"
      "  trackfit analyze camera:0 --expected squat --voice calm --target squat_depth=0.6:\n"
      "  trackfit analyze frames/ --fps 25 --json results.jsonl --quiet\n\n"
      "Ctrl-C ends the session within a second and prints the summary of the answers so far; a second one\n"
      "cancels it.\n"
      "Exit status: 0 assessed, 1 error, 2 wrong usage, 3 nothing to assess (nobody found, or too short),\n"
      "130 interrupted before the first assessment, or twice.");
  return [options] { return Analysis(*options).Run(); };
}

}  // namespace trackfit::tools
