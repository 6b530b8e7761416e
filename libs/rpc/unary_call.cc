#include "rpc/unary_call.h"

#include <memory>
#include <utility>

#include "rpc/status.h"
#include "telemetry/metrics.h"

namespace trackfit::rpc {
namespace {

class UnaryCall : public std::enable_shared_from_this<UnaryCall> {
 public:
  UnaryCall(Runtime& runtime, grpc::CallbackServerContext* context, const std::string& method, UnaryWork work)
      : runtime_(runtime),
        context_(context),
        reactor_(context->DefaultReactor()),
        method_(method),
        work_(std::move(work)),
        metrics_(runtime.metrics(), method, telemetry::WorkBuckets()) {}

  grpc::ServerUnaryReactor* reactor() const { return reactor_; }

  void Start() {
    const absl::Status submitted = runtime_.pool().TrySubmit(NextPart());
    if (!submitted.ok()) Finish(submitted);
  }

 private:
  serving::Task NextPart() {
    return [self = shared_from_this()](int worker) { self->Work(worker); };
  }

  void Work(int worker) {
    if (context_->IsCancelled()) return Finish(absl::CancelledError("the call was cancelled"));
    const absl::StatusOr<Progress> progress = work_(worker);
    if (progress.ok() && *progress == Progress::kMore) return runtime_.pool().Submit(NextPart());
    Finish(progress.status());
  }

  void Finish(const absl::Status& status) {
    metrics_.set_code(CodeName(status));
    if (!status.ok()) {
      runtime_.log().Info("call failed",
                          {{"method", method_}, {"code", CodeName(status)}, {"message", status.message()}});
    }
    work_ = nullptr;  // it refers to request and response, which end with the call
    reactor_->Finish(ToGrpcStatus(status, *context_));
  }

  Runtime& runtime_;
  grpc::CallbackServerContext* const context_;
  grpc::ServerUnaryReactor* const reactor_;
  const std::string method_;
  UnaryWork work_;
  telemetry::CallGuard metrics_;
};

}  // namespace

grpc::ServerUnaryReactor* RunUnary(Runtime& runtime, grpc::CallbackServerContext* context,
                                   const std::string& method, UnaryWork work) {
  const auto call = std::make_shared<UnaryCall>(runtime, context, method, std::move(work));
  grpc::ServerUnaryReactor* const reactor = call->reactor();
  call->Start();
  return reactor;
}

}  // namespace trackfit::rpc
