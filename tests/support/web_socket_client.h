// The client side of a WebSocket, frame by frame, so that tests can break every rule.
#ifndef TRACKFIT_TESTS_SUPPORT_WEB_SOCKET_CLIENT_H_
#define TRACKFIT_TESTS_SUPPORT_WEB_SOCKET_CLIENT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "support/client_socket.h"

namespace trackfit::testing {

class WebSocketClient {
 public:
  enum Opcode : uint8_t { kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

  struct Frame {
    uint8_t opcode = kBinary;
    std::string payload;
    bool fin = true;
    bool masked = true;
    uint8_t reserved = 0;  // three bits

    // Of a close frame; 0: it has none.
    int code() const {
      if (opcode != kClose || payload.size() < 2) return 0;
      return static_cast<uint8_t>(payload[0]) << 8 | static_cast<uint8_t>(payload[1]);
    }
    std::string reason() const { return payload.size() < 2 ? "" : payload.substr(2); }
  };

  // Asks for a WebSocket; `headers` are whole lines.
  explicit WebSocketClient(int port, const std::string& headers = "", const std::string& path = "/v1/analyze",
                           const char* source = "127.0.0.1")
      : socket_(port, source) {
    socket_.Send("GET " + path + " HTTP/1.1\r\nHost: localhost:" + std::to_string(port) +
                 "\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                 headers + "\r\n");
    std::size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos && FetchMore(5000)) {
    }
    answer_ = received_.substr(0, end);
    received_.erase(0, end == std::string::npos ? end : end + 4);
  }

  // The server's answer to that, without its body.
  const std::string& answer() const { return answer_; }
  bool open() const { return answer_.rfind("HTTP/1.1 101 ", 0) == 0; }
  const ClientSocket& socket() const { return socket_; }

  bool Send(const Frame& frame) { return socket_.Send(Encode(frame)); }
  bool SendBinary(std::string payload) { return Send({.opcode = kBinary, .payload = std::move(payload)}); }
  bool SendClose(int code) {
    return Send(
        {.opcode = kClose, .payload = {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)}});
  }

  // The next frame; nullopt when none comes within the time or the server has closed the connection.
  std::optional<Frame> Receive(int milliseconds = 5000) {
    while (true) {
      if (auto frame = TakeFrame()) return frame;
      if (!FetchMore(milliseconds)) return std::nullopt;
    }
  }
  // The payload of the next frame, which must be a whole binary message.
  std::optional<std::string> ReceiveBinary(int milliseconds = 5000) {
    const auto frame = Receive(milliseconds);
    if (!frame || frame->opcode != kBinary || !frame->fin) return std::nullopt;
    return frame->payload;
  }
  // Skips what comes before the server's close frame, and answers it; its code, or -1 where none comes.
  int AwaitClose(std::string* reason = nullptr) {
    while (const auto frame = Receive()) {
      if (frame->opcode != kClose) continue;
      if (reason != nullptr) *reason = frame->reason();
      Send({.opcode = kClose, .payload = frame->payload.substr(0, 2)});
      return frame->code();
    }
    return -1;
  }

  static std::string Encode(const Frame& frame) {
    constexpr char kMask[4] = {0x12, 0x34, 0x56, 0x78};
    std::string bytes;
    bytes += static_cast<char>((frame.fin ? 0x80 : 0) | frame.reserved << 4 | frame.opcode);
    const std::size_t size = frame.payload.size();
    const int extra = size < 126 ? 0 : size < 65536 ? 2 : 8;
    const std::size_t first = extra == 0 ? size : extra == 2 ? 126 : 127;
    bytes += static_cast<char>((frame.masked ? 0x80U : 0U) | first);
    for (int i = extra - 1; i >= 0; --i) bytes += static_cast<char>(size >> (8 * i) & 0xFF);
    if (!frame.masked) return bytes + frame.payload;
    bytes.append(kMask, sizeof(kMask));
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(frame.payload[i] ^ kMask[i % 4]);
    return bytes;
  }

 private:
  bool FetchMore(int milliseconds) {
    const std::string more = socket_.Receive(milliseconds);
    received_ += more;
    return !more.empty();
  }

  std::optional<Frame> TakeFrame() {
    const auto byte = [this](std::size_t i) { return static_cast<uint8_t>(received_[i]); };
    if (received_.size() < 2) return std::nullopt;
    std::size_t size = byte(1) & 0x7F;
    const std::size_t extra = size < 126 ? 0 : size == 126 ? 2 : 8;
    if (received_.size() < 2 + extra) return std::nullopt;
    if (extra > 0) size = 0;
    for (std::size_t i = 0; i < extra; ++i) size = size << 8 | byte(2 + i);
    if (received_.size() < 2 + extra + size) return std::nullopt;
    Frame frame{.opcode = static_cast<uint8_t>(byte(0) & 0x0F),
                .payload = received_.substr(2 + extra, size),
                .fin = (byte(0) & 0x80) != 0,
                .masked = (byte(1) & 0x80) != 0,
                .reserved = static_cast<uint8_t>(byte(0) >> 4 & 7)};
    received_.erase(0, 2 + extra + size);
    return frame;
  }

  ClientSocket socket_;
  std::string received_;
  std::string answer_;
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_WEB_SOCKET_CLIENT_H_
