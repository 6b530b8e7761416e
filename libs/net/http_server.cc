#include "net/http_server.h"

#include <algorithm>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdint>
#include <exception>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "net/acceptor.h"
#include "net/asio.h"
#include "net/listen.h"
#include "net/probe.h"

namespace trackfit::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

using Message = http::response<http::string_body>;

// One client's connection, kept alive by its pending handlers.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, const HttpServerConfig& config)
      : stream_(std::move(socket)), config_(config) {}

  void ReadNext() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(config_.max_header_bytes));
    parser_->body_limit(std::uint64_t{0});
    stream_.expires_after(config_.timeout);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                       if (!error) self->Answer();
                     });
  }

 private:
  void Answer() {
    const auto& request = parser_->get();
    response_ = Respond(request);
    response_.version(request.version());
    response_.keep_alive(request.keep_alive());
    response_.prepare_payload();
    stream_.expires_after(config_.timeout);
    const auto sent = [self = shared_from_this()](const ErrorCode& error, std::size_t) {
      if (error) return;
      if (self->response_.keep_alive()) return self->ReadNext();
      ErrorCode ignored;
      self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    };
    if (request.method() == http::verb::head) {
      head_.emplace(response_);
      http::async_write_header(stream_, *head_, sent);
    } else {
      http::async_write(stream_, response_, sent);
    }
  }

  Message Respond(const http::request<http::empty_body>& request) const {
    if (request.method() != http::verb::get && request.method() != http::verb::head) {
      Message refusal = Text(405, "only GET and HEAD\n");
      refusal.set(http::field::allow, "GET, HEAD");
      return refusal;
    }
    const std::string target(request.target());
    const std::size_t path_end = std::min(target.find('?'), target.size());
    const HttpRequest wanted{target.substr(0, path_end),
                             path_end < target.size() ? target.substr(path_end + 1) : ""};
    const auto page = config_.pages.find(wanted.path);
    if (page == config_.pages.end()) return Text(404, "see " + Paths() + "\n");
    try {
      HttpResponse made = page->second(wanted);
      Message answer = Text(made.status, std::move(made.body));
      answer.set(http::field::content_type, made.content_type);
      return answer;
    } catch (const std::exception& exception) {
      if (config_.on_exception) config_.on_exception(exception.what());
    } catch (...) {
      if (config_.on_exception) config_.on_exception("unknown");
    }
    return Text(500, "this page is not available at the moment\n");
  }

  static Message Text(int status, std::string body) {
    Message message(static_cast<http::status>(status), 11, std::move(body));
    message.set(http::field::content_type, "text/plain; charset=utf-8");
    return message;
  }

  std::string Paths() const {
    std::string paths;
    for (const auto& [path, handler] : config_.pages) paths += (paths.empty() ? "" : " ") + path;
    return paths;
  }

  beast::tcp_stream stream_;
  const HttpServerConfig& config_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::empty_body>> parser_;
  Message response_;
  std::optional<http::response_serializer<http::string_body>> head_;
};

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpServerConfig config, std::unique_ptr<asio::io_context> io, std::vector<tcp::acceptor> listening)
      : config_(std::move(config)),
        io_(std::move(io)),
        acceptor_(*io_, std::move(listening), MakeAcceptorConfig()),
        thread_([this] { RunForever(*io_, [this](const std::exception& e) { Report(e); }); }) {}

  ~Impl() {
    io_->stop();
    thread_.join();
  }

  const Acceptor& acceptor() const { return acceptor_; }

 private:
  AcceptorConfig MakeAcceptorConfig() const {
    AcceptorConfig config;
    config.max_connections = config_.max_connections;
    config.max_per_peer = config_.max_connections;
    config.max_silent = config_.max_connections;
    config.first_byte_timeout = config_.timeout;
    config.on_connection = [this](tcp::socket socket) {
      std::make_shared<Connection>(std::move(socket), config_)->ReadNext();
    };
    return config;
  }
  void Report(const std::exception& exception) const {
    if (config_.on_exception) config_.on_exception(exception.what());
  }

  const HttpServerConfig config_;
  const std::unique_ptr<asio::io_context> io_;  // its handlers own the connections
  Acceptor acceptor_;
  std::thread thread_;
};

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const std::string& address,
                                                              HttpServerConfig config) try {
  auto io = std::make_unique<asio::io_context>(1);
  auto listening = Listen(*io, address);
  if (!listening.ok()) return listening.status();
  return std::unique_ptr<HttpServer>(
      new HttpServer(std::make_unique<Impl>(std::move(config), std::move(io), *std::move(listening))));
} catch (const std::exception& exception) {
  return absl::UnavailableError(exception.what());  // no descriptors, no threads
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

int HttpServer::port() const { return impl_->acceptor().port(); }

ProbeResult HttpServer::Probe(std::chrono::milliseconds limit) const {
  return net::Probe(impl_->acceptor().endpoints(), "HEAD / HTTP/1.0\r\n\r\n", limit);
}

}  // namespace trackfit::net
