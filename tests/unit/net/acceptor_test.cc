#include "net/acceptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/write.hpp>
#include <ctime>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "net/listen.h"
#include "support/client_socket.h"
#include "support/eventually.h"
#include "support/exhausted_descriptors.h"

namespace trackfit::net {
namespace {

using testing::ClientSocket;
using testing::Eventually;
using testing::ExhaustedDescriptors;

// Greets every admitted connection and keeps it open, as gRPC does.
class Greeter {
 public:
  // `before_accepting` is called after listening on the port and before accepting.
  explicit Greeter(AcceptorConfig config = {}, const std::function<void(int)>& before_accepting = nullptr) {
    config.on_connection = [this](tcp::socket socket) {
      asio::write(socket, asio::buffer("hello", 5));
      std::lock_guard lock(mutex_);
      guests_.push_back(std::move(socket));
    };
    config.on_refused = [this, too = config.on_refused](Refusal refusal) {
      ++refused_[static_cast<int>(refusal)];
      if (too) too(refusal);
    };
    auto listening = *Listen(io_, "127.0.0.1:0");
    if (before_accepting) before_accepting(listening.front().local_endpoint().port());
    acceptor_.emplace(io_, std::move(listening), std::move(config));
    thread_ = std::thread([this] { RunForever(io_, [](const std::exception&) {}); });
  }
  ~Greeter() {
    io_.stop();
    thread_.join();
  }

  int port() const { return acceptor_->port(); }
  int refused(Refusal refusal) { return refused_[static_cast<int>(refusal)]; }
  // Closes the listening sockets.
  void Close() {
    asio::post(io_, [this] { acceptor_->Close(); });
  }
  void SendHome() {
    std::lock_guard lock(mutex_);
    guests_.clear();
  }

 private:
  asio::io_context io_;
  std::mutex mutex_;
  std::vector<tcp::socket> guests_;
  std::atomic<int> refused_[4] = {};
  std::optional<Acceptor> acceptor_;
  std::thread thread_;
};

// The answer to a client that says hi.
std::string Greet(const ClientSocket& client) {
  return client.Send("hi") ? client.Receive() : "not connected";
}

// What a greeter's thread opens for a moment when it starts must not count among the descriptors that are
// taken.
void AwaitStart(const Greeter& greeter) {
  const ClientSocket client(greeter.port());
  ASSERT_EQ(Greet(client), "hello");
}

// It looked for connections without a descriptor, so that it may refuse the first one that comes afterwards.
bool GreetsAgain(const Greeter& greeter) {
  return Eventually([&] { return Greet(ClientSocket(greeter.port())) == "hello"; });
}

TEST(Acceptor, AdmitsClientsThatSendSomething) {
  Greeter greeter;
  const ClientSocket client(greeter.port());
  EXPECT_EQ(Greet(client), "hello");
}

TEST(Acceptor, RefusesOnlyThePeerWithTooManyConnections) {
  Greeter greeter({.max_connections = 10, .max_per_peer = 2});
  const ClientSocket a(greeter.port(), "127.0.0.2");
  const ClientSocket b(greeter.port(), "127.0.0.2");
  const ClientSocket c(greeter.port(), "127.0.0.2");
  EXPECT_EQ(Greet(a), "hello");
  EXPECT_EQ(Greet(b), "hello");
  EXPECT_EQ(Greet(c), "");
  EXPECT_TRUE(Eventually([&] { return greeter.refused(Refusal::kTooManyOfPeer) == 1; }));
  const ClientSocket other(greeter.port(), "127.0.0.3");
  EXPECT_EQ(Greet(other), "hello");
}

TEST(Acceptor, AdmitsAgainWhenTheOwnerClosesConnections) {
  Greeter greeter({.max_connections = 2, .max_per_peer = 2});
  for (int round = 0; round < 3; ++round) {
    const ClientSocket a(greeter.port());
    const ClientSocket b(greeter.port());
    const ClientSocket c(greeter.port());
    EXPECT_EQ(Greet(a), "hello");
    EXPECT_EQ(Greet(b), "hello");
    EXPECT_EQ(Greet(c), "");
    EXPECT_TRUE(Eventually([&] { return greeter.refused(Refusal::kTooMany) == round + 1; }));
    greeter.SendHome();
  }
}

TEST(Acceptor, DropsTheOldestSilentConnectionForTheNext) {
  Greeter greeter({.max_connections = 4, .max_per_peer = 4, .max_silent = 3});
  std::vector<ClientSocket> silent;
  for (int i = 0; i < 50; ++i) silent.emplace_back(greeter.port());
  EXPECT_TRUE(silent.front().HangsUp(5000));
  const ClientSocket client(greeter.port());
  EXPECT_EQ(Greet(client), "hello");
}

TEST(Acceptor, ClosesConnectionsThatAreSilentForTooLong) {
  Greeter greeter({.first_byte_timeout = std::chrono::milliseconds(50)});
  const ClientSocket silent(greeter.port());
  EXPECT_TRUE(silent.HangsUp(5000));
  EXPECT_TRUE(Eventually([&] { return greeter.refused(Refusal::kSilent) == 1; }));
}

TEST(Acceptor, AcceptsAgainAfterDescriptorsRanOut) {
  Greeter greeter;
  AwaitStart(greeter);
  {
    ExhaustedDescriptors taken;
    taken.ReleaseOne();
    const ClientSocket refused(greeter.port());  // takes the last descriptor; none is left to accept it
    ASSERT_TRUE(refused.connected());
    EXPECT_TRUE(refused.HangsUp(5000)) << "not with the reserve either";
    EXPECT_TRUE(Eventually([&] { return greeter.refused(Refusal::kNoDescriptors) == 1; }));
  }
  EXPECT_TRUE(GreetsAgain(greeter));
}

TEST(Acceptor, DoesNotBusyWaitWithoutDescriptors) {
  std::optional<ExhaustedDescriptors> taken;
  std::optional<ClientSocket> waiting;
  Greeter greeter({}, [&](int port) {  // not even a descriptor for the reserve is left
    taken.emplace();
    taken->ReleaseOne();
    waiting.emplace(port);
  });
  ASSERT_TRUE(waiting->connected());
  const std::clock_t before = std::clock();
  EXPECT_FALSE(waiting->HangsUp(500));
  EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC / 20);
  taken.reset();
  EXPECT_TRUE(Greet(*waiting) == "hello" || GreetsAgain(greeter));
}

TEST(Acceptor, KeepsAcceptingWhenACallbackThrows) {
  Greeter greeter({.on_refused = [](Refusal) { throw std::runtime_error("no memory"); }});
  AwaitStart(greeter);
  {
    ExhaustedDescriptors taken;
    taken.ReleaseOne();
    const ClientSocket refused(greeter.port());
    EXPECT_TRUE(refused.HangsUp(5000));
  }
  EXPECT_TRUE(GreetsAgain(greeter));
}

TEST(Acceptor, KeepsHousekeepingWhenACallbackThrows) {
  Greeter greeter({.first_byte_timeout = std::chrono::milliseconds(50),
                   .on_count = [](int) { throw std::runtime_error("no memory"); }});
  const ClientSocket silent(greeter.port());
  EXPECT_TRUE(silent.HangsUp(5000));
}

TEST(Acceptor, RefusesConnectionsOnceItIsClosedAndKeepsThoseThatItHas) {
  Greeter greeter;
  const ClientSocket guest(greeter.port());
  ASSERT_TRUE(guest.Send("x"));
  ASSERT_EQ(guest.Receive(), "hello");
  greeter.Close();
  EXPECT_TRUE(Eventually([&] { return !ClientSocket(greeter.port()).connected(); }));
  EXPECT_FALSE(guest.HangsUp(50));
}

}  // namespace
}  // namespace trackfit::net
