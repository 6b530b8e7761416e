#include "net/acceptor.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <boost/asio/write.hpp>
#include <ctime>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "net/listen.h"
#include "support/client_socket.h"

namespace trackfit::net {
namespace {

using testing::ClientSocket;

bool Eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 500 && !condition(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return condition();
}

// Greets everybody whom it lets in and keeps the connection, as gRPC does.
class Greeter {
 public:
  explicit Greeter(AcceptorConfig config = {}) {
    config.on_connection = [this](tcp::socket socket) {
      asio::write(socket, asio::buffer("hello", 5));
      std::lock_guard lock(mutex_);
      guests_.push_back(std::move(socket));
    };
    config.on_refused = [this](Refusal refusal) { ++refused_[static_cast<int>(refusal)]; };
    acceptor_.emplace(io_, *Listen(io_, "127.0.0.1:0"), std::move(config));
    thread_ = std::thread([this] { RunForever(io_, [](const std::exception&) {}); });
  }
  ~Greeter() {
    io_.stop();
    thread_.join();
  }

  int port() const { return acceptor_->port(); }
  int refused(Refusal refusal) { return refused_[static_cast<int>(refusal)]; }
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

// What it gets who says hi.
std::string Greet(const ClientSocket& client) {
  return client.Send("hi") ? client.Receive() : "not connected";
}

TEST(Acceptor, LetsInWhoeverSpeaks) {
  Greeter greeter;
  const ClientSocket client(greeter.port());
  EXPECT_EQ(Greet(client), "hello");
}

TEST(Acceptor, RefusesThePeerThatHasTooManyAndNobodyElse) {
  Greeter greeter({.max_connections = 10, .max_per_peer = 2});
  const ClientSocket a(greeter.port(), "127.0.0.2");
  const ClientSocket b(greeter.port(), "127.0.0.2");
  const ClientSocket c(greeter.port(), "127.0.0.2");
  EXPECT_EQ(Greet(a), "hello");
  EXPECT_EQ(Greet(b), "hello");
  EXPECT_EQ(Greet(c), "");
  EXPECT_EQ(greeter.refused(Refusal::kTooManyOfPeer), 1);
  const ClientSocket other(greeter.port(), "127.0.0.3");
  EXPECT_EQ(Greet(other), "hello");
}

TEST(Acceptor, LetsInAgainWhenConnectionsAreClosedByWhoTookThem) {
  Greeter greeter({.max_connections = 2, .max_per_peer = 2});
  for (int round = 0; round < 3; ++round) {
    const ClientSocket a(greeter.port());
    const ClientSocket b(greeter.port());
    const ClientSocket c(greeter.port());
    EXPECT_EQ(Greet(a), "hello");
    EXPECT_EQ(Greet(b), "hello");
    EXPECT_EQ(Greet(c), "");
    EXPECT_EQ(greeter.refused(Refusal::kTooMany), round + 1);
    greeter.SendHome();
  }
}

TEST(Acceptor, GivesThePlaceOfTheOldestThatSaysNothingToTheNext) {
  Greeter greeter({.max_connections = 4, .max_per_peer = 4, .max_silent = 3});
  std::vector<ClientSocket> silent;
  for (int i = 0; i < 50; ++i) silent.emplace_back(greeter.port());
  EXPECT_TRUE(silent.front().HangsUp(5000));
  const ClientSocket client(greeter.port());
  EXPECT_EQ(Greet(client), "hello");
}

TEST(Acceptor, HangsUpOnWhoSaysNothingForTooLong) {
  Greeter greeter({.first_byte_timeout = std::chrono::milliseconds(50)});
  const ClientSocket silent(greeter.port());
  EXPECT_TRUE(silent.HangsUp(5000));
  EXPECT_TRUE(Eventually([&] { return greeter.refused(Refusal::kSaysNothing) == 1; }));
}

// Takes all descriptors that this process may have, but those that are free below the lowest of its own.
class AllDescriptors {
 public:
  AllDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few{200, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    for (int taken; (taken = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) taken_.push_back(taken);
  }
  ~AllDescriptors() {
    for (const int taken : taken_) close(taken);
    setrlimit(RLIMIT_NOFILE, &before_);
  }
  // Frees one.
  void GiveBack() {
    close(taken_.back());
    taken_.pop_back();
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST(Acceptor, AcceptsAgainAfterDescriptorsRanOut) {
  Greeter greeter;
  {
    AllDescriptors taken;
    taken.GiveBack();
    const ClientSocket refused(greeter.port());  // has the last descriptor; none is left to accept it with
    ASSERT_TRUE(refused.connected());
    EXPECT_TRUE(refused.HangsUp(5000)) << "not with the reserve either";
    EXPECT_EQ(greeter.refused(Refusal::kNoDescriptors), 1);
  }
  const ClientSocket client(greeter.port());
  EXPECT_EQ(Greet(client), "hello");
}

TEST(Acceptor, DoesNotSpinWhileNoDescriptorIsLeft) {
  Greeter greeter;
  AllDescriptors taken;
  taken.GiveBack();
  const ClientSocket waiting(greeter.port());
  const std::clock_t before = std::clock();
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC / 10);
}

}  // namespace
}  // namespace trackfit::net
