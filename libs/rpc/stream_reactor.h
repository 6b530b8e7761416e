// Carries a StreamDriver's stream over gRPC.
#ifndef TRACKFIT_RPC_STREAM_REACTOR_H_
#define TRACKFIT_RPC_STREAM_REACTOR_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "rpc/authorization.h"
#include "rpc/deadline.h"
#include "rpc/runtime.h"
#include "rpc/server_instance.h"
#include "rpc/session_id.h"
#include "rpc/status.h"
#include "rpc/trace.h"
#include "runtime/admission_gate.h"
#include "streaming/stream_driver.h"
#include "streaming/stream_handler.h"

namespace trackfit::rpc {

// Lives until gRPC is done with it and the handler is destroyed.
template <class Request, class Response>
class StreamReactor final : public grpc::ServerBidiReactor<Request, Response>,
                            public streaming::StreamDriver<Request, Response> {
 public:
  // Starts an admitted stream; gRPC gets the reactor that it wants.
  static grpc::ServerBidiReactor<Request, Response>* Start(
      Runtime& runtime, grpc::CallbackServerContext* context, const std::string& method,
      runtime::AdmissionGate::Lease lease,
      const streaming::StreamHandlerFactory<Request, Response>& make_handler) {
    auto reactor =
        std::shared_ptr<StreamReactor>(new StreamReactor(runtime, context, method, std::move(lease)));
    reactor->self_ = reactor;
    // Tells the client that a server has taken its stream, and which, before a request of it can break it.
    context->AddInitialMetadata(kServerInstanceKey, runtime.instance());
    reactor->StartSendInitialMetadata();
    reactor->Run(make_handler, Driver::Reading::kWhenReady);
    return reactor.get();
  }

  // ServerBidiReactor:
  void OnSendInitialMetadataDone(bool /*ok*/) override { this->OnReady(); }
  void OnReadDone(bool ok) override {
    if (ok) {
      this->OnRequest(std::exchange(incoming_, Request()));
    } else if (context_->IsCancelled()) {
      this->Lose(this->CancelledStatus());
    } else {
      this->OnHalfClose();
    }
  }
  void OnWriteDone(bool ok) override { this->OnWritten(ok); }
  void OnCancel() override { this->Lose(this->CancelledStatus()); }
  void OnDone() override {
    const std::shared_ptr<StreamReactor> keep = std::move(self_);
    this->OnCallOver();
  }

 private:
  using Reactor = grpc::ServerBidiReactor<Request, Response>;
  using Driver = streaming::StreamDriver<Request, Response>;

  StreamReactor(Runtime& runtime, grpc::CallbackServerContext* context, const std::string& method,
                runtime::AdmissionGate::Lease lease)
      : Driver(runtime.stream_resources(),
               {.method = method,
                .session_id = SessionIdOf(*context),
                .trace = TraceOf(*context),
                .peer = context->peer(),
                .deadline = SteadyDeadline(context->deadline()),
                .authorization = AuthorizationOf(*context)},
               std::move(lease)),
        context_(context) {}

  // StreamDriver:
  void StartRead() override { Reactor::StartRead(&incoming_); }
  void StartWrite(const Response& response) override { Reactor::StartWrite(&response); }
  void GiveUpWrite() override { context_->TryCancel(); }
  void FinishCall(const absl::Status& status) override { Reactor::Finish(ToGrpcStatus(status, *context_)); }

  grpc::CallbackServerContext* const context_;  // valid until OnDone()
  std::shared_ptr<StreamReactor> self_;         // until OnDone()
  Request incoming_;                            // gRPC's while it reads
};

// Refuses a stream.
template <class Request, class Response>
class RefusedStream final : public grpc::ServerBidiReactor<Request, Response> {
 public:
  explicit RefusedStream(grpc::Status status) { this->Finish(std::move(status)); }
  void OnDone() override { delete this; }
};

// What a service's streaming method returns: an admitted stream driven by the handler that the factory makes,
// or a refusal.
template <class Request, class Response>
grpc::ServerBidiReactor<Request, Response>* OpenStream(
    Runtime& runtime, grpc::CallbackServerContext* context, const std::string& method,
    const streaming::StreamHandlerFactory<Request, Response>& make_handler) {
  absl::StatusOr<runtime::AdmissionGate::Lease> lease =
      streaming::AdmitStream(runtime.stream_resources(), method);
  if (!lease.ok()) {
    return new RefusedStream<Request, Response>(ToGrpcStatus(lease.status(), *context));
  }
  return StreamReactor<Request, Response>::Start(runtime, context, method, *std::move(lease), make_handler);
}

// The same for a stream that is to be refused whatever place there is; it is counted as a call of `method`.
template <class Request, class Response>
grpc::ServerBidiReactor<Request, Response>* RefuseStream(Runtime& runtime,
                                                         grpc::CallbackServerContext* context,
                                                         const std::string& method,
                                                         const absl::Status& status) {
  streaming::CountRefusal(runtime.stream_resources(), method, status);
  return new RefusedStream<Request, Response>(ToGrpcStatus(status, *context));
}

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_STREAM_REACTOR_H_
