#include "uploads/uploads.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "process/exit_status.h"
#include "runtime/shutting_down.h"
#include "uploads/spool_file.h"

namespace trackfit::uploads {
namespace {

using std::chrono::steady_clock;

// A program that writes nothing more ends, and a client takes the last line, or else they are not waited for.
constexpr std::chrono::seconds kLastWords{2};
// A line is not sent before it is complete, unless it is longer.
constexpr std::size_t kMaxLineBytes = 1 << 20;
// For those who come while all places are taken: analyses take a while.
constexpr std::chrono::milliseconds kRetryAfter{5000};

int HttpStatusOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kOutOfRange:
      return 413;
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    case absl::StatusCode::kUnimplemented:
      return 501;
    default:
      return 500;
  }
}

Outcome OutcomeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return Outcome::kComplete;
    case absl::StatusCode::kInvalidArgument:
      return Outcome::kRefused;
    case absl::StatusCode::kOutOfRange:
      return Outcome::kTooLarge;
    case absl::StatusCode::kResourceExhausted:
      return Outcome::kBusy;
    case absl::StatusCode::kDeadlineExceeded:
      return Outcome::kTimedOut;
    case absl::StatusCode::kCancelled:
      return Outcome::kAbandoned;
    default:
      return Outcome::kFailed;
  }
}

std::string ErrorLine(const absl::Status& status) {
  const nlohmann::json error = {
      {"error",
       {{"code", absl::StatusCodeToString(status.code())}, {"message", std::string(status.message())}}}};
  return error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

web::HttpResponse LinesOfJson() {
  web::HttpResponse head;
  head.content_type = "application/x-ndjson";
  head.headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
  return head;
}

// The message is the last line that it wrote to standard error.
absl::Status StatusOf(const process::Exit& exit, const std::string& errors) {
  if (exit.signal != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("the program that reads it was ended (", strsignal(exit.signal),
                     "): the file is damaged, or takes more memory or time than an upload may"));
  }
  if (exit.code == 0) return absl::OkStatus();
  const absl::string_view text = absl::StripAsciiWhitespace(errors);
  const absl::string_view line = text.substr(text.rfind('\n') + 1);
  return absl::Status(process::StatusCodeOf(exit.code),
                      line.empty() ? absl::StrCat("the program that reads it ended with ", exit.code) : line);
}

}  // namespace

web::HttpResponse ErrorResponse(const absl::Status& status) {
  web::HttpResponse response;
  response.status = HttpStatusOf(status);
  response.content_type = "application/json";
  response.body = ErrorLine(status);
  response.headers = {{"X-Content-Type-Options", "nosniff"}};
  if (!absl::IsResourceExhausted(status)) return response;
  const auto delay = runtime::RetryAfter(status).value_or(kRetryAfter);
  response.headers.emplace_back("Retry-After",
                                absl::StrCat(std::chrono::ceil<std::chrono::seconds>(delay).count()));
  return response;
}

// One of them, on a thread of its own.
class Uploads::Upload {
 public:
  Upload(Uploads& uploads, std::shared_ptr<Conversation> conversation, Program program,
         runtime::AdmissionGate::Lease lease)
      : uploads_(uploads),
        conversation_(std::move(conversation)),
        program_(std::move(program)),
        lease_(std::move(lease)),
        deadline_(steady_clock::now() + uploads.config_.timeout) {}

  void Run() {
    absl::Status status = ReceiveAndRun();
    // What ended all waiting is the reason for whatever came of that.
    if (absl::Status ended = conversation_->status(); !ended.ok()) status = std::move(ended);
    uploads_.Report(OutcomeOf(status), status);
    Finish(status);
  }

  bool is_receiving() const { return is_receiving_; }
  void Abort(const absl::Status& status) { conversation_->Abort(status); }

 private:
  absl::Status ReceiveAndRun() {
    absl::StatusOr<SpoolFile> file = SpoolFile::Create(uploads_.config_.folder);
    if (!file.ok()) return file.status();
    for (;;) {
      const absl::StatusOr<std::string> piece = conversation_->ReadBody(deadline_);
      if (!piece.ok()) return piece.status();
      if (piece->empty()) break;
      if (absl::Status kept = file->Append(*piece); !kept.ok()) return kept;
    }
    is_receiving_ = false;
    return RunProgram(*file);
  }

  absl::Status RunProgram(const SpoolFile& file) {
    std::vector<std::string> environment = uploads_.config_.environment;
    environment.insert(environment.end(), program_.environment.begin(), program_.environment.end());
    auto child = process::Child::Start({.arguments = program_.command,
                                        .environment = std::move(environment),
                                        .input = file.descriptor(),
                                        .limits = uploads_.config_.limits});
    if (!child.ok()) return child.status();
    conversation_->WhenOver([&child] { (*child)->Kill(); });
    absl::Status status = PassOn(**child);
    if (status.ok()) {
      const process::Exit exit = (*child)->Wait(std::min(deadline_, steady_clock::now() + kLastWords));
      status = StatusOf(exit, (*child)->errors());
    }
    conversation_->WhenOver(nullptr);
    return status;
  }

  absl::Status PassOn(process::Child& child) {
    for (std::string pending;;) {
      const absl::StatusOr<std::string> piece = child.ReadOutput(deadline_);
      if (absl::IsDeadlineExceeded(piece.status())) return TooLong();
      if (!piece.ok() || piece->empty()) return piece.status();
      pending += *piece;
      const std::size_t lines = pending.size() > kMaxLineBytes ? pending.size() : pending.rfind('\n') + 1;
      if (lines == 0) continue;
      absl::Status sent = conversation_->Send(LinesOfJson(), pending.substr(0, lines), deadline_);
      if (!sent.ok()) return absl::IsDeadlineExceeded(sent) ? TooLong() : sent;
      pending.erase(0, lines);
    }
  }

  absl::Status TooLong() const {
    return absl::DeadlineExceededError(absl::StrCat(
        "this takes longer than the ", std::chrono::duration<double>(uploads_.config_.timeout).count(),
        " s that an upload may; send a shorter video"));
  }

  void Finish(const absl::Status& status) {
    if (absl::IsCancelled(conversation_->status())) return conversation_->Drop();  // nobody is there
    if (!conversation_->has_begun()) {
      web::HttpResponse response = status.ok() ? LinesOfJson() : ErrorResponse(status);
      if (absl::IsDeadlineExceeded(status) && is_receiving_) response.status = 408;
      return conversation_->Respond(std::move(response), steady_clock::now() + kLastWords);
    }
    if (!status.ok() && !conversation_->SendLast(ErrorLine(status), steady_clock::now() + kLastWords))
      return conversation_->Drop();
    conversation_->End(steady_clock::now() + kLastWords);
  }

  Uploads& uploads_;
  const std::shared_ptr<Conversation> conversation_;
  const Program program_;
  const runtime::AdmissionGate::Lease lease_;
  const steady_clock::time_point deadline_;
  std::atomic<bool> is_receiving_ = true;
};

Uploads::Uploads(UploadsConfig config)
    : config_(std::move(config)),
      gate_(
          {.max_sessions = config_.max_uploads, .retry_after = kRetryAfter, .on_change = config_.on_active}),
      pool_({.workers = config_.max_uploads, .on_exception = config_.on_exception}) {}

Uploads::~Uploads() { Stop({}); }

void Uploads::Take(const std::shared_ptr<web::HttpExchange>& exchange, Program program) {
  auto lease = gate_.Admit();
  if (!lease.ok()) {
    const absl::Status refusal =
        absl::IsResourceExhausted(lease.status())
            ? runtime::WithRetryAfter(
                  absl::ResourceExhaustedError(absl::StrCat(
                      config_.max_uploads, " videos are being analysed, as many as may be; try again in ",
                      kRetryAfter.count(), " ms")),
                  kRetryAfter)
            : lease.status();
    return Refuse(exchange, refusal);
  }
  const auto upload =
      std::make_shared<Upload>(*this, Conversation::Start(exchange), std::move(program), *std::move(lease));
  const std::lock_guard lock(mutex_);
  if (is_stopping_) return;  // the gate was closed in between; the connection ends with the exchange
  uploads_.insert(upload.get());
  pool_.Submit([this, upload](int) {
    const absl::Cleanup leave = [this, &upload] { Leave(*upload); };
    upload->Run();
  });
}

void Uploads::Refuse(const std::shared_ptr<web::HttpExchange>& exchange, const absl::Status& status) {
  Report(OutcomeOf(status), status);
  exchange->Start({});
  exchange->Respond(ErrorResponse(status));
}

void Uploads::Leave(Upload& upload) {
  const std::lock_guard lock(mutex_);
  uploads_.erase(&upload);
  left_.notify_all();
}

void Uploads::Report(Outcome outcome, const absl::Status& status) const {
  if (config_.on_outcome) config_.on_outcome(outcome, status);
}

void Uploads::Drain() {
  gate_.Close();
  const std::lock_guard lock(mutex_);
  for (Upload* upload : uploads_) {
    if (upload->is_receiving()) upload->Abort(runtime::ShuttingDown());
  }
}

void Uploads::Stop(std::chrono::milliseconds grace) {
  Drain();
  {
    std::unique_lock lock(mutex_);
    is_stopping_ = true;
    left_.wait_for(lock, grace, [this] { return uploads_.empty(); });
    for (Upload* upload : uploads_) upload->Abort(runtime::ShuttingDown());
  }
  pool_.Shutdown();
}

}  // namespace trackfit::uploads
