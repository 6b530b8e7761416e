#include "client/gateway_client.h"

#include <grpcpp/create_channel.h>
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
#include "client/gateway_flags.h"
#include "command_line/exit_code.h"
#include "command_line/reach.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "rpc/channel_credentials.h"
#include "rpc/status.h"
#include "rpc/trace.h"
#include "tls/diagnosis.h"

namespace trackfit::client {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kWatchInterval{50};
// Between attempts to connect again.
constexpr std::chrono::milliseconds kFirstPause{100}, kLongestPause{2000};
constexpr std::chrono::seconds kHealthTimeout{1}, kDiagnosis{2};

// Ignores the environment's proxies: they are meant for the web, and the gateway is usually nearby.
std::shared_ptr<grpc::Channel> OpenChannel(const ClientOptions& options,
                                           const std::optional<tls::ClientSecurity>& security) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, static_cast<int>(kFirstPause.count()));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, static_cast<int>(kLongestPause.count()));
  // A gateway that is started anew may have another address, as in a network of containers.
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 1'000);
  // A connection that is dead without having been closed is noticed while the session can still be resumed;
  // our servers allow a ping every 10 s.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 10'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 8'000);
  if (options.proxy.empty()) {
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  } else {
    for (const char* exception : {"no_grpc_proxy", "no_proxy"})
      unsetenv(exception);  // would override --proxy
    arguments.SetString(GRPC_ARG_HTTP_PROXY, absl::StrCat("http://", options.proxy));
  }
  const auto credentials = rpc::ChannelCredentials(security, arguments);
  return grpc::CreateCustomChannel(options.gateway, credentials, arguments);
}

// "an extractor", "an inferencer" or "another gRPC server": what answers instead of a gateway.
std::string IdentifyServer(const ClientOptions& options, const std::optional<tls::ClientSecurity>& security) {
  const auto health = grpc::health::v1::Health::NewStub(OpenChannel(options, security));
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
  CancelStream();
}

void GatewaySession::CancelStream() {
  const std::scoped_lock lock(mutex_);
  if (context_) context_->TryCancel();
}

absl::Status GatewaySession::Run(const v1::SessionConfig& config, const FrameProvider& next_frame,
                                 const ResponseHandler& on_response) {
  auto security = options_.tls.Load();
  if (!security.ok()) return command_line::UsageError(security.status());
  security_ = *std::move(security);
  const auto stub = v1::GatewayService::NewStub(OpenChannel(options_, security_));
  if (config.delivery() == v1::DELIVERY_MODE_LIVE) options_.max_unanswered = 0;
  v1::AnalyzeRequest request;
  *request.mutable_config() = config;
  request.mutable_config()->set_resumable(options_.resume);
  RecordActivity();

  const std::jthread watch([this](const std::stop_token& stop) { Watch(stop); });
  const grpc::Status status = RunStreams(*stub, request, next_frame, on_response);

  if (!handled_.ok()) return handled_;
  cut_short_ = cut_short_ && !status.ok();  // the last answer may have arrived just in time
  if (cut_short_) return sent_;
  if (!status.ok()) return Explain(status);
  return sent_;
}

grpc::Status GatewaySession::RunStreams(v1::GatewayService::Stub& stub, const v1::AnalyzeRequest& config,
                                        const FrameProvider& next_frame, const ResponseHandler& on_response) {
  grpc::Status status = RunStream(stub, config, next_frame, on_response);
  grpc::Status lost;
  for (int attempt = 0;; ++attempt) {
    if (!lost_) {  // the stream that has ended was a good one
      lost = status;
      attempt = 0;
    }
    if (!MayResume(status) || !WaitBeforeAttempt(attempt)) break;
    v1::AnalyzeRequest request;
    v1::SessionResumption& resume = *request.mutable_config()->mutable_resume();
    resume.set_token(token_);
    resume.set_last_number(last_number_);
    RecordActivity();
    away_ = false;
    status = RunStream(stub, request, next_frame, on_response);
  }
  // That the gateway does not have it any more says less than how it was lost.
  const bool in_vain = lost_ && (status.error_code() == grpc::StatusCode::NOT_FOUND ||
                                 status.error_code() == grpc::StatusCode::CANCELLED ||
                                 status.error_code() == grpc::StatusCode::UNAVAILABLE);
  return in_vain ? lost : status;
}

grpc::Status GatewaySession::RunStream(v1::GatewayService::Stub& stub, const v1::AnalyzeRequest& first,
                                       const FrameProvider& next_frame, const ResponseHandler& on_response) {
  {
    const std::scoped_lock lock(mutex_);
    context_ = std::make_unique<grpc::ClientContext>();
    rpc::AddTrace(options_.traceparent, *context_);
    AddKey(options_.api_key, *context_);
    if (cancelled_) context_->TryCancel();
    stream_over_ = false;
    awaits_resumption_ = first.config().has_resume();
  }
  asked_to_reconnect_ = false;
  const std::unique_ptr<Stream> stream = stub.Analyze(context_.get());
  std::jthread sender([&] {
    if (stream->Write(first)) Send(*stream, first.config().has_resume(), next_frame);
  });
  Receive(*stream, on_response);
  {
    const std::scoped_lock lock(mutex_);
    stream_over_ = true;
  }
  answered_.notify_all();
  sender.join();
  return stream->Finish();
}

void GatewaySession::Send(Stream& stream, bool resumes, const FrameProvider& next_frame) {
  std::deque<Request> missing;
  if (resumes && !WaitForTheMissing(missing)) return;
  bool open = true;
  for (const Request& request : missing) open = open && stream.Write(*request);
  while (open && !no_more_frames_ && WaitForCapacity()) {
    absl::StatusOr<std::optional<v1::Frame>> frame = next_frame();
    if (!frame.ok() || !frame->has_value()) {
      no_more_frames_ = true;
      sent_ = frame.status();
      break;
    }
    const auto request = std::make_shared<v1::AnalyzeRequest>();
    *request->mutable_frame() = **std::move(frame);
    RecordActivity();
    {
      const std::scoped_lock lock(mutex_);
      if (options_.resume) kept_.push_back(request);
    }
    open = stream.Write(*request);
    RecordActivity();
  }
  if (open) stream.WritesDone();
}

bool GatewaySession::WaitForTheMissing(std::deque<Request>& missing) {
  std::unique_lock lock(mutex_);
  answered_.wait(lock, [this] { return !awaits_resumption_ || stream_over_; });
  if (awaits_resumption_) return false;
  for (const Request& request : kept_) {
    if (request->frame().sequence() >= next_sequence_) missing.push_back(request);
  }
  return true;
}

// False when no more frames are to be sent. Polls, because a session may also end without an answer.
bool GatewaySession::WaitForCapacity() {
  std::unique_lock lock(mutex_);
  const auto has_capacity = [&] {
    return finish_sending_ || stream_over_ || options_.max_unanswered == 0 ||
           unanswered_ < options_.max_unanswered;
  };
  while (!answered_.wait_for(lock, kWatchInterval, has_capacity)) {
  }
  if (finish_sending_ || stream_over_) return false;
  ++unanswered_;
  return true;
}

void GatewaySession::Receive(Stream& stream, const ResponseHandler& on_response) {
  v1::AnalyzeResponse response;
  while (stream.Read(&response)) {
    if (response.has_resumed()) {
      TakeResumption(response.resumed());
      continue;
    }
    RecordResponse(response);
    if (handled_.ok()) {
      handling_ = true;
      handled_ = on_response(response);
      if (!only_notices_) RecordActivity();
      handling_ = false;
    }
    if (!handled_.ok()) CancelStream();
  }
}

void GatewaySession::TakeResumption(const v1::SessionResumed& resumed) {
  ++resumptions_;
  RecordActivity();
  lost_.reset();
  {
    const std::scoped_lock lock(mutex_);
    awaits_resumption_ = false;
    next_sequence_ = resumed.next_sequence();
  }
  answered_.notify_all();
}

// After a broken connection, or where the gateway has asked for another; once it is lost also while the
// gateway ends or another one starts. What else it reports ends the session.
bool GatewaySession::MayResume(const grpc::Status& status) const {
  if (token_.empty() || !handled_.ok() || cancelled_ || timed_out_ || cut_short_) return false;
  if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED)
    return lost_ && rpc::RetryAfterOf(*context_).has_value();
  // gRPC's for a stream that came in the last moment of a server.
  if (status.error_code() == grpc::StatusCode::CANCELLED) return lost_.has_value();
  if (status.error_code() != grpc::StatusCode::UNAVAILABLE) return false;
  const bool reported = context_->GetServerTrailingMetadata().count(rpc::kReportedKey) > 0;
  return !reported || asked_to_reconnect_ || lost_;
}

bool GatewaySession::WaitBeforeAttempt(int attempt) {
  if (!lost_) {
    lost_ = steady_clock::now();
    if (options_.on_lost) options_.on_lost(retention_);
  }
  away_ = true;  // its time is the retention
  const auto pause = std::min(kLongestPause, kFirstPause * (1 << std::min(attempt, 10)));
  const auto next = steady_clock::now() + pause;
  if (next > *lost_ + retention_) return false;
  std::unique_lock lock(mutex_);
  while (steady_clock::now() < next && !cancelled_ && !cut_short_) {
    answered_.wait_for(lock, std::min<steady_clock::duration>(kWatchInterval, pause));
  }
  return !cancelled_ && !cut_short_;
}

// Of consecutive responses with notices only, just the first counts as activity: a gateway that only reports
// that it is waiting must not keep the session alive.
void GatewaySession::RecordResponse(v1::AnalyzeResponse& response) {
  ++responses_;
  if (response.has_started()) {
    v1::SessionStarted& started = *response.mutable_started();
    token_ = started.resume_token();
    retention_ = std::chrono::milliseconds(static_cast<int64_t>(started.resume_seconds() * 1000));
    started.clear_resume_token();
    started.clear_resume_seconds();
  }
  if (response.has_frame_result()) {
    const std::scoped_lock lock(mutex_);
    --unanswered_;
    if (!kept_.empty()) kept_.pop_front();
    answered_.notify_one();
  }
  if (response.number() > 0) last_number_ = response.number();
  response.clear_number();
  for (const v1::Notice& notice : response.notices()) {
    if (notice.code() == v1::NOTICE_CODE_RECONNECT) asked_to_reconnect_ = true;
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
      return CancelStream();
    }
    wake.wait_for(lock, stop, kWatchInterval, [] { return false; });
  }
}

// Reads handling_ first: it is cleared only after last_activity_ has been updated.
steady_clock::time_point GatewaySession::LastActivity() const {
  if (handling_ || away_) return steady_clock::now();
  return steady_clock::time_point(steady_clock::duration(last_activity_.load()));
}

std::string GatewaySession::DescribeGateway() const {
  return options_.proxy.empty() ? options_.gateway
                                : absl::StrCat(options_.gateway, " (through the proxy ", options_.proxy, ")");
}

std::string GatewaySession::WhyNotOverTls() const {
  return options_.proxy.empty() ? tls::Diagnose(options_.gateway, security_, kDiagnosis) : "";
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
        if (const std::string reason = WhyNotOverTls(); !reason.empty())
          return absl::UnavailableError(absl::StrCat("cannot reach the gateway at ", gateway, ": ", reason));
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
    case grpc::StatusCode::UNAUTHENTICATED:
      return absl::UnauthenticatedError(absl::StrCat(
          "the gateway at ", gateway, " refused the session: ", message,
          "; a key is taken from the file of --api-key-file or from the environment's ", kApiKeyVariable));
    case grpc::StatusCode::UNIMPLEMENTED:
      return absl::UnimplementedError(
          absl::StrCat(IdentifyServer(options_, security_), " answers at ", gateway,
                       ", not a gateway; the gateway's port is 8000 unless set otherwise (--listen)"));
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      if (const auto delay = rpc::RetryAfterOf(*context_)) {
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
