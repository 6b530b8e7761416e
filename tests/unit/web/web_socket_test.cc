// The rules of RFC 6455, over real sockets.
#include "web/web_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "support/web_socket_client.h"
#include "unit/web/scripted_web_server.h"

namespace trackfit::web {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::WebSocketClient;
using Frame = WebSocketClient::Frame;

TEST(WebSocket, AnswersTheHandshakeAsTheStandardsExample) {
  const ScriptedWebServer server;
  const WebSocketClient client(server.port(), "Sec-WebSocket-Extensions: permessage-deflate\r\n");
  EXPECT_THAT(client.answer(), AllOf(StartsWith("HTTP/1.1 101 "),
                                     HasSubstr("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")));
  EXPECT_THAT(client.answer(), ::testing::Not(HasSubstr("permessage-deflate")));
}

TEST(WebSocket, IsRefusedElsewhereAndToPagesThatMayNot) {
  const ScriptedWebServer server;
  EXPECT_THAT(WebSocketClient(server.port(), "", "/v1/other").answer(), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(WebSocketClient(server.port(), "Origin: http://evil.example\r\n").answer(),
              StartsWith("HTTP/1.1 403 "));
  EXPECT_TRUE(WebSocketClient(server.port(), "Origin: http://good.example\r\n").open());
}

TEST(WebSocket, SaysWhatItIsToThoseWhoAskForAPage) {
  const ScriptedWebServer server;
  const testing::ClientSocket client(server.port());
  ASSERT_TRUE(client.Send("GET /v1/analyze HTTP/1.1\r\nHost: here\r\n\r\n"));
  EXPECT_THAT(client.Receive(), AllOf(StartsWith("HTTP/1.1 426 "), HasSubstr("\r\nUpgrade: websocket\r\n")));
}

TEST(WebSocket, RefusesFramesThatComeBeforeTheHandshakeIsDone) {
  const ScriptedWebServer server;
  const testing::ClientSocket client(server.port());
  ASSERT_TRUE(
      client.Send("GET /v1/analyze HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
                  WebSocketClient::Encode({.payload = "early"})));
  EXPECT_THAT(client.Receive(), StartsWith("HTTP/1.1 4"));
}

TEST(WebSocket, CarriesMessagesOfAnySizeBothWays) {
  const ScriptedWebServer server;
  WebSocketClient client(server.port());
  for (const std::size_t size : {1, 125, 126, 65535, 65536, 3'000'000}) {
    ASSERT_TRUE(client.SendBinary(std::string(size, 'x')));
    const auto echo = client.ReceiveBinary();
    ASSERT_TRUE(echo.has_value()) << size;
    EXPECT_EQ(echo->size(), size);
  }
}

TEST(WebSocket, PutsFragmentsTogetherAndAnswersPingsBetweenThem) {
  const ScriptedWebServer server;
  WebSocketClient client(server.port());
  client.Send({.payload = "one ", .fin = false});
  client.Send({.opcode = WebSocketClient::kPing, .payload = "there?"});
  client.Send({.opcode = WebSocketClient::kContinuation, .payload = "", .fin = false});
  client.Send({.opcode = WebSocketClient::kPong, .payload = "unasked"});
  client.Send({.opcode = WebSocketClient::kContinuation, .payload = "message"});
  const auto pong = client.Receive();
  ASSERT_TRUE(pong.has_value());
  EXPECT_EQ(pong->opcode, WebSocketClient::kPong);
  EXPECT_EQ(pong->payload, "there?");
  EXPECT_EQ(client.ReceiveBinary(), "one message");
}

TEST(WebSocket, RefusesText) {
  ScriptedWebServer server;
  WebSocketClient client(server.port());
  client.Send({.opcode = WebSocketClient::kText, .payload = "{}"});
  EXPECT_EQ(client.AwaitClose(), 1003);
  EXPECT_TRUE(client.socket().HangsUp(5000));
  EXPECT_TRUE(Eventually([&] { return server.ends == 1; }));
}

struct Broken {
  std::string what;
  std::vector<Frame> frames;
  int code;
};

TEST(WebSocket, EndsWithTheStandardsCodeWhereAClientBreaksARule) {
  const Frame fragment{.payload = "x", .fin = false};
  const std::vector<Broken> all = {
      {"not masked", {{.payload = "x", .masked = false}}, 1002},
      {"reserved bit", {{.payload = "x", .reserved = 4}}, 1002},
      {"reserved opcode", {{.opcode = 3, .payload = "x"}}, 1002},
      {"reserved control opcode", {{.opcode = 11, .payload = "x"}}, 1002},
      {"continues nothing", {{.opcode = WebSocketClient::kContinuation, .payload = "x"}}, 1002},
      {"message within a message", {fragment, {.payload = "y"}}, 1002},
      {"fragmented ping", {{.opcode = WebSocketClient::kPing, .payload = "x", .fin = false}}, 1002},
      {"large ping", {{.opcode = WebSocketClient::kPing, .payload = std::string(126, 'x')}}, 1002},
      {"close of one byte", {{.opcode = WebSocketClient::kClose, .payload = "x"}}, 1002},
      {"close with a reserved code", {{.opcode = WebSocketClient::kClose, .payload = "\x03\xED"}}, 1002},
      {"text that is not UTF-8", {{.opcode = WebSocketClient::kText, .payload = "\xC0\xAF"}}, 1007},
  };
  ScriptedWebServer server;
  for (const Broken& broken : all) {
    WebSocketClient client(server.port());
    for (const Frame& frame : broken.frames) client.Send(frame);
    EXPECT_EQ(client.AwaitClose(), broken.code) << broken.what;
    EXPECT_TRUE(client.socket().HangsUp(5000)) << broken.what;
  }
  EXPECT_EQ(server.requests, 0);
  EXPECT_TRUE(Eventually([&] { return server.gate().active() == 0; }));
}

TEST(WebSocket, EndsWithoutReadingThemWhereMessagesAreTooLarge) {
  ServerLimits limits;
  limits.sockets.max_message_bytes = 100'000;
  ScriptedWebServer server({}, limits);
  {
    WebSocketClient client(server.port());
    ASSERT_TRUE(client.SendBinary(std::string(100'000, 'x')));
    EXPECT_EQ(client.ReceiveBinary()->size(), 100'000U);
    ASSERT_TRUE(client.SendBinary(std::string(100'001, 'x')));
    EXPECT_EQ(client.AwaitClose(), 1009);
  }
  WebSocketClient pieces(server.port());
  for (int i = 0; i < 11; ++i) {
    const uint8_t opcode = i == 0 ? WebSocketClient::kBinary : WebSocketClient::kContinuation;
    pieces.Send({.opcode = opcode, .payload = std::string(10'000, 'x'), .fin = false});
  }
  EXPECT_EQ(pieces.AwaitClose(), 1009);
  EXPECT_EQ(server.requests, 1);
}

TEST(WebSocket, EndsWhereTooManyBytesOfUnfinishedMessagesAreOnTheirWay) {
  ServerLimits limits;
  limits.sockets.max_partial_bytes = 100'000;
  const ScriptedWebServer server({}, limits);
  WebSocketClient first(server.port());
  WebSocketClient second(server.port());
  ASSERT_TRUE(first.Send({.payload = std::string(60'000, 'x'), .fin = false}));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  ASSERT_TRUE(second.Send({.payload = std::string(60'000, 'x'), .fin = false}));
  EXPECT_EQ(second.AwaitClose(), 4008);
  ASSERT_TRUE(first.Send({.opcode = WebSocketClient::kContinuation, .payload = "x"}));
  EXPECT_EQ(first.ReceiveBinary()->size(), 60'001U);
}

TEST(WebSocket, AnswersTheClientsCloseAndEndsTheStream) {
  ServerLimits limits;
  limits.sockets.handshake_timeout = std::chrono::milliseconds(200);
  ScriptedWebServer server({}, limits);
  WebSocketClient client(server.port());
  client.SendBinary("x");
  ASSERT_TRUE(client.ReceiveBinary().has_value());
  client.SendClose(1001);
  const auto answer = client.Receive();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->code(), 1001);
  EXPECT_TRUE(client.socket().HangsUp(5000));
  EXPECT_TRUE(Eventually([&] { return server.ends == 1 && server.gate().active() == 0; }));
  EXPECT_EQ(server.lost, 0) << "it said so";
  EXPECT_THAT(server.metrics().Text(),
              HasSubstr("trackfit_calls_total{code=\"CANCELLED\",method=\"Test\"} 1"));
}

TEST(WebSocket, ClosesTheConnectionOfAClientThatDoesNotAnswerItsClose) {
  ServerLimits limits;
  limits.sockets.handshake_timeout = std::chrono::milliseconds(200);
  ScriptedWebServer server({}, limits);
  WebSocketClient client(server.port());
  client.SendBinary("");
  EXPECT_EQ(client.ReceiveBinary(), "summary");
  EXPECT_EQ(client.Receive()->code(), 1000);
  EXPECT_TRUE(client.socket().HangsUp(5000));
  EXPECT_TRUE(Eventually([&] { return server.gate().active() == 0; }));
}

TEST(WebSocket, TellsALostConnectionFromAClose) {
  ScriptedWebServer server;
  {
    WebSocketClient client(server.port());
    client.SendBinary("x");
    ASSERT_TRUE(client.ReceiveBinary().has_value());
  }
  EXPECT_TRUE(Eventually([&] { return server.ends == 1; }));
  EXPECT_EQ(server.lost, 1);
}

TEST(WebSocket, PingsSilentClientsAndDropsThoseThatAreGone) {
  ServerLimits limits;
  limits.sockets.ping_interval = std::chrono::milliseconds(100);
  ScriptedWebServer server({}, limits);
  WebSocketClient alive(server.port());
  WebSocketClient gone(server.port());
  for (int i = 0; i < 8; ++i) {
    const auto ping = alive.Receive();
    ASSERT_TRUE(ping.has_value());
    ASSERT_EQ(ping->opcode, WebSocketClient::kPing);
    alive.Send({.opcode = WebSocketClient::kPong, .payload = ping->payload});
  }
  EXPECT_TRUE(Eventually([&] { return server.gate().active() == 1; }));
  EXPECT_EQ(server.ends, 1);
  EXPECT_EQ(server.lost, 1);
  alive.SendBinary("x");
  std::optional<Frame> echo = alive.Receive();
  while (echo && echo->opcode == WebSocketClient::kPing) echo = alive.Receive();
  ASSERT_TRUE(echo.has_value());
  EXPECT_EQ(echo->payload, "x");
}

// A line of /proc/self/status.
long Status(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    long value = 0;
    if (word == name + ":" && status >> value) return value;
  }
  return -1;
}

TEST(WebSocket, CostsNoThreadAndLittleMemoryWhileItIsIdle) {
  ScriptedWebServer server;
  WebSocketClient first(server.port());
  const long threads = Status("Threads");
  const long memory = Status("VmRSS");  // kB
  std::vector<std::unique_ptr<WebSocketClient>> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<WebSocketClient>(server.port()));
  ASSERT_TRUE(Eventually([&] { return server.handlers == 201; }));
  EXPECT_EQ(Status("Threads"), threads);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr long kLimit = 1000;  // kB; they keep what is freed, and shadows of all
#else
  constexpr long kLimit = 50;
#endif
  EXPECT_LT((Status("VmRSS") - memory) / 200, kLimit) << "kB for each, client included";
  clients.back()->SendBinary("x");
  EXPECT_EQ(clients.back()->ReceiveBinary(), "x");
}

TEST(WebSocket, LeavesNothingBehindWhereTheServerEndsFirst) {
  auto server = std::make_unique<ScriptedWebServer>();
  WebSocketClient client(server->port());
  ASSERT_TRUE(client.SendBinary("x"));
  ASSERT_TRUE(client.ReceiveBinary().has_value());
  server.reset();
  client.socket().ReceiveAll();  // perhaps a close frame
  EXPECT_TRUE(client.socket().HangsUp(5000));
}

}  // namespace
}  // namespace trackfit::web
