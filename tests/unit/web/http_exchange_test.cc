#include "web/http_exchange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "support/client_socket.h"
#include "web/http_server.h"

namespace trackfit::web {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using testing::ClientSocket;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::uint64_t kMaxBody = 1'000'000;

// A server with one page, and the last exchange that it was given. Its waiting ends after ten seconds.
class Desk {
 public:
  Desk() {
    HttpServerConfig config;
    config.timeout = milliseconds(1000);
    config.pages["/page"] = [](const HttpRequest&) { return HttpResponse{.body = "a page\n"}; };
    config.post_pages["/post"] = {
        .max_body_bytes = kMaxBody,
        .on_post = [this](const HttpRequest&, const std::shared_ptr<HttpExchange>& exchange) {
          Take(exchange);
        }};
    server_ = *HttpServer::Start("127.0.0.1:0", std::move(config));
  }
  ~Desk() {
    exchange_.reset();
    server_.reset();
  }

  int port() const { return server_->port(); }

  // Waits for it.
  HttpExchange& exchange() {
    Await([this] { return exchange_ != nullptr; });
    return *exchange_;
  }
  // The next piece of the body; nullopt: it does not come.
  std::optional<std::string> Read(milliseconds limit = milliseconds(10'000)) {
    exchange().Read();
    if (!Await([this] { return !pieces_.empty(); }, limit)) return std::nullopt;
    const std::lock_guard lock(mutex_);
    std::string piece = std::move(pieces_.front());
    pieces_.pop_front();
    return piece;
  }
  std::string ReadAll() {
    std::string body;
    for (std::optional<std::string> piece = Read(); piece && !piece->empty(); piece = Read()) body += *piece;
    return body;
  }
  bool Send(std::string piece, milliseconds limit = milliseconds(10'000)) {
    const int before = sent_;
    exchange().Send(std::move(piece));
    return Await([&] { return sent_ > before; }, limit);
  }
  bool AwaitSent(int count) {
    return Await([&] { return sent_ >= count; });
  }
  int sent() {
    const std::lock_guard lock(mutex_);
    return sent_;
  }
  // Why the client is lost; OK: it is not.
  absl::Status AwaitLost() {
    Await([this] { return !lost_.ok(); });
    const std::lock_guard lock(mutex_);
    return lost_;
  }

 private:
  void Take(const std::shared_ptr<HttpExchange>& exchange) {
    exchange->Start(
        {.on_body = [this](std::string piece) { Note([&] { pieces_.push_back(std::move(piece)); }); },
         .on_sent = [this] { Note([&] { ++sent_; }); },
         .on_lost = [this](absl::Status status) { Note([&] { lost_ = std::move(status); }); }});
    Note([&] { exchange_ = exchange; });
  }
  template <class Change>
  void Note(Change change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }
  template <class Condition>
  bool Await(Condition condition, milliseconds limit = milliseconds(10'000)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<HttpExchange> exchange_;
  std::deque<std::string> pieces_;
  int sent_ = 0;
  absl::Status lost_;
  std::unique_ptr<HttpServer> server_;
};

std::string Head(const std::string& headers) {
  return "POST /post HTTP/1.1\r\nHost: here\r\n" + headers + "\r\n";
}
std::string HeadWithLength(std::size_t bytes) {
  return Head("Content-Length: " + std::to_string(bytes) + "\r\n");
}

TEST(HttpExchange, PassesABodyOnAndAnswers) {
  Desk desk;
  const std::string body(300'000, 'x');
  const ClientSocket client(desk.port());
  std::thread sender([&] { client.Send(HeadWithLength(body.size()) + body); });
  EXPECT_EQ(desk.ReadAll(), body);
  sender.join();
  desk.exchange().Respond({.status = 202, .content_type = "text/x-test", .body = "thanks\n"});
  EXPECT_THAT(client.ReceiveAll(),
              AllOf(StartsWith("HTTP/1.1 202 Accepted\r\n"), HasSubstr("Content-Type: text/x-test\r\n"),
                    HasSubstr("Connection: close\r\n"), HasSubstr("Content-Length: 7\r\n"),
                    EndsWith("\r\n\r\nthanks\n")));
}

TEST(HttpExchange, PutsAChunkedBodyTogether) {
  Desk desk;
  const ClientSocket client(desk.port());
  client.Send(Head("Transfer-Encoding: chunked\r\n") + "5\r\nHello\r\n7;note=x\r\n, world\r\n0\r\n\r\n");
  EXPECT_EQ(desk.ReadAll(), "Hello, world");
}

TEST(HttpExchange, TakesABodyOfNothing) {
  Desk desk;
  const ClientSocket client(desk.port());
  client.Send(HeadWithLength(0));
  EXPECT_EQ(desk.Read(), "");
}

TEST(HttpExchange, AsksForABodyThatWaitsForThat) {
  Desk desk;
  const ClientSocket client(desk.port());
  client.Send(Head("Content-Length: 4\r\nExpect: 100-continue\r\n"));
  desk.exchange();
  EXPECT_EQ(client.Receive(100), "");  // nobody wants it yet
  std::thread sender([&] {
    EXPECT_EQ(client.Receive(), "HTTP/1.1 100 Continue\r\n\r\n");
    client.Send("body");
  });
  EXPECT_EQ(desk.ReadAll(), "body");
  sender.join();
}

TEST(HttpExchange, RefusesABodyBeforeItIsSent) {
  Desk desk;
  const ClientSocket client(desk.port());
  client.Send(Head("Content-Length: 4\r\nExpect: 100-continue\r\n"));
  desk.exchange().Respond({.status = 503, .body = "no\n"});
  EXPECT_THAT(client.ReceiveAll(), AllOf(StartsWith("HTTP/1.1 503 "), EndsWith("no\n")));
}

TEST(HttpExchange, RefusesABodyThatIsOnItsWay) {
  Desk desk;
  const ClientSocket client(desk.port());
  client.Send(HeadWithLength(900'000) + std::string(50'000, 'x'));
  desk.exchange().Respond({.status = 503, .body = "no\n"});
  client.Send(std::string(50'000, 'x'));
  EXPECT_THAT(client.ReceiveAll(), AllOf(StartsWith("HTTP/1.1 503 "), EndsWith("no\n")));
}

TEST(HttpExchange, RefusesAnAnnouncedBodyThatIsTooLarge) {
  Desk desk;
  const ClientSocket client(desk.port());
  client.Send(Head("Content-Length: 1000001\r\nExpect: 100-continue\r\n"));
  desk.exchange().Read();
  EXPECT_EQ(desk.AwaitLost(), absl::OutOfRangeError("the body has more than 1000000 bytes"));
  desk.exchange().Respond({.status = 413, .body = "no\n"});
  EXPECT_THAT(client.ReceiveAll(), StartsWith("HTTP/1.1 413 "));
}

TEST(HttpExchange, RefusesAChunkedBodyThatBecomesTooLarge) {
  Desk desk;
  const ClientSocket client(desk.port());
  std::thread sender([&] {
    client.Send(Head("Transfer-Encoding: chunked\r\n"));
    for (int i = 0; i < 11; ++i) client.Send("186a0\r\n" + std::string(100'000, 'x') + "\r\n");
  });
  EXPECT_EQ(desk.ReadAll().size(), kMaxBody);
  EXPECT_EQ(desk.AwaitLost().code(), absl::StatusCode::kOutOfRange);
  desk.exchange().Respond({.status = 413, .body = "no\n"});
  sender.join();
  EXPECT_THAT(client.ReceiveAll(), StartsWith("HTTP/1.1 413 "));
}

TEST(HttpExchange, TellsThatABodyIsBroken) {
  Desk desk;
  const ClientSocket client(desk.port());
  client.Send(Head("Transfer-Encoding: chunked\r\n") + "no number\r\n");
  desk.exchange().Read();
  EXPECT_EQ(desk.AwaitLost().code(), absl::StatusCode::kInvalidArgument);
  desk.exchange().Respond({.status = 400, .body = "no\n"});
  EXPECT_THAT(client.ReceiveAll(), StartsWith("HTTP/1.1 400 "));
}

TEST(HttpExchange, TellsThatABodyIsCutOff) {
  Desk desk;
  {
    const ClientSocket client(desk.port());
    client.Send(HeadWithLength(10) + "half");
    EXPECT_EQ(desk.Read(), "half");
  }
  desk.exchange().Read();
  EXPECT_EQ(desk.AwaitLost().code(), absl::StatusCode::kCancelled);
}

TEST(HttpExchange, GivesUpAClientThatSendsNothing) {
  Desk desk;
  const ClientSocket client(desk.port());
  client.Send(HeadWithLength(10) + "half");
  EXPECT_EQ(desk.Read(), "half");
  desk.exchange().Read();
  EXPECT_EQ(desk.AwaitLost().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(client.HangsUp(5000));
}

TEST(HttpExchange, TakesNothingThatNobodyAsksFor) {
  constexpr std::size_t kLarge = 100'000'000;
  HttpServerConfig config;
  std::promise<std::shared_ptr<HttpExchange>> taken;
  config.post_pages["/post"] = {
      .max_body_bytes = kLarge,
      .on_post = [&taken](const HttpRequest&, const std::shared_ptr<HttpExchange>& exchange) {
        exchange->Start({});
        taken.set_value(exchange);
      }};
  auto server = *HttpServer::Start("127.0.0.1:0", std::move(config));
  const ClientSocket client(server->port());
  std::atomic<std::size_t> sent = 0;
  std::thread sender([&] {
    client.Send(HeadWithLength(kLarge));
    while (sent < kLarge && client.Send(std::string(100'000, 'x'))) sent += 100'000;
  });
  std::shared_ptr<HttpExchange> exchange = taken.get_future().get();
  std::this_thread::sleep_for(milliseconds(300));
  const std::size_t before = sent;
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(sent, before);
  EXPECT_LT(before, kLarge / 2);  // what the kernel holds
  exchange.reset();
  server.reset();
  sender.join();
}

TEST(HttpExchange, SendsAnAnswerAsItComes) {
  Desk desk;
  const ClientSocket client(desk.port());
  client.Send(HeadWithLength(0));
  EXPECT_EQ(desk.ReadAll(), "");
  desk.exchange().Begin({.content_type = "text/x-test", .body = "", .headers = {{"X-Test", "yes"}}});
  ASSERT_TRUE(desk.Send("first"));
  EXPECT_THAT(client.Receive(),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Transfer-Encoding: chunked\r\n"),
                    HasSubstr("X-Test: yes\r\n"), Not(HasSubstr("Content-Length")),
                    EndsWith("\r\n\r\n5\r\nfirst\r\n")));
  ASSERT_TRUE(desk.Send("and the second"));
  EXPECT_EQ(client.Receive(), "e\r\nand the second\r\n");
  desk.exchange().End();
  EXPECT_EQ(client.ReceiveAll(), "0\r\n\r\n");
  EXPECT_TRUE(client.HangsUp(5000));
}

TEST(HttpExchange, SendsOldClientsAnAnswerWithoutChunks) {
  Desk desk;
  const ClientSocket client(desk.port());
  client.Send("POST /post HTTP/1.0\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(desk.ReadAll(), "");
  desk.exchange().Begin({});
  ASSERT_TRUE(desk.Send("first "));
  ASSERT_TRUE(desk.Send("second"));
  desk.exchange().End();
  EXPECT_THAT(client.ReceiveAll(), AllOf(StartsWith("HTTP/1.0 200 OK\r\n"), Not(HasSubstr("chunked")),
                                         EndsWith("\r\n\r\nfirst second")));
}

// Longer than the server's timeout: a reader may stop to think.
TEST(HttpExchange, WaitsForASlowReader) {
  Desk desk;
  const ClientSocket client(desk.port());
  client.Send(HeadWithLength(0));
  EXPECT_EQ(desk.ReadAll(), "");
  desk.exchange().Begin({});
  const std::string piece(20'000'000, 'x');
  EXPECT_FALSE(desk.Send(piece, milliseconds(1500)));
  EXPECT_EQ(desk.sent(), 0);
  std::thread reader([&] { EXPECT_GT(client.ReceiveAll().size(), piece.size()); });
  EXPECT_TRUE(desk.AwaitSent(1));
  desk.exchange().End();
  reader.join();
}

TEST(HttpExchange, NoticesThatAWaitingClientLeaves) {
  Desk desk;
  {
    const ClientSocket client(desk.port());
    client.Send(HeadWithLength(4) + "body");
    EXPECT_EQ(desk.ReadAll(), "body");
  }
  EXPECT_EQ(desk.AwaitLost().code(), absl::StatusCode::kCancelled);
}

TEST(HttpExchange, NoticesThatAReaderLeaves) {
  Desk desk;
  {
    const ClientSocket client(desk.port());
    client.Send(HeadWithLength(0));
    EXPECT_EQ(desk.ReadAll(), "");
    desk.exchange().Begin({});
    ASSERT_TRUE(desk.Send("first"));
  }
  EXPECT_EQ(desk.AwaitLost().code(), absl::StatusCode::kCancelled);
  desk.exchange().Drop();
}

TEST(HttpExchange, IsClosedWithoutAWord) {
  Desk desk;
  const ClientSocket client(desk.port());
  client.Send(HeadWithLength(0));
  EXPECT_EQ(desk.ReadAll(), "");
  desk.exchange().Drop();
  EXPECT_EQ(client.ReceiveAll(), "");
}

TEST(HttpExchange, IsOnlyWhereItIsWanted) {
  Desk desk;
  const ClientSocket body(desk.port());
  body.Send("POST /page HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_THAT(body.ReceiveAll(), StartsWith("HTTP/1.1 413 "));
  const ClientSocket put(desk.port());
  put.Send("PUT /post HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_THAT(put.ReceiveAll(), AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: POST")));
  const ClientSocket nobody(desk.port());
  nobody.Send("POST /page HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(nobody.ReceiveAll(), StartsWith("HTTP/1.1 405 "));
  const ClientSocket reader(desk.port());
  reader.Send("GET /post HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(reader.ReceiveAll(), StartsWith("HTTP/1.1 404 "));
}

TEST(HttpExchange, IsGoneWithItsServer) {
  std::optional<Desk> desk(std::in_place);
  const ClientSocket client(desk->port());
  client.Send(HeadWithLength(10) + "half");
  EXPECT_EQ(desk->Read(), "half");
  desk->exchange().Read();
  desk.reset();
  EXPECT_TRUE(client.HangsUp(5000));
}

}  // namespace
}  // namespace trackfit::web
