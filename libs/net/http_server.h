// A small web server: pages that the process makes itself, for scrapers, probes and people.
#ifndef TRACKFIT_NET_HTTP_SERVER_H_
#define TRACKFIT_NET_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "net/probe_result.h"

namespace trackfit::net {

struct HttpRequest {
  std::string path;   // "/metrics"
  std::string query;  // what follows the "?", undecoded
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

// Makes one page; called on the server's thread, so it must be quick. Where it throws, the client gets 500.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

struct HttpServerConfig {
  std::map<std::string, HttpHandler> pages;  // by path; everything else is 404
  int max_connections = 32;
  std::size_t max_header_bytes = 8192;
  // For a whole request to come, an answer to be taken, the next request to follow.
  std::chrono::milliseconds timeout{10'000};
  // An exception that left a handler. May be empty.
  std::function<void(const std::string& what)> on_exception = nullptr;
};

// Answers GET and HEAD, over HTTP/1.1 with connections kept open, while it lives. One thread; a slow client
// holds up nobody. Listening goes on when connections are too many or descriptors run out.
class HttpServer {
 public:
  // `address` is host:port; port 0 picks a free one. Errors are those of Listen().
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const std::string& address,
                                                           HttpServerConfig config);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  // Hangs up on everybody.
  ~HttpServer();

  int port() const;
  // Whether its own port reacts within `limit`; blocks that long for each address at most.
  ProbeResult Probe(std::chrono::milliseconds limit) const;

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace trackfit::net

#endif  // TRACKFIT_NET_HTTP_SERVER_H_
