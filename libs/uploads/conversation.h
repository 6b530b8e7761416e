// An exchange for a thread that waits for it.
#ifndef TRACKFIT_UPLOADS_CONVERSATION_H_
#define TRACKFIT_UPLOADS_CONVERSATION_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "web/http_exchange.h"

namespace trackfit::uploads {

// All but Abort() are for one thread, which is not the server's.
class Conversation {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // On the server's thread; starts the exchange.
  static std::shared_ptr<Conversation> Start(std::shared_ptr<web::HttpExchange> exchange);

  // The next piece of the body, "" behind the last. What web::HttpExchange tells when it is lost, what
  // Abort() said, or DEADLINE_EXCEEDED.
  absl::StatusOr<std::string> ReadBody(TimePoint deadline);
  // Returns when the piece is sent; with the same errors. The first piece follows `head`.
  absl::Status Send(const web::HttpResponse& head, std::string piece, TimePoint deadline);
  // Sends a piece although it was aborted, behind the one that may be on its way; false where that does not
  // work any more.
  bool SendLast(std::string piece, TimePoint deadline);
  bool has_begun() const { return has_begun_; }  // whether a piece has been sent

  // How it ends, one of these. The first two wait until the client has been sent what is left, for the server
  // may stop next.
  void Respond(web::HttpResponse response, TimePoint deadline);
  void End(TimePoint deadline);
  void Drop() { exchange_->Drop(); }

  // What to do as soon as it is lost or aborted, on whichever thread finds that; at once if it is. Replaces
  // what was to be done. Must be quick.
  void WhenOver(std::function<void()> call);
  // Why it is lost or was aborted; OK: it is not.
  absl::Status status() const;
  // From any thread: ends all waiting with this error.
  void Abort(absl::Status status);

 private:
  explicit Conversation(std::shared_ptr<web::HttpExchange> exchange) : exchange_(std::move(exchange)) {}

  // Also when it was aborted; false where it is lost, or the deadline passes.
  bool IsSent(std::unique_lock<std::mutex>& lock, TimePoint deadline);
  template <class Condition>
  absl::Status WaitFor(const Condition& condition, TimePoint deadline);

  const std::shared_ptr<web::HttpExchange> exchange_;
  bool has_begun_ = false;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::optional<std::string> piece_;
  bool sending_ = false;
  bool lost_ = false;
  absl::Status status_;
  std::function<void()> when_over_;
};

}  // namespace trackfit::uploads

#endif  // TRACKFIT_UPLOADS_CONVERSATION_H_
