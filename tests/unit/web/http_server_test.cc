#include "web/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/client_socket.h"

namespace trackfit::web {
namespace {

using ::testing::AllOf;
using testing::ClientSocket;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

HttpServerConfig TestConfig() {
  HttpServerConfig config;
  config.pages["/page"] = [](const HttpRequest& request) {
    return HttpResponse{200, "text/x-test", "you asked for " + request.path + " " + request.query + "\n"};
  };
  config.pages["/broken"] = [](const HttpRequest&) -> HttpResponse {
    throw std::runtime_error("out of ink");
  };
  config.pages["/long"] = [](const HttpRequest&) {
    return HttpResponse{.body = std::string(20'000'000, 'x')};
  };
  return config;
}

std::unique_ptr<HttpServer> StartServer(HttpServerConfig config = TestConfig()) {
  return *HttpServer::Start("127.0.0.1:0", std::move(config));
}

// Sends `request` and returns the whole response.
std::string Exchange(int port, const std::string& request) {
  const ClientSocket client(port);
  return client.Send(request) ? client.ReceiveAll() : "not connected";
}

TEST(HttpServer, ServesItsPages) {
  const auto server = StartServer();
  const std::string page = Exchange(server->port(), "GET /page HTTP/1.0\r\n\r\n");
  EXPECT_THAT(page,
              AllOf(StartsWith("HTTP/1.0 200 OK\r\n"), HasSubstr("\r\nContent-Type: text/x-test\r\n"),
                    HasSubstr("\r\nContent-Length: 21\r\n"), EndsWith("\r\n\r\nyou asked for /page \n")));
  EXPECT_THAT(Exchange(server->port(), "GET /page?name=x HTTP/1.0\r\n\r\n"), EndsWith("/page name=x\n"));
}

TEST(HttpServer, AnswersHeadWithoutABody) {
  const auto server = StartServer();
  EXPECT_THAT(Exchange(server->port(), "HEAD /page HTTP/1.0\r\n\r\n"),
              AllOf(HasSubstr("\r\nContent-Length: 21\r\n"), EndsWith("\r\n\r\n")));
}

TEST(HttpServer, RefusesUnknownPagesAndMethods) {
  const auto server = StartServer();
  EXPECT_THAT(Exchange(server->port(), "GET /secrets HTTP/1.0\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.0 404"), HasSubstr("/page")));
  EXPECT_THAT(Exchange(server->port(), "DELETE /page HTTP/1.0\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.0 405"), HasSubstr("Allow: GET, HEAD")));
}

TEST(HttpServer, AnswersSeveralRequestsOnOneConnection) {
  const auto server = StartServer();
  const ClientSocket client(server->port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.Send("GET /page HTTP/1.1\r\nHost: here\r\n\r\n"));
    EXPECT_THAT(client.Receive(), StartsWith("HTTP/1.1 200"));
  }
}

TEST(HttpServer, AnswersWithAnErrorWhenAPageThrows) {
  std::string reported;
  HttpServerConfig config = TestConfig();
  config.on_exception = [&](const std::string& what) { reported = what; };
  const auto server = StartServer(std::move(config));
  EXPECT_THAT(Exchange(server->port(), "GET /broken HTTP/1.0\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.0 500"), Not(HasSubstr("ink"))));
  EXPECT_EQ(reported, "out of ink");
  EXPECT_THAT(Exchange(server->port(), "GET /page HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.0 200"));
}

TEST(HttpServer, ClosesConnectionsWithEndlessRequests) {
  const auto server = StartServer();
  EXPECT_THAT(Exchange(server->port(), "GET /" + std::string(20'000, 'x')),
              AllOf(StartsWith("HTTP/1.1 431"), HasSubstr("\r\nConnection: close\r\n")));
  EXPECT_THAT(Exchange(server->port(), "GET /page HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.0 200"));
}

TEST(HttpServer, SlowClientsDoNotDelayOthers) {
  const auto server = StartServer();
  const ClientSocket silent(server->port());
  const ClientSocket half(server->port());
  ASSERT_TRUE(half.Send("GET /page HT"));
  const ClientSocket unread(server->port());
  ASSERT_TRUE(unread.Send("GET /long HTTP/1.0\r\n\r\n"));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(Exchange(server->port(), "GET /page HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.0 200"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

TEST(HttpServer, TimesOutSlowClients) {
  HttpServerConfig config = TestConfig();
  config.timeout = std::chrono::milliseconds(100);
  const auto server = StartServer(std::move(config));
  const ClientSocket half(server->port());
  ASSERT_TRUE(half.Send("GET /page HT"));
  EXPECT_TRUE(half.HangsUp(5000));
}

TEST(HttpServer, AnswersWhileTooManyAreConnected) {
  HttpServerConfig config = TestConfig();
  config.max_connections = 4;
  const auto server = StartServer(std::move(config));
  std::vector<ClientSocket> idle;
  for (int i = 0; i < 50; ++i) idle.emplace_back(server->port());
  EXPECT_THAT(Exchange(server->port(), "GET /page HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.0 200"));
}

TEST(HttpServer, StopsAtOnceWhileClientsAreConnected) {
  auto server = StartServer();
  const ClientSocket silent(server->port());
  const ClientSocket half(server->port());
  ASSERT_TRUE(half.Send("GET /page HT"));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const auto start = std::chrono::steady_clock::now();
  server.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

TEST(HttpServer, KnowsWhetherItCanBeReached) {
  const auto server = StartServer();
  EXPECT_EQ(server->Probe(std::chrono::milliseconds(2000)), net::ProbeResult::kAlive);
}

}  // namespace
}  // namespace trackfit::web
