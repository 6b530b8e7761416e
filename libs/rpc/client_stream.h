// The client's side of a gRPC bidirectional stream.
#ifndef TRACKFIT_RPC_CLIENT_STREAM_H_
#define TRACKFIT_RPC_CLIENT_STREAM_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "rpc/deadline.h"
#include "rpc/open_calls.h"
#include "rpc/server_instance.h"
#include "rpc/status.h"
#include "runtime/connection_lost.h"

namespace trackfit::rpc {

// Never blocks. Thread-safe. gRPC keeps it alive until the call is over, so its owner may release it at any
// time after Detach() or Cancel(); the channel and its OpenCalls must outlive it.
template <class Request, class Response>
class ClientStream final : public grpc::ClientBidiReactor<Request, Response>,
                           public std::enable_shared_from_this<ClientStream<Request, Response>> {
 public:
  // Called by gRPC's threads under the stream's lock: they must not block, nor call the stream back.
  struct Events {
    std::function<void(Response)> on_response;
    std::function<void()> on_written;  // a request was taken by the transport
    // The last event; the server's status, or a runtime::ConnectionLost() when a server had taken the stream
    // and then went away. That the transport takes a request says nothing: a connection may be dead by then.
    std::function<void(absl::Status)> on_closed;
  };
  // Makes the call, such as [&](auto* context, auto* reactor) { stub.async()->InferStream(context, reactor);
  // }.
  using MakeCall = std::function<void(grpc::ClientContext*, grpc::ClientBidiReactor<Request, Response>*)>;

  // The call ends with DEADLINE_EXCEEDED at the deadline; time_point::max(): never.
  static std::shared_ptr<ClientStream> Open(const MakeCall& make_call,
                                            const std::map<std::string, std::string>& metadata,
                                            std::chrono::steady_clock::time_point deadline, OpenCalls& calls,
                                            Events events) {
    std::shared_ptr<ClientStream> stream(new ClientStream(std::move(events)));
    stream->ticket_ = calls.Add([weak = std::weak_ptr(stream)] {
      if (const auto call = weak.lock()) call->Cancel();
    });
    const std::lock_guard lock(stream->mutex_);  // reactions wait until the call is set up
    stream->self_ = stream;
    for (const auto& [key, value] : metadata) stream->context_.AddMetadata(key, value);
    stream->context_.set_deadline(SystemDeadline(deadline));
    make_call(&stream->context_, stream.get());
    stream->AddHold();  // writes start outside of reactions; released when there can be no more
    stream->StartRead(&stream->response_);
    stream->StartCall();
    return stream;
  }

  // Sends behind everything written before; the caller bounds how much that is. Ignored once the stream is
  // over.
  void Write(std::shared_ptr<const Request> request) {
    const std::lock_guard lock(mutex_);
    if (over_ || no_more_) return;
    outbox_.push_back(std::move(request));
    WriteNext();
  }

  // Half-closes the stream behind everything written before.
  void CloseSending() {
    const std::lock_guard lock(mutex_);
    if (over_ || no_more_) return;
    no_more_ = true;
    WriteNext();
  }

  // No event comes any more.
  void Detach() {
    const std::lock_guard lock(mutex_);
    events_ = {};
  }

  // Detaches and ends the call.
  void Cancel() {
    Detach();
    context_.TryCancel();
  }

  void OnReadInitialMetadataDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    taken_ = ok;
  }

  void OnReadDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    if (!ok) return End();
    if (events_.on_response) events_.on_response(std::exchange(response_, {}));
    this->StartRead(&response_);
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    outbox_.pop_front();
    if (!ok) return End();
    if (events_.on_written) events_.on_written();
    WriteNext();
  }

  void OnDone(const grpc::Status& status) override {
    std::shared_ptr<ClientStream> keep;  // outlives the lock
    const std::lock_guard lock(mutex_);
    keep = std::move(self_);
    if (events_.on_closed) events_.on_closed(Cause(status));
    events_ = {};
  }

 private:
  explicit ClientStream(Events events) : events_(std::move(events)) {}

  // Under the lock.
  absl::Status Cause(const grpc::Status& status) const {
    absl::Status cause = FromGrpcStatus(status, context_);
    const bool reported = context_.GetServerTrailingMetadata().count(kReportedKey) > 0;
    if (!absl::IsUnavailable(cause) || !taken_ || reported) return cause;
    const auto& metadata = context_.GetServerInitialMetadata();
    const auto server = metadata.find(kServerInstanceKey);
    return server == metadata.end()
               ? runtime::ConnectionLost(std::move(cause))
               : runtime::ConnectionLost(std::move(cause), {server->second.data(), server->second.size()});
  }

  // Under the lock.
  void WriteNext() {
    if (writing_ || over_) return;
    if (!outbox_.empty()) {
      writing_ = true;
      this->StartWrite(outbox_.front().get());
    } else if (no_more_ && !half_closed_) {
      half_closed_ = true;
      this->StartWritesDone();
    }
  }

  // Under the lock: no operation can follow.
  void End() {
    if (over_) return;
    over_ = true;
    this->RemoveHold();
  }

  OpenCalls::Ticket ticket_;  // outlives the context
  grpc::ClientContext context_;
  std::shared_ptr<ClientStream> self_;  // until OnDone()

  std::mutex mutex_;
  Events events_;
  Response response_;                                  // gRPC's while it reads
  std::deque<std::shared_ptr<const Request>> outbox_;  // the front one is gRPC's while writing_
  bool taken_ = false;                                 // by a server
  bool writing_ = false;
  bool no_more_ = false;
  bool half_closed_ = false;
  bool over_ = false;
};

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_CLIENT_STREAM_H_
