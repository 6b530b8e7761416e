#include "rpc/unary_call.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "rpc/status.h"
#include "runtime/admission_gate.h"
#include "runtime/byte_budget.h"
#include "runtime/guard.h"
#include "streaming/live_streams.h"
#include "telemetry/metrics.h"

namespace trackfit::rpc {
namespace {

// Counts among the live streams until gRPC has sent the answer, so that a drain waits for it.
class UnaryCall final : public grpc::ServerUnaryReactor,
                        public streaming::LiveStream,
                        public std::enable_shared_from_this<UnaryCall> {
 public:
  UnaryCall(Runtime& runtime, grpc::CallbackServerContext* context, const std::string& method, UnaryWork work)
      : runtime_(runtime),
        context_(context),
        method_(method),
        work_(std::move(work)),
        metrics_(std::in_place, runtime.metrics(), method, telemetry::WorkBuckets()) {}

  void Start(std::size_t request_bytes) {
    self_ = shared_from_this();
    if (const absl::Status admitted = Admit(request_bytes); !admitted.ok()) return End(admitted);
    runtime_.streams().Add(self_);
    if (const absl::Status queued = runtime_.pool().TrySubmit(NextPart()); !queued.ok()) End(queued);
  }

  // LiveStream:
  void Abort(absl::Status status) override {
    std::lock_guard lock(mutex_);
    aborted_ = std::move(status);
  }
  std::chrono::steady_clock::duration idle() const override { return {}; }  // the client waits

  // ServerUnaryReactor:
  void OnDone() override {
    const std::shared_ptr<UnaryCall> keep = std::move(self_);
    metrics_.reset();
    place_.reset();
    runtime_.streams().Remove(this);
  }

 private:
  absl::Status Admit(std::size_t request_bytes) {
    auto place = runtime_.gate().Admit();
    if (!place.ok()) return place.status();
    auto bytes = runtime_.budget().Take(request_bytes);
    if (!bytes.ok()) return bytes.status();
    place_ = *std::move(place);
    bytes_ = *std::move(bytes);
    return absl::OkStatus();
  }

  runtime::Task NextPart() {
    return [self = shared_from_this()](int worker) { self->Work(worker); };
  }

  void Work(int worker) {
    if (context_->IsCancelled()) return End(absl::CancelledError("the call was cancelled"));
    if (const auto aborted = TakeAborted()) return End(*aborted);
    absl::StatusOr<Progress> progress = Progress::kDone;
    if (const absl::Status done = runtime::Guard([&] { progress = work_(worker); }); !done.ok()) {
      runtime_.ReportException(runtime_.log(), done);
      return End(done);
    }
    if (progress.ok() && *progress == Progress::kMore) return runtime_.pool().Submit(NextPart());
    End(progress.status());
  }

  std::optional<absl::Status> TakeAborted() {
    std::lock_guard lock(mutex_);
    return aborted_;
  }

  void End(const absl::Status& status) {
    const std::string code = absl::StatusCodeToString(status.code());
    metrics_->set_code(code);
    if (!status.ok()) {
      runtime_.log().Info("call failed",
                          {{"method", method_}, {"code", code}, {"message", status.message()}});
    }
    work_ = nullptr;  // it refers to request and response, which end with the call
    bytes_.reset();
    Finish(ToGrpcStatus(status, *context_));
  }

  Runtime& runtime_;
  grpc::CallbackServerContext* const context_;
  const std::string method_;
  UnaryWork work_;
  std::shared_ptr<UnaryCall> self_;  // until OnDone()
  std::optional<telemetry::CallGuard> metrics_;
  std::optional<runtime::AdmissionGate::Lease> place_;
  std::optional<runtime::ByteBudget::Lease> bytes_;

  std::mutex mutex_;
  std::optional<absl::Status> aborted_;
};

}  // namespace

grpc::ServerUnaryReactor* RunUnary(Runtime& runtime, grpc::CallbackServerContext* context,
                                   const std::string& method, std::size_t request_bytes, UnaryWork work) {
  const auto call = std::make_shared<UnaryCall>(runtime, context, method, std::move(work));
  call->Start(request_bytes);
  return call.get();
}

}  // namespace trackfit::rpc
