// The server's end of a WebSocket (RFC 6455) whose handshake is done.
#ifndef TRACKFIT_WEB_WEB_SOCKET_H_
#define TRACKFIT_WEB_WEB_SOCKET_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/status.h"

namespace trackfit::web {

// Close codes of RFC 6455 that this server gives itself.
inline constexpr int kCloseNormal = 1000;
inline constexpr int kCloseGoingAway = 1001;
inline constexpr int kCloseUnsupportedData = 1003;

struct WebSocketLimits {
  std::size_t max_message_bytes = 16 << 20;  // a larger message ends its socket with 1009
  // Of the messages of all sockets of a server that have begun to come and are not complete.
  std::size_t max_partial_bytes = 256 << 20;
  // From silence of this length on, while the server reads, the client is asked whether it is there; one that
  // gives no sign of life for three times as long is lost.
  std::chrono::milliseconds ping_interval{20'000};
  // For the answer to the handshake, and for the client's close after ours.
  std::chrono::milliseconds handshake_timeout{10'000};
};

// Binary messages only; text ends the socket with 1003. While nobody asks it to read, it reads nothing, and
// TCP slows the client down. Methods may be called from any thread, after Start().
class WebSocket {
 public:
  // Called on the server's thread, one at a time; must not block.
  struct Events {
    std::function<void(std::string message)> on_message;  // what Read() asked for
    std::function<void(bool ok)> on_sent;                 // what Send() sent
    // The client has gone or broken a rule. Close() is still to be called. CANCELLED when it closed or
    // vanished (then it is a runtime::ConnectionLost()), RESOURCE_EXHAUSTED for what is too large,
    // INVALID_ARGUMENT for other rules.
    std::function<void(absl::Status status)> on_lost;
    std::function<void()> on_over;  // after Close(); nothing comes behind it
  };

  virtual ~WebSocket() = default;

  // Once, on the server's thread, before anything else.
  virtual void Start(Events events) = 0;
  // One message; not before the previous one has come.
  virtual void Read() = 0;
  // One message; not before the previous one was sent.
  virtual void Send(std::string message) = 0;
  // Ends it with a close code and a reason, once, while nothing is being sent. A code that the socket has
  // given itself, because of a broken rule, stays.
  virtual void Close(int code, std::string reason) = 0;
  // Closes the connection under it without a word; what is being sent or read fails.
  virtual void Drop() = 0;

  // The client's address and port, for logs.
  virtual const std::string& peer() const = 0;
};

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_WEB_SOCKET_H_
