// A TCP connection whose client is not waited for without a limit when a WebSocket over it ends.
#ifndef TRACKFIT_WEB_TCP_STREAM_H_
#define TRACKFIT_WEB_TCP_STREAM_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

#include "web/beast.h"

namespace trackfit::web {

class TcpStream : public beast::tcp_stream {
 public:
  using beast::tcp_stream::tcp_stream;
};

// That a client reads what was said last, and closes.
inline constexpr std::chrono::milliseconds kGoodbye{1000};

// Sends the end and discards what the client still sends, until it closes, too: closing with something
// unread would take what was said last away from it.
template <class Handler>
void Discard(TcpStream& stream, Handler&& handler) {
  ErrorCode ignored;
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  stream.expires_after(kGoodbye);
  auto bytes = std::make_shared<std::array<char, 4096>>();
  asio::async_compose<Handler, void(ErrorCode)>(
      [&stream, bytes = std::move(bytes)](auto& self, const ErrorCode& error = {}, std::size_t = 0) mutable {
        if (error) return self.complete({});
        auto& buffer = *bytes;
        stream.async_read_some(asio::buffer(buffer), std::move(self));
      },
      handler, stream);
}

// How Boost.Beast ends what is under a WebSocket; its own waits for the client as long as that likes.
template <class Handler>
void async_teardown(beast::role_type, TcpStream& stream, Handler&& handler) {
  Discard(stream, std::forward<Handler>(handler));
}

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_TCP_STREAM_H_
