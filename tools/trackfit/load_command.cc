// `trackfit load`: how many people a gateway serves, how late its answers come, and whether all are right.
#include <atomic>
#include <cstdint>
#include <iostream>
#include <memory>
#include <opencv2/core/utils/logger.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/gateway_flags.h"
#include "client/model_flags.h"
#include "command_line/address.h"
#include "command_line/exit_code.h"
#include "command_line/interrupt.h"
#include "command_line/progress.h"
#include "commands.h"
#include "exercises/vocabulary.h"
#include "files/outputs.h"
#include "files/partial_file.h"
#include "load/run.h"

namespace trackfit::tools {
namespace {

constexpr int kDefaultPort = 8000;
constexpr double kLongestRecording = 20;  // seconds of each video

struct LoadOptions {
  std::vector<std::string> videos;
  double fps = 15;
  bool live = false;
  bool poses = false;
  bool no_compare = false;
  bool quiet = false;
  std::string expected;
  std::string output;
  client::EncodeOptions encode{.max_side = 640, .jpeg_quality = 85};
  load::RunOptions run;
};

absl::StatusOr<std::vector<load::Recording>> ReadAll(const LoadOptions& options) {
  std::vector<load::Recording> recordings;
  command_line::Progress progress = command_line::StartProgress(
      "Reading", static_cast<int64_t>(options.videos.size()), options.quiet, "videos");
  for (const std::string& video : options.videos) {
    auto recording = load::ReadRecording(video, options.fps, kLongestRecording, options.encode);
    if (!recording.ok()) return recording.status();
    if (options.run.session.verify || options.poses) {
      const absl::Status played =
          load::PlayAlone(options.run.gateway, options.run.tls, options.run.session.config, options.poses,
                          *recording, options.run.session.api_key);
      if (!played.ok()) return played;
    }
    recordings.push_back(*std::move(recording));
    progress.Update(static_cast<int64_t>(recordings.size()));
  }
  return recordings;
}

absl::Status Load(LoadOptions options) {
  absl::Status valid = command_line::CheckAddress("--gateway", options.run.gateway,
                                                  command_line::AddressUse::kConnect, kDefaultPort);
  if (valid.ok()) valid = options.encode.Validate();
  if (valid.ok()) valid = files::CheckOutputs({{"--json", options.output}}, {});
  if (!valid.ok()) return command_line::UsageError(valid);
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_ERROR);
  load::SessionOptions& session = options.run.session;
  session.poses = options.poses;
  session.verify = !options.live && !options.no_compare;
  session.config.set_expected_exercise(exercises::Builtin().NameOf(options.expected));
  session.config.set_delivery(options.live ? v1::DELIVERY_MODE_LIVE : v1::DELIVERY_MODE_LOSSLESS);

  std::atomic<bool> interrupted = false;
  const command_line::InterruptWatcher watcher([&interrupted](int) { interrupted = true; });
  const auto recordings = ReadAll(options);
  if (!recordings.ok()) return recordings.status();
  command_line::Progress progress = command_line::StartProgress(
      "Loading", static_cast<int64_t>(options.run.seconds), options.quiet, "seconds");
  options.run.on_progress = [&progress](double elapsed_s) {
    progress.Update(static_cast<int64_t>(elapsed_s));
  };
  options.run.interrupted = [&interrupted] { return interrupted.load(); };
  const auto report = load::RunLoad(options.run, *recordings);
  progress.Hide();
  if (!report.ok()) return report.status();
  std::cout << report->Text() << std::flush;
  if (!options.output.empty()) {
    if (absl::Status written = files::ReplaceFile(options.output, report->Json() + "\n"); !written.ok()) {
      return written;
    }
  }
  if (report->clean()) return absl::OkStatus();
  return absl::DataLossError("not every session got what it should; see above");
}

}  // namespace

Action LoadCommand(CLI::App& command) {
  auto options = std::make_shared<LoadOptions>();
  load::RunOptions& run = options->run;
  command
      .add_option("video", options->videos, "Videos, dealt to the sessions in turn; 20 s of each are used")
      ->required()
      ->check(CLI::ExistingFile)
      ->type_name("VIDEO");
  client::DeclareGateway(command, run.gateway, run.tls, run.session.api_key);
  command.add_option("--sessions", run.sessions, "Clients at a time")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command.add_option("--fps", options->fps, "Frames a second of each")
      ->check(CLI::Range(0.1, 240.0))
      ->capture_default_str();
  command.add_option("--seconds", run.seconds, "How long")
      ->check(CLI::Range(1.0, 1e6))
      ->capture_default_str();
  command.add_flag("--live", options->live, "Live delivery, as for cameras: frames may be dropped");
  command.add_flag("--poses", options->poses, "Send skeletons, as clients do that find them themselves");
  command.add_flag("--resume,!--no-resume", run.session.resume,
                   "Resume sessions whose connection breaks (the default), or do not");
  command.add_flag("--no-compare", options->no_compare,
                   "Do not compare with what a session alone gets, where servers are disturbed meanwhile");
  command.add_option("--expected", options->expected, "The exercise that the clients say they do");
  client::DeclareModels(command, run.session.config);
  command
      .add_option("--churn", run.churn, "Sessions a second that end, at random, and are followed by another")
      ->check(CLI::Range(0.0, 1000.0))
      ->capture_default_str();
  command.add_option("--cancel", run.cancel, "Share of ending sessions that vanish without a word")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command.add_option("--slow-readers", run.slow_readers, "Further clients that read one answer a second")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  command.add_option("--impatient", run.impatient, "Further clients whose calls have deadlines that pass")
      ->check(CLI::Range(0, 1000));
  command.add_option("--late-ms", run.session.late_ms, "Count frames that are answered later")
      ->check(CLI::Range(0.0, 1e6));
  command.add_option("--connections", run.connections, "Connections that the sessions share")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command.add_option("--patience", run.patience, "Seconds that the last answers may take")
      ->check(CLI::Range(0.0, 1e6));
  command.add_option("--seed", run.seed, "Of who ends and vanishes when")->capture_default_str();
  command.add_option("--max-side", options->encode.max_side, "Longer side of the pictures, pixels")
      ->capture_default_str();
  command.add_option("--jpeg-quality", options->encode.jpeg_quality, "Quality of the JPEGs sent, 1 to 100")
      ->capture_default_str();
  command.add_option("--metrics", run.metrics, "Metrics ports of servers, to tell where time was spent")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("HOST:PORT,...");
  command.add_option("--json", options->output, "Write the figures as JSON")->type_name("FILE");
  command.add_flag("-q,--quiet", options->quiet, "No progress");
  command.footer(
      "Frames are sent when they are due, however late answers come, and latency counts from then. Answers\n"
      "must come once and in order, also after a resumption; lossless sessions must get, on the first pass\n"
      "over their video, exactly what a session alone got before.\n"
      "Exit status: 0 if so (sessions that a full server refuses aside), 1 otherwise, 2 wrong usage.\n\n"
      "Example: trackfit load --sessions 12 --live squat.mp4 push_up.mp4");
  return [options] { return Load(*options); };
}

}  // namespace trackfit::tools
