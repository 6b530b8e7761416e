// An exchange over a stream of Boost.Asio.
#ifndef TRACKFIT_WEB_EXCHANGE_CONNECTION_H_
#define TRACKFIT_WEB_EXCHANGE_CONNECTION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "web/beast.h"
#include "web/goodbye.h"
#include "web/http_exchange.h"
#include "web/http_shared.h"

namespace trackfit::web {

using BodyParser = http::request_parser<http::buffer_body>;

// Everything happens on the stream's thread; calls from others are posted there.
template <class Stream>
class ExchangeConnection final : public HttpExchange,
                                 public std::enable_shared_from_this<ExchangeConnection<Stream>> {
 public:
  // `parser` has read the header, and `buffer` what came behind it. `shared` outlives this.
  ExchangeConnection(Stream stream, beast::flat_buffer buffer, std::unique_ptr<BodyParser> parser,
                     std::uint64_t max_body_bytes, const HttpShared& shared)
      : stream_(std::move(stream)),
        buffer_(std::move(buffer)),
        parser_(std::move(parser)),
        shared_(shared),
        max_body_bytes_(max_body_bytes),
        version_(parser_->get().version()),
        is_awaited_(version_ > 10 && beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
    parser_->body_limit(max_body_bytes);
  }

  // HttpExchange:
  void Start(Events events) override { events_ = std::move(events); }
  void Read() override {
    Post([](ExchangeConnection& self) {
      // The parser holds only chunks against a limit that it gets behind the header.
      if (self.parser_->content_length().value_or(0) > self.max_body_bytes_)
        return self.Lost(http::error::body_limit);
      if (std::exchange(self.is_awaited_, false)) return self.AskForBody();
      self.ReadSome();
    });
  }
  void Respond(HttpResponse response) override {
    Post([response = std::move(response)](ExchangeConnection& self) mutable {
      response.headers.emplace_back("Content-Length", absl::StrCat(response.body.size()));
      self.SendHead(response, false);
      self.Write(std::move(response.body), [](ExchangeConnection& sent) { sent.SayLast(); });
    });
  }
  void Begin(HttpResponse head) override {
    Post([head = std::move(head)](ExchangeConnection& self) { self.SendHead(head, self.version_ > 10); });
  }
  void Send(std::string piece) override {
    Post([piece = std::move(piece)](ExchangeConnection& self) mutable {
      self.Write(
          self.is_chunked_ ? absl::StrCat(absl::Hex(piece.size()), "\r\n", piece, "\r\n") : std::move(piece),
          [](ExchangeConnection& sent) {
            if (sent.events_.on_sent) sent.events_.on_sent();
          });
    });
  }
  void End() override {
    Post([](ExchangeConnection& self) {
      self.Write(self.is_chunked_ ? "0\r\n\r\n" : "", [](ExchangeConnection& sent) { sent.SayLast(); });
    });
  }
  void Drop() override {
    Post([](ExchangeConnection& self) { self.Close(); });
  }

 private:
  // Read at a time: what a client only announces takes no memory.
  static constexpr std::size_t kReadBytes = 64 << 10;

  template <class Work>
  void Post(Work work) {
    asio::post(stream_.get_executor(),
               [self = this->shared_from_this(), work = std::move(work)]() mutable { work(*self); });
  }

  void AskForBody() {
    ExpireAfter(stream_, shared_.config.timeout);
    asio::async_write(stream_, asio::buffer(kContinue.data(), kContinue.size()),
                      [self = this->shared_from_this()](const ErrorCode& error, std::size_t) {
                        if (error) return self->Lost(error);
                        self->ReadSome();
                      });
  }

  void ReadSome() {
    if (lost_ || over_) return;
    if (parser_->is_done()) return OnPiece({});
    piece_.resize(kReadBytes);
    parser_->get().body() = {.data = piece_.data(), .size = piece_.size(), .more = true};
    ExpireAfter(stream_, shared_.config.timeout);
    is_reading_ = true;
    http::async_read_some(stream_, buffer_, *parser_,
                          [self = this->shared_from_this()](const ErrorCode& error, std::size_t) {
                            self->is_reading_ = false;
                            if (self->over_) return self->Shutdown();
                            if (error && error != http::error::need_buffer) return self->Lost(error);
                            self->piece_.resize(kReadBytes - self->parser_->get().body().size);
                            if (self->piece_.empty()) return self->ReadSome();
                            self->OnPiece(std::exchange(self->piece_, {}));
                          });
  }

  void OnPiece(std::string piece) {
    if (piece.empty()) Watch();
    if (events_.on_body) events_.on_body(std::move(piece));
  }

  // Reads on behind the body, where nothing may come, to see that the client leaves.
  void Watch() {
    ExpireNever(stream_);
    is_reading_ = true;
    stream_.async_read_some(asio::buffer(behind_),
                            [self = this->shared_from_this()](const ErrorCode& error, std::size_t) {
                              self->is_reading_ = false;
                              if (self->over_) return self->Shutdown();
                              if (error) self->Lost(error);
                            });
  }

  void SendHead(const HttpResponse& response, bool chunked) {
    is_chunked_ = chunked;
    http::response_header<> header;
    header.version(version_);
    header.result(static_cast<unsigned>(response.status));
    header.set(http::field::content_type, response.content_type);
    header.set(http::field::connection, "close");
    if (chunked) header.set(http::field::transfer_encoding, "chunked");
    for (const auto& [name, value] : response.headers) header.set(name, value);
    std::ostringstream text;
    text << header;
    head_ = text.str();
  }

  // With the head in front, where it is not sent yet.
  void Write(std::string bytes, void (*then)(ExchangeConnection&)) {
    if (vanished_ || over_) return;
    outgoing_ = absl::StrCat(std::exchange(head_, {}), bytes);
    ExpireNever(stream_);  // the kernel gives up a client that takes nothing for a minute
    asio::async_write(stream_, asio::buffer(outgoing_),
                      [self = this->shared_from_this(), then](const ErrorCode& error, std::size_t) {
                        if (error) return self->Lost(error);
                        then(*self);
                      });
  }

  void Lost(const ErrorCode& error) {
    const bool is_rule = error.category() == make_error_code(http::error{}).category() &&
                         error != http::error::end_of_stream && error != http::error::partial_message;
    vanished_ = vanished_ || !is_rule;
    if (std::exchange(lost_, true) || over_) return;
    if (!events_.on_lost) return;
    if (error == http::error::body_limit) {
      return events_.on_lost(
          absl::OutOfRangeError(absl::StrCat("the body has more than ", max_body_bytes_, " bytes")));
    }
    if (is_rule)
      return events_.on_lost(absl::InvalidArgumentError(absl::StrCat("not HTTP: ", error.message())));
    events_.on_lost(absl::CancelledError(absl::StrCat("the client has gone: ", error.message())));
  }

  void SayLast() {
    if (events_.on_sent) events_.on_sent();
    SayGoodbye();
  }
  void SayGoodbye() {
    if (std::exchange(over_, true)) return;
    events_ = {};  // what they own goes with them
    if (!is_reading_) return Shutdown();
    if constexpr (requires { beast::get_lowest_layer(stream_).cancel(); }) {
      beast::get_lowest_layer(stream_).cancel();  // only one may read at a time
    }
  }
  void Shutdown() {
    if (closed_) return;
    FarewellTo(stream_, shared_.config.timeout, this->shared_from_this());
  }

  void Close() {
    over_ = closed_ = true;
    events_ = {};
    beast::get_lowest_layer(stream_).close();
  }

  static constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

  Stream stream_;
  beast::flat_buffer buffer_;
  const std::unique_ptr<BodyParser> parser_;
  const HttpShared& shared_;
  const std::uint64_t max_body_bytes_;
  const unsigned version_;
  bool is_awaited_;  // the client sends its body when it is told to
  Events events_;
  std::string piece_;
  std::array<char, 1> behind_{};
  std::string head_;
  std::string outgoing_;
  bool is_chunked_ = false;
  bool is_reading_ = false;
  bool lost_ = false;
  bool vanished_ = false;  // nothing can be sent any more
  bool over_ = false;      // all is said
  bool closed_ = false;
};

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_EXCHANGE_CONNECTION_H_
