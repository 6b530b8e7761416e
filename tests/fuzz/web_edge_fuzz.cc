// What a stranger may send to the web port: HTTP, bodies of POST, the handshake of a WebSocket, and its
// frames. The first byte says how the others arrive.
#include <boost/beast/_experimental/test/stream.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "web/http_connection.h"

namespace {

using namespace trackfit::web;  // NOLINT(google-build-using-namespace): this is its fuzz target

constexpr std::size_t kMostMessage = 1024;
constexpr char kHandshake[] =
    "GET /v1/analyze HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

void Require(bool condition) {
  if (!condition) std::abort();
}

// Sends each message back, and closes at an empty one.
void Echo(const HttpRequest&, const std::shared_ptr<WebSocket>& opened) {
  WebSocket* const socket = opened.get();  // which alone calls these
  socket->Start({
      .on_message =
          [socket](std::string message) {
            Require(message.size() <= kMostMessage);
            if (message.empty()) return socket->Close(kCloseNormal, "empty");
            socket->Send(std::move(message));
          },
      .on_sent =
          [socket](bool ok) {
            if (ok) socket->Read();
          },
      .on_lost = [socket](const absl::Status& status) { socket->Close(4000, std::string(status.message())); },
      .on_over = [] {},
  });
  socket->Read();
}

// Sends each piece back, and answers what is broken.
void EchoBody(const HttpRequest&, const std::shared_ptr<HttpExchange>& taken) {
  HttpExchange* const exchange = taken.get();  // which alone calls these
  const auto bytes = std::make_shared<std::size_t>(0);
  exchange->Start({
      .on_body =
          [exchange, bytes](std::string piece) {
            Require((*bytes += piece.size()) <= kMostMessage);
            if (piece.empty()) return *bytes > 0 ? exchange->End() : exchange->Respond({.body = "nothing\n"});
            if (*bytes == piece.size()) exchange->Begin({});
            exchange->Send(std::move(piece));
          },
      .on_sent = [exchange] { exchange->Read(); },
      .on_lost =
          [exchange, bytes](const absl::Status& status) {
            if (absl::IsCancelled(status) || *bytes > 0) return exchange->Drop();
            exchange->Respond({.status = 400, .body = std::string(status.message())});
          },
  });
  exchange->Read();
}

HttpServerConfig Config() {
  HttpServerConfig config;
  config.max_header_bytes = 1024;
  config.web_socket_limits.max_message_bytes = kMostMessage;
  config.web_socket_limits.max_partial_bytes = kMostMessage / 2;
  config.other_pages = [](const HttpRequest& request) {
    return HttpResponse{.body = request.path + request.query + request.Header("host")};
  };
  config.web_sockets["/v1/analyze"] = {
      .refuse = [](const HttpRequest&) -> std::optional<HttpResponse> { return std::nullopt; },
      .on_open = Echo};
  config.post_pages["/v1/analyze"] = {.max_body_bytes = kMostMessage, .on_post = EchoBody};
  return config;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const HttpServerConfig kConfig = Config();
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  HttpShared shared{kConfig, {kConfig.web_socket_limits}};
  {
    asio::io_context io;
    beast::test::stream server(io), client(io);
    server.connect(client);
    std::make_shared<HttpConnection<beast::test::stream>>(std::move(server), shared)->Start();
    // Frames may only follow when the handshake is answered.
    std::size_t sent = 0;
    const auto send = [&](const std::string& piece) {
      ErrorCode gone;
      client.write_some(asio::buffer(piece), gone);
      for (int steps = 0; steps < 10'000 && io.poll_one() > 0; ++steps) {
      }
    };
    if (data[0] % 2 == 1) send(kHandshake);
    const std::size_t step = data[0] < 64 ? bytes.size() : data[0] / 8;
    for (; sent < bytes.size(); sent += step) send(bytes.substr(sent, step));
    client.close();
    for (int steps = 0; steps < 10'000 && io.poll_one() > 0; ++steps) {
    }
  }
  Require(shared.sockets.partial_bytes == 0);
  return 0;
}
