#include "upload_page.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "access/api_key.h"
#include "caller.h"
#include "net/network.h"
#include "telemetry/trace_context.h"
#include "upload_query.h"

namespace trackfit::gateway_server {
namespace {

using uploads::Outcome;

// What the program needs: its libraries, gRPC and the pipe.
constexpr uint64_t kOpenFiles = 128;
// For answers on their way when the server ends.
constexpr std::chrono::seconds kStopGrace{2};

const char* Name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kComplete:
      return "complete";
    case Outcome::kRefused:
      return "refused";
    case Outcome::kTooLarge:
      return "too_large";
    case Outcome::kBusy:
      return "busy";
    case Outcome::kTimedOut:
      return "timed_out";
    case Outcome::kAbandoned:
      return "abandoned";
    case Outcome::kFailed:
      return "failed";
  }
  return "failed";
}

std::string TemporaryFolder() {
  std::error_code error;
  const std::string folder = std::filesystem::temp_directory_path(error).string();
  return error ? "/tmp" : folder;
}

// Nothing secret. Without the last, its threads reserve address space by the gigabyte where there are many
// cores.
std::vector<std::string> Environment() {
  std::vector<std::string> environment = {"LANG=C.UTF-8", "PATH=/usr/bin:/bin", "MALLOC_ARENA_MAX=2"};
  if (const char* libraries = std::getenv("LD_LIBRARY_PATH"); libraries != nullptr)
    environment.push_back(absl::StrCat("LD_LIBRARY_PATH=", libraries));
  return environment;
}

}  // namespace

uploads::UploadsConfig UploadPage::Config(rpc::Runtime& runtime, const UploadOptions& options) {
  uploads::UploadsConfig config;
  config.folder = TemporaryFolder();
  config.max_uploads = std::max(options.max_uploads, 1);
  config.timeout = std::chrono::milliseconds(std::llround(options.timeout * 1000));
  config.limits = {.memory_bytes = static_cast<uint64_t>(options.memory_mb) << 20,
                   .cpu_seconds = static_cast<uint64_t>(std::ceil(options.timeout)),
                   .open_files = kOpenFiles,
                   .may_write_files = false};
  config.environment = Environment();
  config.on_active = [&active = runtime.metrics().Gauge(
                          "trackfit_gateway_uploads",
                          "Videos posted to the web port that are being received or analysed.")](int count) {
    active.Set(count);
  };
  config.on_exception = [&runtime](const absl::Status& failed) {
    runtime.ReportException(runtime.log(), failed);
  };
  config.on_outcome = [&runtime](Outcome outcome, const absl::Status& status) {
    runtime.metrics()
        .Counter("trackfit_gateway_uploads_total", "Videos posted to the web port, by what became of them.",
                 {{"outcome", Name(outcome)}})
        .Increment();
    if (outcome == Outcome::kFailed) {
      runtime.log().Warning("upload failed", {{"reason", std::string(status.message())}});
    }
  };
  return config;
}

UploadPage::UploadPage(rpc::Runtime& runtime, const UploadOptions& options, const GatewayService& service,
                       std::function<std::optional<web::HttpResponse>(const web::HttpRequest&)> refuse)
    : options_(options), service_(service), refuse_(std::move(refuse)), uploads_(Config(runtime, options)) {}

web::PostPage UploadPage::Page() {
  return {.max_body_bytes = static_cast<uint64_t>(options_.max_mb) << 20,
          .on_post = [this](const web::HttpRequest& request,
                            const std::shared_ptr<web::HttpExchange>& exchange) { Take(request, exchange); }};
}

void UploadPage::Serve(const std::string& gateway) {
  const std::lock_guard lock(mutex_);
  gateway_ = gateway;
}

void UploadPage::Stop() {
  if (service_.gatekeeper() != nullptr) service_.gatekeeper()->Drain();  // its answers come here
  uploads_.Stop(kStopGrace);
}

void UploadPage::Take(const web::HttpRequest& request, const std::shared_ptr<web::HttpExchange>& exchange) {
  if (auto refusal = refuse_(request)) {
    exchange->Start({});
    return exchange->Respond(*std::move(refusal));
  }
  access::Gatekeeper* gatekeeper = service_.gatekeeper();
  if (gatekeeper == nullptr) return Enter(request, exchange, access::Caller{});
  const auto caller =
      gatekeeper->Check(access::BearerKey(request.Header("authorization")), net::NetworkOfPeer(request.peer),
                        [this, request, exchange](const absl::StatusOr<access::Caller>& late) {
                          Enter(request, exchange, late);
                        });
  if (caller) Enter(request, exchange, *caller);
}

void UploadPage::Enter(const web::HttpRequest& request, const std::shared_ptr<web::HttpExchange>& exchange,
                       const absl::StatusOr<access::Caller>& caller) {
  const auto refuse = [&exchange](const absl::Status& status) {
    exchange->Start({});
    exchange->Respond(AccessRefusal(status));
  };
  if (!caller.ok()) return refuse(caller.status());
  auto command = CommandFor(request);
  if (!command.ok()) return uploads_.Refuse(exchange, command.status());
  uploads::Program program{*std::move(command)};
  if (absl::Status admitted = Admit(*caller, program); !admitted.ok()) return refuse(admitted);
  uploads_.Take(exchange, std::move(program));
}

absl::Status UploadPage::Admit(const access::Caller& caller, uploads::Program& program) {
  access::Gatekeeper* gatekeeper = service_.gatekeeper();
  if (gatekeeper == nullptr) return absl::OkStatus();
  // The program's session is ended with its key; nothing else need be.
  auto place = gatekeeper->quotas().Admit(caller, [](const absl::Status&) {});
  if (!place.ok()) return place.status();
  auto grant = gatekeeper->MakeGrant(caller, *std::move(place));
  if (!grant.ok()) return grant.status();
  program.environment = {absl::StrCat("TRACKFIT_API_KEY=", (*grant)->key())};
  program.held = std::shared_ptr<const void>(std::shared_ptr<access::Gatekeeper::Grant>(*std::move(grant)));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> UploadPage::CommandFor(const web::HttpRequest& request) {
  if (options_.worker.empty()) {
    return absl::UnimplementedError(
        "this gateway takes no videos by POST: it was started without --upload-worker");
  }
  if (absl::StartsWithIgnoreCase(request.Header("content-type"), "multipart/")) {
    return absl::InvalidArgumentError(
        "the body must be the video alone, not a form: curl --data-binary @video.mp4 URL");
  }
  const absl::StatusOr<UploadQuery> query = ParseUploadQuery(request.query);
  if (!query.ok()) return query.status();
  if (absl::Status valid = service_.Check(query->config); !valid.ok()) return valid;
  std::string config;
  if (!google::protobuf::util::MessageToJsonString(query->config, &config).ok())
    return absl::InvalidArgumentError("the parameters are no text in UTF-8");
  const std::lock_guard lock(mutex_);
  if (gateway_.empty()) return absl::UnavailableError("the gateway is starting; try again");
  std::vector<std::string> command = {options_.worker, absl::StrCat("--gateway=", gateway_),
                                      absl::StrCat("--config=", config)};
  if (const std::string trace = request.Header(telemetry::kTraceparentKey);
      telemetry::ParseTraceparent(trace))
    command.push_back(absl::StrCat("--traceparent=", trace));
  if (query->fps) command.push_back(absl::StrCat("--fps=", *query->fps));
  if (query->limit_frames > 0) command.push_back(absl::StrCat("--limit-frames=", query->limit_frames));
  return command;
}

}  // namespace trackfit::gateway_server
