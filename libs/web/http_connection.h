// One client's connection to a web server, over a stream of Boost.Asio.
#ifndef TRACKFIT_WEB_HTTP_CONNECTION_H_
#define TRACKFIT_WEB_HTTP_CONNECTION_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "web/beast.h"
#include "web/exchange_connection.h"
#include "web/goodbye.h"
#include "web/http_message.h"
#include "web/http_shared.h"
#include "web/web_socket_connection.h"

namespace trackfit::web {

// Reads requests, answers each, and becomes a WebSocket where the client asks for one. Kept alive by its
// pending handlers.
template <class Stream>
class HttpConnection : public std::enable_shared_from_this<HttpConnection<Stream>> {
 public:
  // `shared` outlives this.
  HttpConnection(Stream stream, HttpShared& shared) : stream_(std::move(stream)), shared_(shared) {}

  void Start() {
    if constexpr (IsTls<Stream>) {
      ExpireAfter(stream_, shared_.config.timeout);
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](const ErrorCode& error) {
                                if (!error) self->ReadNext();
                              });
    } else {
      ReadNext();
    }
  }

 private:
  using Body = http::span_body<const char>;

  void ReadNext() {
    parser_ = std::make_unique<BodyParser>();
    parser_->header_limit(static_cast<std::uint32_t>(shared_.config.max_header_bytes));
    parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
    ExpireAfter(stream_, shared_.config.timeout);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = this->shared_from_this()](const ErrorCode& error, std::size_t) {
                              if (error) return self->Refuse(error);
                              self->Handle(self->ReadRequest());
                            });
  }

  void Handle(const HttpRequest& request) {
    if (shared_.config.refuse) {
      if (auto refusal = shared_.config.refuse(request)) return SendLast(*std::move(refusal));
    }
    const auto page = shared_.config.post_pages.find(request.path);
    const bool takes_posts = page != shared_.config.post_pages.end();
    if (takes_posts && parser_->get().method() == http::verb::post) return HandlePost(request, page->second);
    if (!parser_->is_done()) {
      HttpResponse refusal = takes_posts ? Text(405, "bodies are taken by POST alone\n")
                                         : Text(413, "requests with a body are not understood here\n");
      if (takes_posts) refusal.headers = {{"Allow", "POST"}};
      return SendLast(std::move(refusal));
    }
    if (!BecameWebSocket(request)) Send(Answer(request));
  }

  // The stream is the exchange's then.
  void HandlePost(const HttpRequest& request, const PostPage& page) {
    page.on_post(request, std::make_shared<ExchangeConnection<Stream>>(std::move(stream_), std::move(buffer_),
                                                                       std::move(parser_),
                                                                       page.max_body_bytes, shared_));
  }

  static HttpResponse Text(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
  }

  // What the client sent was no request, or too large a one.
  void Refuse(const ErrorCode& error) {
    if (error == http::error::end_of_stream ||
        error.category() != make_error_code(http::error{}).category()) {
      return;  // it left
    }
    is_broken_ = true;
    if (error == http::error::header_limit) {
      return SendLast(
          Text(431, absl::StrCat("more than ", shared_.config.max_header_bytes, " bytes before the body\n")));
    }
    SendLast(Text(400, absl::StrCat("not HTTP: ", error.message(), "\n")));
  }

  HttpRequest ReadRequest() {
    const auto& message = parser_->get();
    const std::string target(message.target());
    const std::size_t path_end = std::min(target.find('?'), target.size());
    HttpRequest request{target.substr(0, path_end),
                        path_end < target.size() ? target.substr(path_end + 1) : "",
                        {},
                        PeerOf(stream_)};
    for (const auto& field : message) {
      std::string& value = request.headers[absl::AsciiStrToLower(std::string(field.name_string()))];
      value += (value.empty() ? "" : ", ") + std::string(field.value());
    }
    return request;
  }

  // Whether the client wanted a WebSocket and may have one; the stream is the socket's then.
  bool BecameWebSocket(const HttpRequest& request) {
    const auto& message = parser_->get();
    if (!websocket::is_upgrade(message)) return false;
    const auto page = shared_.config.web_sockets.find(request.path);
    if (page == shared_.config.web_sockets.end() || page->second.refuse(request)) return false;
    if (buffer_.size() > 0) return false;  // it must await our answer to the handshake before it sends
    const auto socket = std::make_shared<WebSocketConnection<Stream>>(std::move(stream_), shared_.sockets);
    const bool offered =
        http::token_list(message[http::field::sec_websocket_protocol]).exists(page->second.subprotocol);
    socket->Accept(http::request<http::empty_body>(message.base()), offered ? page->second.subprotocol : "",
                   [request, on_open = page->second.on_open](const std::shared_ptr<WebSocket>& opened) {
                     on_open(request, opened);
                   });
    return true;
  }

  HttpResponse Answer(const HttpRequest& request) const {
    const HttpServerConfig& config = shared_.config;
    if (const auto socket = config.web_sockets.find(request.path); socket != config.web_sockets.end()) {
      if (auto refusal = socket->second.refuse(request)) return *std::move(refusal);
      HttpResponse response = Text(426, "this is for WebSockets\n");
      response.headers = {{"Upgrade", "websocket"}};
      return response;
    }
    const auto method = parser_->get().method();
    if (method != http::verb::get && method != http::verb::head) {
      HttpResponse refusal = Text(405, "only GET and HEAD\n");
      refusal.headers = {{"Allow", "GET, HEAD"}};
      return refusal;
    }
    const auto page = config.pages.find(request.path);
    if (page == config.pages.end() && !config.other_pages) return Text(404, "see " + Paths() + "\n");
    try {
      return page == config.pages.end() ? config.other_pages(request) : page->second(request);
    } catch (const std::exception& exception) {
      if (config.on_exception) config.on_exception(exception.what());
    } catch (...) {
      if (config.on_exception) config.on_exception("unknown");
    }
    return Text(500, "this page is not available at the moment\n");
  }

  std::string Paths() const {
    std::string paths;
    for (const auto& [path, handler] : shared_.config.pages) paths += (paths.empty() ? "" : " ") + path;
    return paths;
  }

  // Nothing further is read of this client.
  void SendLast(HttpResponse response) {
    is_last_ = true;
    Send(std::move(response));
  }

  void Send(HttpResponse response) {
    const auto& request = parser_->get();
    answer_ = std::move(response);
    const std::string& body = answer_.kept_body ? *answer_.kept_body : answer_.body;
    message_ = {};
    message_.result(static_cast<unsigned>(answer_.status));
    message_.version(is_broken_ ? 11 : request.version());
    message_.keep_alive(request.keep_alive() && !is_last_ && !shared_.draining);
    message_.set(http::field::content_type, answer_.content_type);
    for (const auto& [name, value] : answer_.headers) message_.set(name, value);
    message_.body() = beast::span<const char>(body.data(), body.size());
    if (answer_.status == 304) {
      message_.erase(http::field::content_type);
    } else {
      message_.content_length(body.size());
    }
    serializer_.emplace(message_);
    serializer_->split(request.method() == http::verb::head);
    SendSome();
  }

  // Limits the time of each piece, not of the whole: files are large, and phones are slow.
  void SendSome() {
    ExpireAfter(stream_, shared_.config.timeout);
    http::async_write_some(stream_, *serializer_,
                           [self = this->shared_from_this()](const ErrorCode& error, std::size_t) {
                             if (error) return;
                             auto& serializer = *self->serializer_;
                             if (!(serializer.split() ? serializer.is_header_done() : serializer.is_done()))
                               return self->SendSome();
                             if (self->message_.keep_alive()) return self->ReadNext();
                             FarewellTo(self->stream_, self->shared_.config.timeout, self);
                           });
  }

  Stream stream_;
  HttpShared& shared_;
  beast::flat_buffer buffer_;
  std::unique_ptr<BodyParser> parser_;
  bool is_broken_ = false;  // what came was no request
  bool is_last_ = false;    // no further request is read
  HttpResponse answer_;     // message_ refers to it
  http::response<Body> message_;
  std::optional<http::response_serializer<Body>> serializer_;
};

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_HTTP_CONNECTION_H_
