// Analyses one video of a stranger, its standard input: the gateway runs it for POST /v1/analyze, within
// limits and apart from everything else. Streams the video to the gateway as `trackfit analyze` does, and
// writes the same lines of JSON to standard output. Errors: process/exit_status.h.
#include <google/protobuf/util/json_util.h>
#include <sys/prctl.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdint>
#include <exception>
#include <iostream>
#include <memory>
#include <new>
#include <opencv2/core/utils/logger.hpp>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/frame_feed.h"
#include "client/gateway_client.h"
#include "client/results_file.h"
#include "command_line/parse.h"
#include "media/foreign_video.h"
#include "process/exit_status.h"
#include "tls/client_flags.h"
#include "trackfit/v1/gateway.pb.h"

namespace trackfit::tools {
namespace {

// As `trackfit analyze` has it.
constexpr int kMaxUnanswered = 32;

struct Flags {
  std::string gateway = "localhost:8000";
  tls::ClientFlags tls;
  std::string config = "{}";
  std::string traceparent;
  std::optional<double> fps;
  int64_t limit_frames = 0;
  media::ForeignLimits limits;
};

absl::Status Analyse(const Flags& flags) {
  v1::SessionConfig config;
  if (const auto parsed = google::protobuf::util::JsonStringToMessage(flags.config, &config); !parsed.ok())
    return absl::InvalidArgumentError(absl::StrCat("--config: ", std::string(parsed.message())));
  config.set_delivery(v1::DELIVERY_MODE_LOSSLESS);
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  auto source = media::OpenForeignVideo("/proc/self/fd/0", flags.fps, flags.limits);
  if (!source.ok()) return source.status();
  client::ResultsFile lines;
  if (absl::Status status = lines.Open("--json", "-"); !status.ok()) return status;
  client::FrameFeed feed(**source,
                         {.encode = {}, .limit_frames = flags.limit_frames, .interrupted = nullptr});
  client::GatewaySession session({.gateway = flags.gateway,
                                  .tls = flags.tls,
                                  .max_unanswered = kMaxUnanswered,
                                  .traceparent = flags.traceparent,
                                  .resume = false});
  return session.Run(
      config, [&feed] { return feed.Next(); },
      [&lines](const v1::AnalyzeResponse& response) { return lines.Write(response); });
}

absl::Status AnalyseWithoutExceptions(const Flags& flags) {
  try {
    return Analyse(flags);
  } catch (const std::bad_alloc&) {
    return absl::InvalidArgumentError("the video takes more memory than an upload may");
  } catch (const std::exception& error) {
    return absl::InternalError(error.what());
  }
}

}  // namespace
}  // namespace trackfit::tools

int main(int argc, char** argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody wants its results then
  std::signal(SIGXFSZ, SIG_IGN);     // writing files fails, where it may not
  trackfit::tools::Flags flags;
  CLI::App app{"Analyses the video that is its standard input; run by trackfit-gateway",
               "trackfit-upload-worker"};
  app.set_version_flag("--version", TRACKFIT_VERSION);
  app.add_option("--gateway", flags.gateway, "The gateway to stream to")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  flags.tls.Register(app, trackfit::tls::ClientFlags::Environment::kIgnored);
  app.add_option("--config", flags.config, "The session's configuration, a SessionConfig as protobuf's JSON")
      ->type_name("JSON");
  app.add_option("--traceparent", flags.traceparent, "W3C trace context of who posted it");
  app.add_option("--fps", flags.fps, "Frames per second, overriding the video's own")->type_name("HZ");
  app.add_option("--limit-frames", flags.limit_frames, "Stop after N frames; 0 = all")->type_name("N");
  app.add_option("--max-pixels", flags.limits.max_pixels, "Most pixels of a frame")
      ->type_name("N")
      ->capture_default_str();
  if (const auto ended = trackfit::command_line::Parse(app, argc, argv)) return *ended;
  const absl::Status status = trackfit::tools::AnalyseWithoutExceptions(flags);
  if (!status.ok()) std::cerr << status.message() << "\n";
  return trackfit::process::ExitStatusOf(status);
}
