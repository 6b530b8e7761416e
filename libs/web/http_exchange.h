// A request whose body comes piece by piece, and whose answer goes piece by piece.
#ifndef TRACKFIT_WEB_HTTP_EXCHANGE_H_
#define TRACKFIT_WEB_HTTP_EXCHANGE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "web/http_message.h"

namespace trackfit::web {

// The server's end of it. While nobody asks it to read, it reads nothing, and TCP slows the client down. Its
// connection serves no further request. Methods may be called from any thread, after Start().
class HttpExchange {
 public:
  // Called on the server's thread, one at a time; must not block.
  struct Events {
    std::function<void(std::string piece)> on_body;  // what Read() asked for; "": the body is complete
    std::function<void()> on_sent;                   // what Send(), End() or Respond() sent
    // Once: the client has gone or broken a rule, and nothing comes behind it. CANCELLED when it vanished or
    // is too slow; otherwise it can still be answered: OUT_OF_RANGE where the body is too large,
    // INVALID_ARGUMENT where it is no HTTP.
    std::function<void(absl::Status status)> on_lost;
  };

  virtual ~HttpExchange() = default;

  // Once, before anything else.
  virtual void Start(Events events) = 0;
  // The next piece of the body; not before the previous one has come. The first tells a client that awaits
  // that (Expect: 100-continue) to send it.
  virtual void Read() = 0;
  // A whole answer, instead of Begin(), Send() and End().
  virtual void Respond(HttpResponse response) = 0;
  // The answer without its body, which follows in pieces of unknown number.
  virtual void Begin(HttpResponse head) = 0;
  // The next piece of the answer; not empty, and not before the previous one was sent. How long the client
  // takes is not limited here.
  virtual void Send(std::string piece) = 0;
  // The answer is complete.
  virtual void End() = 0;
  // Closes the connection without a word: what was sent of an answer is not the whole of it.
  virtual void Drop() = 0;
};

// A path that takes POST.
struct PostPage {
  std::uint64_t max_body_bytes = 64 << 20;  // more: the exchange is lost
  // Takes over an exchange, calls its Start(), then or later on another thread, and reads its body or answers
  // it at once. Called on the server's thread; never null. An exchange may be kept as long as the server
  // lives.
  std::function<void(const HttpRequest&, const std::shared_ptr<HttpExchange>&)> on_post;
};

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_HTTP_EXCHANGE_H_
