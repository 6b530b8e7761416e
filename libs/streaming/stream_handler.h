// The logic of one bidirectional stream, without its transport. A StreamDriver drives a handler from whatever
// carries the stream; a test drives it by hand.
#ifndef TRACKFIT_STREAMING_STREAM_HANDLER_H_
#define TRACKFIT_STREAMING_STREAM_HANDLER_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/strand.h"
#include "telemetry/log.h"
#include "telemetry/trace_context.h"

namespace trackfit::streaming {

// Where a handler's answers go. Thread-safe: a handler may answer from any thread, during a call to it or
// later.
template <class Response>
class ResponseWriter {
 public:
  virtual ~ResponseWriter() = default;

  // Sends behind everything written before. Ignored once the stream has ended.
  virtual void Write(Response response) = 0;

  // Ends the stream: what was written is still sent, then the status. The first call counts.
  virtual void Finish(absl::Status status) = 0;
};

// A request that is being processed. The stream reads on only while fewer than `max_in_flight` of
// these live, so a handler that answers later keeps it until then. A handler that releases it but keeps
// the request's contents keeps bytes() too, so that they still count as held. May outlive the stream.
class InFlight {
 public:
  explicit InFlight(absl::AnyInvocable<void()> on_done, std::shared_ptr<void> bytes = nullptr)
      : on_done_(std::move(on_done)), bytes_(std::move(bytes)) {}
  InFlight(InFlight&& other) noexcept
      : on_done_(std::exchange(other.on_done_, nullptr)), bytes_(std::move(other.bytes_)) {}
  InFlight& operator=(InFlight&& other) noexcept {
    std::swap(on_done_, other.on_done_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~InFlight() {
    bytes_.reset();  // the next request may need them
    if (on_done_) on_done_();
  }

  // The request's bytes count until the last of these dies.
  const std::shared_ptr<void>& bytes() const { return bytes_; }

 private:
  absl::AnyInvocable<void()> on_done_;
  std::shared_ptr<void> bytes_;
};

// All calls come on the session's strand: one at a time, in order, on a worker whose number is given. The
// handler is made, used and destroyed there. Calls must not block on other sessions or on the network. Where
// one throws, the stream ends with INTERNAL, as it does where a task that the handler posted throws.
template <class Request>
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;

  virtual void OnRequest(Request request, InFlight in_flight, int worker) = 0;

  // Whether of the requests that wait for the stream's turn only the newest matters. Then OnRequest() gets
  // that one, and OnSuperseded() those before it, in order, in the same turn: what is late does not make
  // what follows late. Asked at each turn.
  virtual bool newest_only() const { return false; }
  virtual void OnSuperseded(Request /*request*/, InFlight /*in_flight*/) {}

  // The client sends nothing more. Sooner or later the handler must call Finish().
  virtual void OnHalfClose(int worker) = 0;

  // The stream has ended with this status, by Finish() or by the client, a deadline or a drain; a
  // runtime::ConnectionLost() where the client may have lost it against its will. Nothing comes after this,
  // and nothing can be sent any more; the handler is destroyed next.
  virtual void OnEnd(const absl::Status& /*status*/) {}
};

// What a handler gets to work with.
template <class Response>
struct StreamSession {
  std::string id;                 // for logs; the caller's where it sent one
  telemetry::TraceContext trace;  // this server's span, the parent of those behind
  std::shared_ptr<ResponseWriter<Response>> responses;
  std::shared_ptr<runtime::Strand> strand;  // for the handler's own later tasks
  std::chrono::steady_clock::time_point deadline;
  telemetry::Logger log;           // carries the session's id and trace
  std::string peer = {};           // the client's address, as its transport writes it
  std::string authorization = {};  // "Bearer <key>", or whatever the client shows; not for logs
};

// Makes the handler of a new stream, on its strand. An error ends the stream with that status.
template <class Request, class Response>
using StreamHandlerFactory =
    std::function<absl::StatusOr<std::unique_ptr<StreamHandler<Request>>>(StreamSession<Response> session)>;

}  // namespace trackfit::streaming

#endif  // TRACKFIT_STREAMING_STREAM_HANDLER_H_
