#include "gateway_client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "rpc/status.h"

namespace trackfit::tools {
namespace {

using std::chrono::steady_clock;

// Seconds until another try makes sense; nullopt when it is not a refusal that ended the session.
std::optional<double> RetryAfter(const grpc::ClientContext& context) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find(rpc::kRetryAfterKey);
  int64_t milliseconds = 0;
  if (found == trailers.end() ||
      !absl::SimpleAtoi(absl::string_view(found->second.data(), found->second.size()), &milliseconds)) {
    return std::nullopt;
  }
  return static_cast<double>(milliseconds) / 1000;
}

// Calls `on_timeout` once when `last_activity()` is older than `limit`. Lives as long as the session runs.
std::jthread StartIdleWatch(std::chrono::milliseconds limit,
                            std::function<steady_clock::time_point()> last_activity,
                            std::function<void()> on_timeout) {
  return std::jthread([limit, last_activity = std::move(last_activity),
                       on_timeout = std::move(on_timeout)](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      const steady_clock::time_point deadline = last_activity() + limit;
      if (steady_clock::now() >= deadline) return on_timeout();
      wake.wait_until(lock, stop, deadline, [] { return false; });
    }
  });
}

}  // namespace

GatewaySession::GatewaySession(ClientOptions options) : options_(std::move(options)) {}

void GatewaySession::Cancel() {
  cancelled_ = true;
  finish_sending_ = true;
  context_.TryCancel();
}

absl::Status GatewaySession::Run(const v1::SessionConfig& config, const FrameProvider& next_frame,
                                 const ResponseHandler& on_response) {
  const auto channel = grpc::CreateChannel(options_.gateway, grpc::InsecureChannelCredentials());
  const auto stub = v1::GatewayService::NewStub(channel);
  NoteActivity();
  const std::unique_ptr<Stream> stream = stub->Analyze(&context_);

  std::jthread idle_watch;
  if (options_.idle_timeout.count() > 0) {
    const auto on_timeout = [this] {
      timed_out_ = true;
      finish_sending_ = true;
      context_.TryCancel();
    };
    idle_watch = StartIdleWatch(
        options_.idle_timeout, [this] { return LastActivity(); }, on_timeout);
  }
  absl::Status sent;
  std::jthread sender([&] { sent = Send(*stream, config, next_frame); });
  const absl::Status received = Receive(*stream, on_response);
  finish_sending_ = true;
  sender.join();
  const grpc::Status status = stream->Finish();

  if (!received.ok()) return received;
  if (!status.ok()) return Explain(status);
  return sent;
}

absl::Status GatewaySession::Send(Stream& stream, const v1::SessionConfig& config,
                                  const FrameProvider& next_frame) {
  v1::AnalyzeRequest request;
  *request.mutable_config() = config;
  bool open = stream.Write(request);
  absl::Status status;
  while (open && !finish_sending_) {
    absl::StatusOr<std::optional<v1::Frame>> frame = next_frame();
    if (!frame.ok()) {
      status = frame.status();
      break;
    }
    if (!frame->has_value()) break;
    *request.mutable_frame() = **std::move(frame);
    NoteActivity();
    open = stream.Write(request);
    NoteActivity();
  }
  stream.WritesDone();
  return status;
}

absl::Status GatewaySession::Receive(Stream& stream, const ResponseHandler& on_response) {
  absl::Status status;
  v1::AnalyzeResponse response;
  while (stream.Read(&response)) {
    NoteActivity();
    ++responses_;
    if (status.ok()) {
      handling_ = true;
      status = on_response(response);
      NoteActivity();
      handling_ = false;
    }
    if (!status.ok()) context_.TryCancel();
  }
  return status;
}

// handling_ is read first: it falls only after last_activity_ is fresh.
steady_clock::time_point GatewaySession::LastActivity() const {
  if (handling_) return steady_clock::now();
  return steady_clock::time_point(steady_clock::duration(last_activity_.load()));
}

absl::Status GatewaySession::Explain(const grpc::Status& status) const {
  const std::string& gateway = options_.gateway;
  const std::string& message = status.error_message();
  if (timed_out_) {
    return absl::DeadlineExceededError(
        absl::StrFormat("the gateway at %s has been silent for %.0f s", gateway,
                        static_cast<double>(options_.idle_timeout.count()) / 1000));
  }
  if (cancelled_) return absl::CancelledError("cancelled");
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      if (responses_ > 0) {
        return absl::UnavailableError(absl::StrCat("the gateway at ", gateway, " went away after ",
                                                   responses_, " responses: ", message));
      }
      return absl::UnavailableError(absl::StrCat("cannot reach the gateway at ", gateway, ": ", message,
                                                 "; is it running? (tools/demo starts one)"));
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      if (const std::optional<double> seconds = RetryAfter(context_); seconds.has_value()) {
        return absl::ResourceExhaustedError(absl::StrFormat(
            "the gateway at %s refused the session: %s; try again in %.1f s", gateway, message, *seconds));
      }
      return absl::ResourceExhaustedError(absl::StrCat(  // gRPC's own, of a message over the limit
          "the gateway at ", gateway, " ended the session: ", message,
          "; if a frame is too large, send smaller ones (--max-side)"));
    default:
      return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                          absl::StrCat("the gateway at ", gateway, " ended the session: ", message));
  }
}

}  // namespace trackfit::tools
