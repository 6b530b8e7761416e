// A web server for what the process holds in memory: generated pages, files, WebSockets; and for
// what comes and goes in pieces.
#ifndef TRACKFIT_WEB_HTTP_SERVER_H_
#define TRACKFIT_WEB_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "net/probe_result.h"
#include "net/refusal.h"
#include "tls/live_credentials.h"
#include "web/http_exchange.h"
#include "web/http_message.h"
#include "web/web_socket.h"

namespace trackfit::web {

// A path at which clients open WebSockets. Its functions are called on the server's thread.
struct WebSocketPage {
  // The answer to a client that may not open one; nullopt: it may. Never null.
  std::function<std::optional<HttpResponse>(const HttpRequest&)> refuse;
  // Takes over a socket whose handshake, with this request, is done, and calls its Start(). Never null.
  std::function<void(const HttpRequest&, const std::shared_ptr<WebSocket>&)> on_open;
  // The subprotocol that is spoken, told to clients that offer it; empty: none.
  std::string subprotocol = {};
};

struct HttpServerConfig {
  std::map<std::string, HttpHandler> pages;               // by path
  HttpHandler other_pages = nullptr;                      // for all other paths; empty: 404
  std::map<std::string, WebSocketPage> web_sockets = {};  // by path
  std::map<std::string, PostPage> post_pages = {};  // by path, which may be that of a page or WebSocket, too
  // The answer to a client that may see nothing here; nullopt: it may. Empty: all may.
  std::function<std::optional<HttpResponse>(const HttpRequest&)> refuse = nullptr;
  WebSocketLimits web_socket_limits = {};
  // Of HTTPS: a certificate and its key; each new connection gets the current ones. Null: plain HTTP.
  std::shared_ptr<const tls::LiveCredentials> tls = nullptr;
  int max_connections = 32;
  int max_connections_per_peer = 0;  // 0: all may be from one address
  int max_silent = 0;                // connections that have not sent a byte yet; 0: as many as connections
  std::size_t max_header_bytes = 8192;
  // For receiving a whole request, getting on with an answer, and waiting for the next request.
  std::chrono::milliseconds timeout{10'000};
  // Called with the message of an exception thrown by a handler. May be empty.
  std::function<void(const std::string& what)> on_exception = nullptr;
  // See net::AcceptorConfig. May be empty.
  std::function<void(net::Refusal)> on_refused = nullptr;
  std::function<void(int open)> on_count = nullptr;
};

// Serves GET and HEAD over HTTP/1.1 with persistent connections, WebSockets, and POST, from construction to
// destruction. Uses one thread; slow clients do not delay others. Keeps accepting when there are too many
// connections or descriptors run out.
class HttpServer {
 public:
  // `address` is host:port; port 0 picks a free one. Returns the errors of net::Listen().
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const std::string& address,
                                                           HttpServerConfig config);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  // Closes all connections.
  ~HttpServer();

  int port() const;
  // Whether its own port responds within `limit`; blocks at most that long per address.
  net::ProbeResult Probe(std::chrono::milliseconds limit) const;
  // No connection is accepted any more, and none is kept for a further request; WebSockets live on. Returns
  // when the port is closed.
  void StopListening();

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_HTTP_SERVER_H_
