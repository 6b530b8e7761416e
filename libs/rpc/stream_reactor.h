// Drives a StreamHandler from a gRPC bidirectional stream.
#ifndef TRACKFIT_RPC_STREAM_REACTOR_H_
#define TRACKFIT_RPC_STREAM_REACTOR_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "rpc/live_streams.h"
#include "rpc/runtime.h"
#include "rpc/session_id.h"
#include "rpc/status.h"
#include "rpc/stream_handler.h"
#include "runtime/admission_gate.h"
#include "runtime/byte_budget.h"
#include "runtime/guard.h"
#include "runtime/strand.h"
#include "telemetry/metrics.h"

namespace trackfit::rpc {

// Reads requests and hands them to the handler on the session's strand, at most `max_in_flight` at a time
// and only while the process and the session hold fewer bytes than they may (then it stops reading, and
// HTTP/2 flow control slows the client down); sends responses one at a time and in order; finishes once.
//
// gRPC's reactions and the handler's calls arrive on any thread and only change the state under the mutex.
// What the state asks of gRPC is done in Pump(), by one thread at a time and without the mutex (gRPC may call
// a reaction from within an operation), so no operation can follow Finish.
//
// Lives until gRPC is done with it and the handler is destroyed.
template <class Request, class Response>
class StreamReactor final : public grpc::ServerBidiReactor<Request, Response>,
                            public ResponseWriter<Response>,
                            public LiveStream,
                            public std::enable_shared_from_this<StreamReactor<Request, Response>> {
 public:
  // Starts an admitted stream; gRPC gets the reactor that it wants.
  static grpc::ServerBidiReactor<Request, Response>* Start(
      Runtime& runtime, grpc::CallbackServerContext* context, const std::string& method,
      runtime::AdmissionGate::Lease lease, const StreamHandlerFactory<Request, Response>& make_handler) {
    auto reactor =
        std::shared_ptr<StreamReactor>(new StreamReactor(runtime, context, method, std::move(lease)));
    reactor->strand_ = runtime::Strand::Create(
        runtime.pool(), [weak = reactor->weak_from_this()](const absl::Status& failed) {
          if (const auto stream = weak.lock()) stream->Fail(failed);
        });
    reactor->self_ = reactor;
    runtime.streams().Add(reactor);
    reactor->MakeHandler(make_handler);
    reactor->Pump();
    return reactor.get();
  }

  // ResponseWriter:
  void Write(Response response) override {
    {
      std::lock_guard lock(mutex_);
      if (status_) return;
      outbox_.push_back(std::move(response));
    }
    Pump();
  }
  void Finish(absl::Status status) override {
    End(std::move(status), Unsent::kSend);
    Pump();
  }

  // LiveStream:
  void Abort(absl::Status status) override {
    End(std::move(status), Unsent::kDrop);
    {
      std::lock_guard lock(mutex_);
      give_up_write_ = writing_ && Now() - last_progress_ > std::chrono::seconds(1);
    }
    Pump();
  }
  std::chrono::steady_clock::duration idle() const override {
    std::lock_guard lock(mutex_);
    const bool clients_turn = writing_ || (reading_ && in_flight_ == 0 && outbox_.empty());
    return clients_turn ? Now() - last_progress_ : std::chrono::steady_clock::duration::zero();
  }

  // ServerBidiReactor:
  void OnReadDone(bool ok) override {
    // gRPC swallows exceptions, and the stream would hang.
    const absl::Status done = runtime::Guard([&] {
      if (ok) {
        TakeRequest();
      } else if (context_->IsCancelled()) {
        End(CancelledStatus(), Unsent::kDrop);
      } else {
        TakeHalfClose();
      }
    });
    if (!done.ok()) return Fail(done);
    Pump();
  }
  void OnWriteDone(bool ok) override {
    {
      std::lock_guard lock(mutex_);
      writing_ = false;
      last_progress_ = Now();
      outbox_.pop_front();
    }
    if (!ok) End(CancelledStatus(), Unsent::kDrop);
    Pump();
  }
  void OnCancel() override {
    End(CancelledStatus(), Unsent::kDrop);
    Pump();
  }
  void OnDone() override {
    const std::shared_ptr<StreamReactor> keep = std::move(self_);
    {
      std::lock_guard lock(mutex_);
      call_is_over_ = true;
    }
    LeaveIfOver();
  }

 private:
  enum class Unsent { kSend, kDrop };
  using Held = std::list<runtime::ByteBudget::Lease>;  // of requests that the handler has
  enum class Operation { kNone, kRead, kWrite, kCancel, kFinish };

  StreamReactor(Runtime& runtime, grpc::CallbackServerContext* context, const std::string& method,
                runtime::AdmissionGate::Lease lease)
      : runtime_(runtime),
        context_(context),
        deadline_(context->deadline()),
        max_in_flight_(runtime.options().max_in_flight),
        session_id_(SessionIdOf(*context)),
        log_(runtime.log().With({{"session", session_id_}})),
        method_(method),
        lease_(std::move(lease)),
        call_(std::in_place, runtime.metrics(), method, telemetry::StreamBuckets()) {
    log_.Info("stream started", {{"method", method_}, {"peer", context->peer()}});
  }

  static std::chrono::steady_clock::time_point Now() { return std::chrono::steady_clock::now(); }

  absl::Status CancelledStatus() const {
    if (std::chrono::system_clock::now() >= deadline_) {
      return absl::DeadlineExceededError("the client's deadline has passed");
    }
    return absl::CancelledError("the stream was cancelled");
  }

  void MakeHandler(const StreamHandlerFactory<Request, Response>& make_handler) {
    strand_->Post([self = this->shared_from_this(), make_handler](int) {
      auto handler = make_handler({self->session_id_, self, self->strand_, self->deadline_, self->log_});
      if (handler.ok()) {
        self->handler_ = *std::move(handler);
      } else {
        self->Finish(handler.status());
      }
    });
  }

  // Ends this stream alone.
  void Fail(const absl::Status& failed) {
    runtime_.ReportException(log_, failed);
    Finish(failed);
  }

  void TakeRequest() {
    auto request = std::make_unique<Request>();
    request->Swap(&incoming_);
    const std::size_t bytes = request->ByteSizeLong();
    auto taken = runtime_.budget().TakeAnyway(bytes);  // they are here already; room is for the next to await
    Held::iterator held;
    {
      std::lock_guard lock(mutex_);
      ++in_flight_;
      held = held_.insert(held_.end(), std::move(taken));
      bytes_held_ += bytes;
      largest_request_ = std::max(largest_request_, bytes);
    }
    InFlight in_flight(
        [weak = this->weak_from_this()] {
          if (const auto self = weak.lock()) self->OnRequestAnswered();
        },
        std::shared_ptr<void>(nullptr, [weak = this->weak_from_this(), held, bytes](void*) {
          if (const auto self = weak.lock()) self->OnRequestGone(held, bytes);
        }));
    strand_->Post([self = this->shared_from_this(), request = std::move(request),
                   in_flight = std::move(in_flight)](int worker) mutable {
      if (self->HandlerIsOn()) {
        self->handler_->OnRequest(std::move(*request), std::move(in_flight), worker);
      }
    });
    // Only now may the next request be read: before, another thread could read and post it ahead of this one.
    std::lock_guard lock(mutex_);
    reading_ = false;
    last_progress_ = Now();
  }

  void TakeHalfClose() {
    {
      std::lock_guard lock(mutex_);
      reading_ = false;
      half_closed_ = true;
      last_progress_ = Now();
      if (status_) return;
    }
    strand_->Post([self = this->shared_from_this()](int worker) {
      if (self->HandlerIsOn()) self->handler_->OnHalfClose(worker);
    });
  }

  void OnRequestAnswered() {
    {
      std::lock_guard lock(mutex_);
      --in_flight_;
      last_progress_ = Now();
    }
    Pump();
  }

  void OnRequestGone(Held::iterator held, std::size_t bytes) {
    Held returned;  // without the mutex: others may read on at once
    {
      std::lock_guard lock(mutex_);
      if (!call_) return;  // all were returned already
      returned.splice(returned.end(), held_, held);
      bytes_held_ -= bytes;
      last_progress_ = Now();
    }
    returned.clear();
    Pump();
  }

  // On the strand.
  bool HandlerIsOn() const {
    std::lock_guard lock(mutex_);
    return handler_ != nullptr && !status_;
  }

  void End(absl::Status status, Unsent unsent) {
    std::lock_guard lock(mutex_);
    if (unsent == Unsent::kDrop && !outbox_.empty()) {
      outbox_.erase(outbox_.begin() + (writing_ ? 1 : 0), outbox_.end());
    }
    if (status_) return;
    status_ = std::move(status);
    strand_->Post([self = this->shared_from_this()](int) {
      const absl::Status done = runtime::Guard([&] {
        if (self->handler_) self->handler_->OnEnd();
      });
      if (!done.ok()) self->runtime_.ReportException(self->log_, done);
      self->handler_.reset();
      {
        std::lock_guard handler_lock(self->mutex_);
        self->handler_is_gone_ = true;
      }
      self->LeaveIfOver();
    });
  }

  void Pump() {
    const std::shared_ptr<StreamReactor> keep = this->shared_from_this();
    std::unique_lock lock(mutex_);
    if (pumping_) return;  // whoever pumps looks at the state again
    pumping_ = true;
    for (Operation next = TakeNext(); next != Operation::kNone; next = TakeNext()) {
      lock.unlock();
      Perform(next);
      lock.lock();
    }
    pumping_ = false;
  }

  Operation TakeNext() {
    if (finishing_) return Operation::kNone;
    if (give_up_write_) {
      give_up_write_ = false;
      return Operation::kCancel;
    }
    if (!writing_ && !outbox_.empty()) {
      writing_ = true;
      return Operation::kWrite;
    }
    if (status_) {
      if (writing_) return Operation::kNone;
      finishing_ = true;
      return Operation::kFinish;
    }
    const bool room = in_flight_ < max_in_flight_ && static_cast<int>(outbox_.size()) < max_in_flight_ &&
                      bytes_held_ < runtime_.session_bytes();
    if (!reading_ && !half_closed_ && room && MayHoldMore()) {
      reading_ = true;
      return Operation::kRead;
    }
    return Operation::kNone;
  }

  // Else whoever gives bytes back pumps. Under the mutex.
  bool MayHoldMore() {
    if (std::exchange(bytes_granted_, false)) return true;
    if (awaiting_bytes_) return false;
    awaiting_bytes_ = !runtime_.budget().HasRoomOrCall(
        largest_request_, [weak = this->weak_from_this(), &budget = runtime_.budget()] {
          const auto self = weak.lock();
          if (self == nullptr || !self->TakeGrant()) return budget.CallWaiting();  // the next one's turn
          self->Pump();
        });
    return !awaiting_bytes_;
  }

  bool TakeGrant() {
    std::lock_guard lock(mutex_);
    awaiting_bytes_ = false;
    bytes_granted_ = !status_;
    return bytes_granted_;
  }

  void Perform(Operation operation) {
    switch (operation) {
      case Operation::kNone:
        return;
      case Operation::kRead:
        return this->StartRead(&incoming_);
      case Operation::kWrite:
        return this->StartWrite(&NextResponse());
      case Operation::kCancel:
        return context_->TryCancel();
      case Operation::kFinish:
        // status_ never changes once it is set.
        return grpc::ServerBidiReactor<Request, Response>::Finish(ToGrpcStatus(*status_, *context_));
    }
  }

  // Stays in place until OnWriteDone(), whatever is written behind it.
  const Response& NextResponse() const {
    std::lock_guard lock(mutex_);
    return outbox_.front();
  }

  // The session's place is free only when nothing of it is left.
  void LeaveIfOver() {
    Held returned;
    {
      std::lock_guard lock(mutex_);
      if (!call_is_over_ || !handler_is_gone_ || !call_) return;
      const std::string code = absl::StatusCodeToString(status_->code());
      call_->set_code(code);
      log_.Info("stream ended", {{"method", method_},
                                 {"code", code},
                                 {"message", status_->message()},
                                 {"seconds", call_->seconds()}});
      call_.reset();
      lease_.reset();
      returned.swap(held_);
    }
    returned.clear();
    runtime_.budget().CallWaiting();  // a grant may be left that was not used
    runtime_.streams().Remove(this);
  }

  Runtime& runtime_;
  grpc::CallbackServerContext* const context_;  // valid until OnDone()
  const std::chrono::system_clock::time_point deadline_;
  const int max_in_flight_;
  const std::string session_id_;
  const telemetry::Logger log_;
  std::shared_ptr<runtime::Strand> strand_;
  const std::string method_;

  std::unique_ptr<StreamHandler<Request>> handler_;  // touched on the strand only
  std::shared_ptr<StreamReactor> self_;              // until OnDone()
  Request incoming_;                                 // gRPC's while reading_

  mutable std::mutex mutex_;
  std::optional<runtime::AdmissionGate::Lease> lease_;
  std::optional<telemetry::CallGuard> call_;
  std::deque<Response> outbox_;         // the front one is gRPC's while writing_
  std::optional<absl::Status> status_;  // set: the handler's work is over
  int in_flight_ = 0;
  Held held_;
  std::size_t bytes_held_ = 0;
  std::size_t largest_request_ = 0;
  bool awaiting_bytes_ = false;
  bool bytes_granted_ = false;  // a read that whoever gave bytes back let go first
  bool pumping_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool half_closed_ = false;
  bool give_up_write_ = false;
  bool finishing_ = false;
  bool call_is_over_ = false;
  bool handler_is_gone_ = false;
  std::chrono::steady_clock::time_point last_progress_ = Now();
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
    const StreamHandlerFactory<Request, Response>& make_handler) {
  absl::StatusOr<runtime::AdmissionGate::Lease> lease = runtime.gate().Admit();
  if (!lease.ok()) {
    telemetry::CallGuard call(runtime.metrics(), method, telemetry::StreamBuckets());
    call.set_code(absl::StatusCodeToString(lease.status().code()));
    return new RefusedStream<Request, Response>(ToGrpcStatus(lease.status(), *context));
  }
  return StreamReactor<Request, Response>::Start(runtime, context, method, *std::move(lease), make_handler);
}

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_STREAM_REACTOR_H_
