// A WebSocket over a stream of Boost.Asio.
#ifndef TRACKFIT_WEB_WEB_SOCKET_CONNECTION_H_
#define TRACKFIT_WEB_WEB_SOCKET_CONNECTION_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/connection_lost.h"
#include "web/beast.h"
#include "web/http_shared.h"
#include "web/web_socket.h"

namespace trackfit::web {

// Everything happens on the stream's thread; calls from others are posted there. Its pending timer keeps it
// alive until it is over.
template <class Stream>
class WebSocketConnection final : public WebSocket,
                                  public std::enable_shared_from_this<WebSocketConnection<Stream>> {
 public:
  // `shared` outlives this.
  WebSocketConnection(Stream stream, WebSocketsShared& shared)
      : peer_(PeerOf(stream)), shared_(shared), socket_(std::move(stream)), timer_(socket_.get_executor()) {}
  ~WebSocketConnection() override { shared_.partial_bytes -= partial_bytes_; }

  // Answers the handshake, and names the subprotocol unless it is empty; `on_open` is called when that has
  // worked, and calls Start().
  void Accept(const http::request<http::empty_body>& request, const std::string& subprotocol,
              std::function<void(const std::shared_ptr<WebSocket>&)> on_open) {
    ExpireNever(socket_);  // it has a clock of its own
    websocket::stream_base::timeout timeout{};
    timeout.handshake_timeout = shared_.limits.handshake_timeout;
    timeout.idle_timeout = websocket::stream_base::none();
    socket_.set_option(timeout);
    socket_.read_message_max(shared_.limits.max_message_bytes);
    socket_.auto_fragment(false);
    socket_.binary(true);
    socket_.set_option(websocket::stream_base::decorator([subprotocol](websocket::response_type& response) {
      response.erase(http::field::server);
      if (!subprotocol.empty()) response.set(http::field::sec_websocket_protocol, subprotocol);
    }));
    socket_.control_callback([this](websocket::frame_type, beast::string_view) { last_heard_ = Now(); });
    socket_.async_accept(
        request, [self = this->shared_from_this(), on_open = std::move(on_open)](const ErrorCode& error) {
          if (!error) on_open(self);
        });
  }

  // WebSocket:
  void Start(Events events) override {
    events_ = std::move(events);
    last_heard_ = Now();
    Watch();
  }
  void Read() override {
    Post([](WebSocketConnection& self) {
      self.reading_ = true;
      self.last_heard_ = Now();
      self.ReadSome();
    });
  }
  void Send(std::string message) override {
    Post([message = std::move(message)](WebSocketConnection& self) mutable {
      self.outgoing_ = std::move(message);
      self.Write();
    });
  }
  void Close(int code, std::string reason) override {
    Post([code, reason = std::move(reason)](WebSocketConnection& self) {
      if (self.failed_) return self.Over();
      self.SendClose(self.own_code_.value_or(code), reason);
    });
  }
  void Drop() override {
    Post([](WebSocketConnection& self) { self.CloseConnection(); });
  }
  const std::string& peer() const override { return peer_; }

 private:
  // Read at a time: what a client only announces takes no memory.
  static constexpr std::size_t kReadBytes = 64 << 10;
  // A buffer of up to this size is kept for the next message.
  static constexpr std::size_t kKeptBytes = 4 << 10;

  static std::chrono::steady_clock::time_point Now() { return std::chrono::steady_clock::now(); }

  template <class Work>
  void Post(Work work) {
    asio::post(socket_.get_executor(),
               [self = this->shared_from_this(), work = std::move(work)]() mutable { work(*self); });
  }

  void ReadSome() {
    socket_.async_read_some(
        buffer_, kReadBytes,
        [self = this->shared_from_this()](const ErrorCode& error, std::size_t) { self->OnReadSome(error); });
  }

  void OnReadSome(const ErrorCode& error) {
    if (error) {
      failed_ = true;
      return Lost(StatusOf(error));
    }
    last_heard_ = Now();
    if (closing_) return;  // async_close() reads on, up to the client's close
    CountPartial(buffer_.size());
    if (socket_.got_text()) {
      return Break(kCloseUnsupportedData, absl::InvalidArgumentError("only binary messages are understood"));
    }
    if (shared_.partial_bytes > shared_.limits.max_partial_bytes) {
      return Break(std::nullopt, absl::ResourceExhaustedError("too many messages are on their way"));
    }
    if (!socket_.is_message_done()) return ReadSome();
    std::string message = beast::buffers_to_string(buffer_.data());
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > kKeptBytes) buffer_ = {};
    CountPartial(0);
    reading_ = false;
    if (events_.on_message) events_.on_message(std::move(message));
  }

  void CountPartial(std::size_t bytes) {
    shared_.partial_bytes += bytes - partial_bytes_;
    partial_bytes_ = bytes;
  }

  absl::Status StatusOf(const ErrorCode& error) const {
    if (error == websocket::error::closed) {
      return absl::CancelledError("the client closed the WebSocket");
    }
    if (error == websocket::error::message_too_big) {
      return absl::ResourceExhaustedError(
          absl::StrCat("a message has more than ", shared_.limits.max_message_bytes, " bytes"));
    }
    if (error == websocket::condition::protocol_violation) {
      return absl::InvalidArgumentError(absl::StrCat("not as RFC 6455 says: ", error.message()));
    }
    return runtime::ConnectionLost(
        absl::CancelledError(absl::StrCat("the connection was lost: ", error.message())));
  }

  void Write() {
    socket_.async_write(asio::buffer(outgoing_),
                        [self = this->shared_from_this()](const ErrorCode& error, std::size_t) {
                          self->outgoing_ = {};
                          if (error) self->failed_ = true;
                          if (self->events_.on_sent) self->events_.on_sent(!error);
                        });
  }

  // The client broke a rule that Beast does not know.
  void Break(std::optional<int> code, absl::Status status) {
    own_code_ = code;
    reading_ = false;
    Lost(std::move(status));
  }

  void Lost(absl::Status status) {
    buffer_ = {};
    CountPartial(0);
    if (std::exchange(lost_, true) || closing_) return;
    if (events_.on_lost) events_.on_lost(std::move(status));
  }

  void SendClose(int code, const std::string& reason) {
    closing_ = true;
    socket_.async_close({static_cast<websocket::close_code>(code), reason},
                        [self = this->shared_from_this()](const ErrorCode&) { self->Over(); });
  }

  void CloseConnection() {
    auto& lowest = beast::get_lowest_layer(socket_);
    lowest.close();
  }

  void Over() {
    if (std::exchange(over_, true)) return;
    CloseConnection();
    timer_.cancel();
    const Events events = std::exchange(events_, {});  // what they own goes with them
    if (events.on_over) events.on_over();
  }

  void Watch() {
    timer_.expires_after(shared_.limits.ping_interval);
    timer_.async_wait([self = this->shared_from_this()](const ErrorCode&) {
      if (self->over_) return;
      self->LookForLife();
      self->Watch();
    });
  }

  // Only while it reads: a pong is not seen otherwise.
  void LookForLife() {
    const auto silence = Now() - last_heard_;
    const auto interval = shared_.limits.ping_interval;
    if (!reading_ || closing_ || failed_) return;
    if (silence >= 3 * interval) {
      failed_ = true;
      CloseConnection();
      return Lost(runtime::ConnectionLost(absl::CancelledError("the client gives no sign of life")));
    }
    if (silence < interval / 2 || pinging_) return;
    pinging_ = true;
    socket_.async_ping({}, [self = this->shared_from_this()](const ErrorCode&) { self->pinging_ = false; });
  }

  const std::string peer_;
  WebSocketsShared& shared_;
  websocket::stream<Stream> socket_;
  asio::steady_timer timer_;
  Events events_;
  beast::flat_buffer buffer_;
  std::string outgoing_;
  std::size_t partial_bytes_ = 0;
  std::optional<int> own_code_;  // of the rule that the client broke
  std::chrono::steady_clock::time_point last_heard_ = Now();
  bool reading_ = false;
  bool pinging_ = false;
  bool lost_ = false;
  bool failed_ = false;  // nothing can be sent or read any more
  bool closing_ = false;
  bool over_ = false;
};

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_WEB_SOCKET_CONNECTION_H_
