#include "client/gateway_client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "command_line/exit_code.h"
#include "command_line/reach.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "rpc/status.h"
#include "rpc/trace.h"

namespace trackfit::client {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kWatchInterval{50};
constexpr std::chrono::seconds kHealthTimeout{1};

// Ignores the environment's proxies: they are meant for the web, and the gateway is usually nearby.
std::shared_ptr<grpc::Channel> OpenChannel(const ClientOptions& options) {
  grpc::ChannelArguments arguments;
  if (options.proxy.empty()) {
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  } else {
    for (const char* exception : {"no_grpc_proxy", "no_proxy"})
      unsetenv(exception);  // would override --proxy
    arguments.SetString(GRPC_ARG_HTTP_PROXY, absl::StrCat("http://", options.proxy));
  }
  return grpc::CreateCustomChannel(options.gateway, grpc::InsecureChannelCredentials(), arguments);
}

// "an extractor", "an inferencer" or "another gRPC server": what answers instead of a gateway.
std::string IdentifyServer(const ClientOptions& options) {
  const auto health = grpc::health::v1::Health::NewStub(OpenChannel(options));
  for (const auto& [service, what] : {std::pair{"trackfit.v1.ExtractorService", "an extractor"},
                                      std::pair{"trackfit.v1.InferencerService", "an inferencer"}}) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kHealthTimeout);
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    grpc::health::v1::HealthCheckResponse response;
    if (health->Check(&context, request, &response).ok()) return what;
  }
  return "another gRPC server";
}

// Whether the message is gRPC's own, about a broken connection, rather than the gateway's.
bool IsBrokenConnection(const std::string& message) {
  constexpr const char* kWords[] = {"Socket closed", "onnection reset", "Broken pipe", "GOAWAY", "goaway"};
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&](const char* words) { return absl::StrContains(message, words); });
}

}  // namespace

GatewaySession::GatewaySession(ClientOptions options) : options_(std::move(options)) {}

void GatewaySession::Stop(std::chrono::milliseconds timeout) {
  stop_deadline_ = (steady_clock::now() + timeout).time_since_epoch().count();
  finish_sending_ = true;
}

void GatewaySession::Cancel() {
  cancelled_ = true;
  finish_sending_ = true;
  context_.TryCancel();
}

absl::Status GatewaySession::Run(const v1::SessionConfig& config, const FrameProvider& next_frame,
                                 const ResponseHandler& on_response) {
  const auto stub = v1::GatewayService::NewStub(OpenChannel(options_));
  if (config.delivery() == v1::DELIVERY_MODE_LIVE) options_.max_unanswered = 0;
  rpc::AddTrace(options_.traceparent, context_);
  RecordActivity();
  const std::unique_ptr<Stream> stream = stub->Analyze(&context_);

  const std::jthread watch([this](const std::stop_token& stop) { Watch(stop); });
  absl::Status sent;
  std::jthread sender([&] { sent = Send(*stream, config, next_frame); });
  absl::Status received = Receive(*stream, on_response);
  finish_sending_ = true;
  sender.join();
  const grpc::Status status = stream->Finish();

  if (!received.ok()) return received;
  cut_short_ = cut_short_ && !status.ok();  // the last answer may have arrived just in time
  if (cut_short_) return sent;
  if (!status.ok()) return Explain(status);
  return sent;
}

absl::Status GatewaySession::Send(Stream& stream, const v1::SessionConfig& config,
                                  const FrameProvider& next_frame) {
  v1::AnalyzeRequest request;
  *request.mutable_config() = config;
  bool open = stream.Write(request);
  absl::Status status;
  while (open && WaitForCapacity()) {
    absl::StatusOr<std::optional<v1::Frame>> frame = next_frame();
    if (!frame.ok()) {
      status = frame.status();
      break;
    }
    if (!frame->has_value()) break;
    *request.mutable_frame() = **std::move(frame);
    RecordActivity();
    open = stream.Write(request);
    RecordActivity();
  }
  stream.WritesDone();
  return status;
}

// False when no more frames are to be sent. Polls, because a session may also end without an answer.
bool GatewaySession::WaitForCapacity() {
  std::unique_lock lock(mutex_);
  const auto has_capacity = [&] {
    return finish_sending_ || options_.max_unanswered == 0 || unanswered_ < options_.max_unanswered;
  };
  while (!answered_.wait_for(lock, kWatchInterval, has_capacity)) {
  }
  ++unanswered_;
  return !finish_sending_;
}

absl::Status GatewaySession::Receive(Stream& stream, const ResponseHandler& on_response) {
  absl::Status status;
  v1::AnalyzeResponse response;
  while (stream.Read(&response)) {
    RecordResponse(response);
    if (status.ok()) {
      handling_ = true;
      status = on_response(response);
      if (!only_notices_) RecordActivity();
      handling_ = false;
    }
    if (!status.ok()) context_.TryCancel();
  }
  return status;
}

// Of consecutive responses with notices only, just the first counts as activity: a gateway that only reports
// that it is waiting must not keep the session alive.
void GatewaySession::RecordResponse(const v1::AnalyzeResponse& response) {
  ++responses_;
  if (response.has_frame_result()) {
    const std::scoped_lock lock(mutex_);
    --unanswered_;
    answered_.notify_one();
  }
  if (!response.notices().empty()) last_notice_ = response.notices().rbegin()->message();
  const bool only_notices = response.response_case() == v1::AnalyzeResponse::RESPONSE_NOT_SET;
  if (!only_notices || !only_notices_) RecordActivity();
  only_notices_ = only_notices;
}

// Cancels a session that has been silent for too long, or that has passed its deadline after Stop().
void GatewaySession::Watch(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    const steady_clock::time_point now = steady_clock::now();
    const steady_clock::rep stop_deadline = stop_deadline_;
    cut_short_ = stop_deadline != 0 && now.time_since_epoch().count() >= stop_deadline;
    timed_out_ = options_.idle_timeout.count() > 0 && now >= LastActivity() + options_.idle_timeout;
    if (cut_short_ || timed_out_) {
      finish_sending_ = true;
      return context_.TryCancel();
    }
    wake.wait_for(lock, stop, kWatchInterval, [] { return false; });
  }
}

// Reads handling_ first: it is cleared only after last_activity_ has been updated.
steady_clock::time_point GatewaySession::LastActivity() const {
  if (handling_) return steady_clock::now();
  return steady_clock::time_point(steady_clock::duration(last_activity_.load()));
}

std::string GatewaySession::DescribeGateway() const {
  return options_.proxy.empty() ? options_.gateway
                                : absl::StrCat(options_.gateway, " (through the proxy ", options_.proxy, ")");
}

absl::Status GatewaySession::Explain(const grpc::Status& status) const {
  const std::string gateway = DescribeGateway();
  const std::string& message = status.error_message();
  if (cancelled_) return absl::CancelledError("cancelled");
  if (timed_out_) {
    return absl::DeadlineExceededError(absl::StrFormat(
        "the gateway at %s has been silent for %.0f s%s", gateway,
        static_cast<double>(options_.idle_timeout.count()) / 1000,
        last_notice_.empty() ? "; --timeout sets how long to wait" : "; it last said: " + last_notice_));
  }
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      if (responses_ == 0) {
        return absl::UnavailableError(
            absl::StrCat("cannot reach the gateway at ", gateway, ": ",
                         command_line::ExplainUnreachable(
                             options_.proxy.empty() ? options_.gateway : options_.proxy, message),
                         " (tools/demo --keep starts a gateway)"));
      }
      return absl::UnavailableError(
          absl::StrCat("the gateway at ", gateway,
                       IsBrokenConnection(message) ? " went away after " : " ended the session after ",
                       responses_, responses_ == 1 ? " response: " : " responses: ", message));
    case grpc::StatusCode::UNIMPLEMENTED:
      return absl::UnimplementedError(
          absl::StrCat(IdentifyServer(options_), " answers at ", gateway,
                       ", not a gateway; the gateway's port is 8000 unless set otherwise (--listen)"));
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      if (const auto delay = rpc::RetryAfterOf(context_)) {
        return absl::ResourceExhaustedError(
            absl::StrFormat("the gateway at %s refused the session: %s; try again in %.1f s", gateway,
                            message, static_cast<double>(delay->count()) / 1000));
      }
      return absl::ResourceExhaustedError(absl::StrCat(  // gRPC's own error: a message over the limit
          "the gateway at ", gateway, " ended the session: ", message,
          "; if a frame is too large, send smaller ones (--max-side)"));
    case grpc::StatusCode::INVALID_ARGUMENT:
      if (absl::StartsWith(message, "config.")) {
        return command_line::UsageError(
            absl::StrCat("the gateway at ", gateway, " rejected an option: ",
                         absl::StrReplaceAll(message, {{"config.expected_exercise", "--expected"},
                                                       {"config.max_people", "--max-people"},
                                                       {"config.window.frames", "--window-frames"},
                                                       {"config.window.first_after", "--first-after"},
                                                       {"config.window.every", "--every"}})));
      }
      [[fallthrough]];
    default:
      return absl::Status(
          status.error_code() == grpc::StatusCode::CANCELLED  // CANCELLED is reserved for Cancel()
              ? absl::StatusCode::kAborted
              : static_cast<absl::StatusCode>(status.error_code()),
          absl::StrCat("the gateway at ", gateway, " ended the session: ",
                       message.empty()
                           ? absl::StatusCodeToString(static_cast<absl::StatusCode>(status.error_code()))
                           : message));
  }
}

}  // namespace trackfit::client
