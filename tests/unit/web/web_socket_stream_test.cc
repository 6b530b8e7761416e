// What a stream is over a WebSocket, over real sockets.
#include "web/web_socket_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "runtime/shutting_down.h"
#include "support/web_socket_client.h"
#include "unit/web/scripted_web_server.h"

namespace trackfit::web {
namespace {

using ::testing::HasSubstr;
using testing::WebSocketClient;

TEST(WebSocketStream, AnswersInOrderAndClosesAfterTheEmptyMessage) {
  ScriptedWebServer server;
  {
    WebSocketClient client(server.port());
    std::thread writer([&] {
      for (int i = 0; i < 300; ++i) client.SendBinary(std::to_string(i));
      client.SendBinary("");
    });
    for (int i = 0; i < 300; ++i) EXPECT_EQ(client.ReceiveBinary(), std::to_string(i));
    EXPECT_EQ(client.ReceiveBinary(), "summary");
    writer.join();
    EXPECT_EQ(client.AwaitClose(), 1000);
    EXPECT_TRUE(client.socket().HangsUp(5000));
  }
  EXPECT_TRUE(Eventually([&] { return server.gate().active() == 0; }));
  EXPECT_THAT(server.metrics().Text(), HasSubstr("trackfit_calls_total{code=\"OK\",method=\"Test\"} 1"));
}

TEST(WebSocketStream, IsPartOfTheTraceThatTheHandshakeNames) {
  const ScriptedWebServer server({.on_request = [](const Session& session, const Text&, streaming::InFlight) {
    session.responses->Write({session.trace.trace_id});
  }});
  WebSocketClient client(server.port(),
                         "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n");
  client.SendBinary("which?");
  EXPECT_EQ(client.ReceiveBinary(), "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST(WebSocketStream, AnswersPingsBehindTheEmptyMessage) {
  const ScriptedWebServer server({.on_half_close = [](const Session&) {}});
  WebSocketClient client(server.port());
  client.SendBinary("");
  client.Send({.opcode = WebSocketClient::kPing, .payload = "still?"});
  const auto pong = client.Receive();
  ASSERT_TRUE(pong.has_value());
  EXPECT_EQ(pong->payload, "still?");
}

TEST(WebSocketStream, EndsWhereAMessageComesBehindTheEmptyOne) {
  const ScriptedWebServer server({.on_half_close = [](const Session&) {}});
  WebSocketClient client(server.port());
  client.SendBinary("");
  client.SendBinary("x");
  std::string reason;
  EXPECT_EQ(client.AwaitClose(&reason), 4003);
  EXPECT_THAT(reason, HasSubstr("behind the empty one"));
}

TEST(WebSocketStream, EndsWhereAMessageIsNoRequest) {
  const ScriptedWebServer server;
  WebSocketClient client(server.port());
  client.SendBinary("bad");
  std::string reason;
  EXPECT_EQ(client.AwaitClose(&reason), 4003);
  EXPECT_EQ(reason, "a message is no Text");
}

TEST(WebSocketStream, EndsWithTheHandlersErrorAfterWhatWasWrittenBefore) {
  ScriptedWebServer server({.on_request = [](const Session& session, const Text&, streaming::InFlight) {
    session.responses->Write({"last"});
    session.responses->Finish(absl::FailedPreconditionError(std::string(200, 'x')));
  }});
  WebSocketClient client(server.port());
  client.SendBinary("x");
  EXPECT_EQ(client.ReceiveBinary(), "last");
  std::string reason;
  EXPECT_EQ(client.AwaitClose(&reason), 4009);
  EXPECT_EQ(reason, std::string(123, 'x'));
  EXPECT_TRUE(Eventually([&] { return server.handlers == 0; }));
}

TEST(WebSocketStream, EndsAloneWithInternalWhereItsHandlerThrows) {
  ScriptedWebServer server({.on_request = [](const Session& session, Text request, streaming::InFlight) {
    if (request.text == "13") throw std::runtime_error("out of luck");
    session.responses->Write(std::move(request));
  }});
  WebSocketClient other(server.port());
  WebSocketClient client(server.port());
  client.SendBinary("13");
  std::string reason;
  EXPECT_EQ(client.AwaitClose(&reason), 4013);
  EXPECT_THAT(reason, HasSubstr("out of luck"));
  EXPECT_EQ(server.exceptions, 1);
  other.SendBinary("12");
  EXPECT_EQ(other.ReceiveBinary(), "12");
}

TEST(WebSocketStream, IsRefusedWithItsReasonWhereAllPlacesAreTaken) {
  ServerLimits limits;
  limits.max_sessions = 1;
  ScriptedWebServer server({}, limits);
  auto first = std::make_unique<WebSocketClient>(server.port());
  WebSocketClient second(server.port());
  EXPECT_TRUE(second.open()) << "browsers do not see why a handshake failed";
  std::string reason;
  EXPECT_EQ(second.AwaitClose(&reason), 4008);
  EXPECT_EQ(reason, "all 1 sessions are in use; try again in 1000 ms");
  first.reset();
  ASSERT_TRUE(Eventually([&] { return server.gate().active() == 0; }));
  WebSocketClient third(server.port());
  third.SendBinary("x");
  EXPECT_EQ(third.ReceiveBinary(), "x");
}

TEST(WebSocketStream, ReadsNoFurtherThanTheRequestsItMayHaveInFlight) {
  std::mutex mutex;
  std::deque<streaming::InFlight> kept;
  ScriptedWebServer server({.on_request = [&](const Session&, const Text&, streaming::InFlight in_flight) {
    const std::lock_guard lock(mutex);
    kept.push_back(std::move(in_flight));
  }});
  WebSocketClient client(server.port());
  for (int i = 0; i < 10; ++i) client.SendBinary("x");
  ASSERT_TRUE(Eventually([&] { return server.requests == 4; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(server.requests, 4);
  {
    const std::lock_guard lock(mutex);
    kept.pop_front();
  }
  EXPECT_TRUE(Eventually([&] { return server.requests == 5; }));
  const std::lock_guard lock(mutex);
  kept.clear();
}

TEST(WebSocketStream, BuffersLittleForAClientThatDoesNotRead) {
  ScriptedWebServer server({.on_request = [](const Session& session, const Text&, streaming::InFlight) {
    session.responses->Write({std::string(1 << 20, 'x')});
  }});
  WebSocketClient client(server.port());
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(client.SendBinary("x"));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_LT(server.requests, 30) << "what the kernel's buffers hold, and max_in_flight";
  EXPECT_GT(server.requests, 0);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(client.ReceiveBinary()->size(), 1U << 20);
}

TEST(WebSocketStream, StopsAClientThatSendsFasterThanRequestsAreAnswered) {
  std::mutex mutex;
  std::deque<streaming::InFlight> kept;
  ServerLimits limits;
  limits.queued_bytes = 32 << 20;
  limits.max_in_flight = 1000;
  ScriptedWebServer server({.on_request =
                                [&](const Session&, const Text&, streaming::InFlight in_flight) {
                                  const std::lock_guard lock(mutex);
                                  kept.push_back(std::move(in_flight));
                                }},
                           limits);
  WebSocketClient client(server.port());
  std::atomic<int> sent = 0;
  std::thread writer([&] {
    for (; sent < 100; ++sent) {
      if (!client.SendBinary(std::string(1 << 20, 'x'))) return;
    }
  });
  ASSERT_TRUE(Eventually([&] { return server.requests == 4; })) << "an eighth of the budget";
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(server.requests, 4);
  EXPECT_LT(sent, 40) << "the rest waits at the client";
  EXPECT_LE(server.budget().used(), 5U << 20);
  while (server.requests < 100) {
    const std::lock_guard lock(mutex);
    kept.clear();
  }
  writer.join();
  const std::lock_guard lock(mutex);
  kept.clear();
}

TEST(WebSocketStream, EndsWhereItsClientIsIdle) {
  ScriptedWebServer server;
  WebSocketClient client(server.port());
  ASSERT_TRUE(Eventually([&] { return server.handlers == 1; }));
  server.streams().AbortIdle(std::chrono::seconds(10));
  EXPECT_EQ(server.streams().count(), 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  server.streams().AbortIdle(std::chrono::milliseconds(50));
  std::string reason;
  EXPECT_EQ(client.AwaitClose(&reason), 4004);
  EXPECT_THAT(reason, HasSubstr("idle-timeout"));
}

TEST(WebSocketStream, EndsWhereItsClientReadsNothingAtAll) {
  ScriptedWebServer server({.on_request = [](const Session& session, const Text&, streaming::InFlight) {
    session.responses->Write({std::string(10 << 20, 'x')});
  }});
  WebSocketClient client(server.port());
  for (int i = 0; i < 4; ++i) client.SendBinary("x");
  ASSERT_TRUE(Eventually([&] { return server.requests > 0; }));
  EXPECT_TRUE(Eventually([&] {
    server.streams().AbortIdle(std::chrono::milliseconds(500));
    return server.gate().active() == 0;
  }));
}

TEST(WebSocketStream, IsToldThatTheServerIsGoingAway) {
  ScriptedWebServer server;
  WebSocketClient client(server.port());
  ASSERT_TRUE(Eventually([&] { return server.handlers == 1; }));
  server.gate().Close();
  WebSocketClient late(server.port());
  EXPECT_EQ(late.AwaitClose(), 1001);
  server.server().StopListening();
  EXPECT_FALSE(testing::ClientSocket(server.port()).connected());
  client.SendBinary("x");
  EXPECT_EQ(client.ReceiveBinary(), "x") << "within the grace period";
  server.streams().AbortAll(runtime::ShuttingDown());
  std::string reason;
  EXPECT_EQ(client.AwaitClose(&reason), 1001);
  EXPECT_EQ(reason, "the server is shutting down");
  const auto closed = std::chrono::steady_clock::now();
  EXPECT_TRUE(Eventually([&] { return server.streams().count() == 0; }));
  EXPECT_LT(std::chrono::steady_clock::now() - closed, std::chrono::seconds(2))
      << "a client that has answered gets a second to close the connection";
}

TEST(WebSocketStream, SurvivesClientsThatVanishAtAnyMoment) {
  ScriptedWebServer server;
  std::vector<std::thread> clients;
  for (unsigned seed = 0; seed < 8; ++seed) {
    clients.emplace_back([&server, seed] {
      std::mt19937 random(seed);
      for (int round = 0; round < 20; ++round) {
        WebSocketClient client(server.port());
        const unsigned messages = random() % 30;
        for (unsigned i = 0; i < messages; ++i) client.SendBinary(std::string(random() % 70'000 + 1, 'x'));
        if (random() % 3 == 0) client.SendBinary("");
        if (random() % 3 == 0) client.SendClose(1000);
        for (unsigned i = 0; i < messages / 2; ++i) client.Receive(10);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_TRUE(Eventually([&] { return server.streams().count() == 0; }));
  EXPECT_EQ(server.gate().active(), 0);
  EXPECT_EQ(server.handlers, 0);
  EXPECT_EQ(server.budget().used(), 0U);
}

}  // namespace
}  // namespace trackfit::web
