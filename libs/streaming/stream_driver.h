// Drives a StreamHandler from a stream, whatever carries it.
#ifndef TRACKFIT_STREAMING_STREAM_DRIVER_H_
#define TRACKFIT_STREAMING_STREAM_DRIVER_H_

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
#include "runtime/admission_gate.h"
#include "runtime/byte_budget.h"
#include "runtime/connection_lost.h"
#include "runtime/guard.h"
#include "runtime/strand.h"
#include "streaming/live_streams.h"
#include "streaming/stream_handler.h"
#include "streaming/stream_resources.h"
#include "telemetry/metrics.h"
#include "telemetry/trace_context.h"

namespace trackfit::streaming {

// Who calls what.
struct StreamCall {
  std::string method;
  std::string session_id;
  telemetry::TraceContext trace = {};  // this server's span
  std::string peer;                    // for logs
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::string authorization = {};  // what the caller shows, as an HTTP header of that name says it; secret
};

// Reads requests and hands them to the handler on the session's strand, at most `max_in_flight` at a time
// and only while the process and the session hold fewer bytes than they may (then it stops reading, and the
// transport's flow control slows the client down); sends responses one at a time and in order; finishes once.
//
// What carries the stream derives from this: it tells what happens by the protected On...() and Lose(), from
// any thread, and does what Start...(), GiveUpWrite() and FinishCall() ask of it. These are called by one
// thread at a time and without the mutex (a transport may react from within an operation), so none follows
// FinishCall().
//
// Lives until the transport is done with it and the handler is destroyed.
template <class Request, class Response>
class StreamDriver : public ResponseWriter<Response>,
                     public LiveStream,
                     public std::enable_shared_from_this<StreamDriver<Request, Response>> {
 public:
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

 protected:
  // `resources` outlives this.
  StreamDriver(const StreamResources& resources, StreamCall call, runtime::AdmissionGate::Lease lease)
      : resources_(resources),
        call_(std::move(call)),
        log_(resources.log.With({{"session", call_.session_id}, {"trace_id", call_.trace.trace_id}})),
        waits_(resources.metrics.Histogram(
            "trackfit_request_wait_seconds",
            "Time that requests of streams wait for their turn once they are read.", telemetry::WorkBuckets(),
            {{"method", call_.method}})),
        lease_(std::move(lease)),
        counted_(std::in_place, resources.metrics, call_.method, telemetry::StreamBuckets()) {
    log_.Info("stream started", {{"method", call_.method}, {"peer", call_.peer}});
  }

  // Whether the transport may be read from at once, or not before OnReady().
  enum class Reading { kAtOnce, kWhenReady };

  // Once, as soon as a shared_ptr holds this.
  void Run(const StreamHandlerFactory<Request, Response>& make_handler, Reading reading = Reading::kAtOnce) {
    ready_ = reading == Reading::kAtOnce;
    strand_ =
        runtime::Strand::Create(resources_.pool, [weak = this->weak_from_this()](const absl::Status& failed) {
          if (const auto stream = weak.lock()) stream->Fail(failed);
        });
    resources_.streams.Add(this->shared_from_this());
    MakeHandler(make_handler);
    Pump();
  }

  // What the transport does. One read and one write at a time.
  //
  // OnRequest(), OnHalfClose() or Lose() follows.
  virtual void StartRead() = 0;
  // OnWritten() follows; the response stays in place until then.
  virtual void StartWrite(const Response& response) = 0;
  // OnWritten() follows soon for a write that does not get on.
  virtual void GiveUpWrite() = 0;
  // Ends the call; OnCallOver() follows, and nothing else is asked.
  virtual void FinishCall(const absl::Status& status) = 0;

  // What the transport tells.
  void OnReady() {
    {
      std::lock_guard lock(mutex_);
      ready_ = true;
    }
    Pump();
  }
  void OnRequest(Request request) {
    // Transports swallow exceptions, and the stream would hang.
    const absl::Status done = runtime::Guard([&] { TakeRequest(std::move(request)); });
    if (!done.ok()) return Fail(done);
    Pump();
  }
  // The client sends nothing more.
  void OnHalfClose() {
    const absl::Status done = runtime::Guard([&] { TakeHalfClose(); });
    if (!done.ok()) return Fail(done);
    Pump();
  }
  void OnWritten(bool ok) {
    {
      std::lock_guard lock(mutex_);
      writing_ = false;
      last_progress_ = Now();
      outbox_.pop_front();
    }
    if (!ok) End(CancelledStatus(), Unsent::kDrop);
    Pump();
  }
  // The stream can go no further.
  void Lose(absl::Status status) {
    End(std::move(status), Unsent::kDrop);
    Pump();
  }
  // Nothing comes from the transport after this.
  void OnCallOver() {
    {
      std::lock_guard lock(mutex_);
      call_is_over_ = true;
    }
    LeaveIfOver();
  }

  // For Lose() when the client has gone; whether it wanted to, transports cannot tell. The mutex orders this
  // behind the making of the stream, also on a thread of the transport's that has not been here before.
  absl::Status CancelledStatus() const {
    std::lock_guard lock(mutex_);
    if (Now() >= call_.deadline) {
      return absl::DeadlineExceededError("the client's deadline has passed");
    }
    return runtime::ConnectionLost(absl::CancelledError("the stream was cancelled"));
  }

 private:
  enum class Unsent { kSend, kDrop };
  using Held = std::list<runtime::ByteBudget::Lease>;  // of requests that the handler has
  struct Received {
    std::unique_ptr<Request> request;
    InFlight in_flight;
    std::chrono::steady_clock::time_point at;
  };
  enum class Operation { kNone, kRead, kWrite, kCancel, kFinish };

  static std::chrono::steady_clock::time_point Now() { return std::chrono::steady_clock::now(); }

  void MakeHandler(const StreamHandlerFactory<Request, Response>& make_handler) {
    strand_->Post([self = this->shared_from_this(), make_handler](int) {
      const StreamCall& call = self->call_;
      auto handler = make_handler({call.session_id, call.trace, self, self->strand_, call.deadline,
                                   self->log_, call.peer, call.authorization});
      if (handler.ok()) {
        self->handler_ = *std::move(handler);
      } else {
        self->Finish(handler.status());
      }
    });
  }

  // Ends this stream alone.
  void Fail(const absl::Status& failed) {
    resources_.report_exception(log_, failed);
    Finish(failed);
  }

  void TakeRequest(Request incoming) {
    auto request = std::make_unique<Request>(std::move(incoming));
    const std::size_t bytes = request->ByteSizeLong();
    auto taken = resources_.budget.TakeAnyway(bytes);  // they are here already; room is for the next to await
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
    {
      std::lock_guard lock(mutex_);
      inbox_.push_back({std::move(request), std::move(in_flight), Now()});
    }
    AskForTurn();
    // Only now may the next request be read: before, another thread could read and post it ahead of this one.
    std::lock_guard lock(mutex_);
    reading_ = false;
    last_progress_ = Now();
  }

  // At most one turn waits on the strand, whatever came meanwhile: each waits for all other sessions', and so
  // would what comes behind it, the end of the stream.
  void AskForTurn() {
    {
      std::lock_guard lock(mutex_);
      if (std::exchange(turn_is_due_, true)) return;
    }
    strand_->Post([self = this->shared_from_this()](int worker) { self->TakeTurn(worker); });
  }

  // On the strand: one request, or all where only the newest counts; the half-close behind the last.
  void TakeTurn(int worker) {
    std::deque<Received> turn;  // what it holds dies without the mutex
    bool on = false, half_closes = false, more = false;
    {
      std::lock_guard lock(mutex_);
      turn_is_due_ = false;
      on = handler_ != nullptr && !status_;
      if (!on || handler_->newest_only()) {
        turn.swap(inbox_);
      } else if (!inbox_.empty()) {
        turn.push_back(std::move(inbox_.front()));
        inbox_.pop_front();
      }
      half_closes = on && turn.empty() && std::exchange(half_close_is_due_, false);
      more = on && (!inbox_.empty() || half_close_is_due_);
    }
    if (more) AskForTurn();  // behind this one
    if (!on) return;
    if (half_closes) return handler_->OnHalfClose(worker);
    if (turn.empty()) return;
    for (; turn.size() > 1; turn.pop_front()) {
      handler_->OnSuperseded(std::move(*turn.front().request), std::move(turn.front().in_flight));
    }
    waits_.Observe(std::chrono::duration<double>(Now() - turn.front().at).count());
    handler_->OnRequest(std::move(*turn.front().request), std::move(turn.front().in_flight), worker);
  }

  void TakeHalfClose() {
    {
      std::lock_guard lock(mutex_);
      reading_ = false;
      half_closed_ = true;
      last_progress_ = Now();
      if (status_) return;
      half_close_is_due_ = true;
    }
    AskForTurn();
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
      if (!counted_) return;  // all were returned already
      returned.splice(returned.end(), held_, held);
      bytes_held_ -= bytes;
      last_progress_ = Now();
    }
    returned.clear();
    Pump();
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
        // status_ never changes once it is set.
        if (self->handler_) self->handler_->OnEnd(*self->status_);
      });
      if (!done.ok()) self->resources_.report_exception(self->log_, done);
      self->handler_.reset();
      {
        std::lock_guard handler_lock(self->mutex_);
        self->handler_is_gone_ = true;
      }
      self->LeaveIfOver();
    });
  }

  void Pump() {
    const std::shared_ptr<StreamDriver> keep = this->shared_from_this();
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
    const bool room = in_flight_ < resources_.max_in_flight &&
                      static_cast<int>(outbox_.size()) < resources_.max_in_flight &&
                      bytes_held_ < resources_.session_bytes;
    if (ready_ && !reading_ && !half_closed_ && room && MayHoldMore()) {
      reading_ = true;
      return Operation::kRead;
    }
    return Operation::kNone;
  }

  // Else whoever gives bytes back pumps. Under the mutex.
  bool MayHoldMore() {
    if (std::exchange(bytes_granted_, false)) return true;
    if (awaiting_bytes_) return false;
    awaiting_bytes_ = !resources_.budget.HasRoomOrCall(
        largest_request_, [weak = this->weak_from_this(), &budget = resources_.budget] {
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
        return StartRead();
      case Operation::kWrite:
        return StartWrite(NextResponse());
      case Operation::kCancel:
        return GiveUpWrite();
      case Operation::kFinish:
        // status_ never changes once it is set.
        return FinishCall(*status_);
    }
  }

  // Stays in place until OnWritten(), whatever is written behind it.
  const Response& NextResponse() const {
    std::lock_guard lock(mutex_);
    return outbox_.front();
  }

  // The session's place is free only when nothing of it is left, its bytes included.
  void LeaveIfOver() {
    std::optional<runtime::AdmissionGate::Lease> place;
    Held returned;  // without the mutex: others may read on at once
    {
      std::lock_guard lock(mutex_);
      if (!call_is_over_ || !handler_is_gone_ || !counted_) return;
      const std::string code = absl::StatusCodeToString(status_->code());
      counted_->set_code(code);
      log_.Info("stream ended", {{"method", call_.method},
                                 {"code", code},
                                 {"message", status_->message()},
                                 {"seconds", counted_->seconds()}});
      counted_.reset();
      place.swap(lease_);
      returned.swap(held_);
    }
    returned.clear();
    place.reset();
    resources_.budget.CallWaiting();  // a grant may be left that was not used
    resources_.streams.Remove(this);  // the last: a drain waits for it, and then all of this may go
  }

  const StreamResources& resources_;
  const StreamCall call_;
  const telemetry::Logger log_;
  std::shared_ptr<runtime::Strand> strand_;
  prometheus::Histogram& waits_;

  std::unique_ptr<StreamHandler<Request>> handler_;  // touched on the strand only

  mutable std::mutex mutex_;
  std::optional<runtime::AdmissionGate::Lease> lease_;
  std::optional<telemetry::CallGuard> counted_;
  std::deque<Received> inbox_;          // wait for the strand
  std::deque<Response> outbox_;         // the front one is the transport's while writing_
  std::optional<absl::Status> status_;  // set: the handler's work is over
  int in_flight_ = 0;
  Held held_;
  std::size_t bytes_held_ = 0;
  std::size_t largest_request_ = 0;
  bool awaiting_bytes_ = false;
  bool bytes_granted_ = false;  // a read that whoever gave bytes back let go first
  bool pumping_ = false;
  bool ready_ = true;
  bool reading_ = false;
  bool writing_ = false;
  bool half_closed_ = false;
  bool half_close_is_due_ = false;  // to be told to the handler
  bool turn_is_due_ = false;        // on the strand
  bool give_up_write_ = false;
  bool finishing_ = false;
  bool call_is_over_ = false;
  bool handler_is_gone_ = false;
  std::chrono::steady_clock::time_point last_progress_ = Now();
};

}  // namespace trackfit::streaming

#endif  // TRACKFIT_STREAMING_STREAM_DRIVER_H_
