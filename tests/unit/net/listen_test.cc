#include "net/listen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace trackfit::net {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string MessageFor(const std::string& address) {
  asio::io_context io;
  return std::string(Listen(io, address).status().message());
}

TEST(Listen, PicksAFreePort) {
  asio::io_context io;
  const auto listening = Listen(io, "127.0.0.1:0");
  ASSERT_TRUE(listening.ok()) << listening.status();
  ASSERT_EQ(listening->size(), 1u);
  EXPECT_GT(listening->front().local_endpoint().port(), 0);
}

TEST(Listen, UsesTheSamePortOnEveryAddressOfAHost) {
  asio::io_context io;
  const auto listening = Listen(io, "localhost:0");
  ASSERT_TRUE(listening.ok()) << listening.status();
  ErrorCode unknown;
  std::size_t expected = 0;
  for (const auto& entry : tcp::resolver(io).resolve("localhost", "0", unknown)) {
    tcp::acceptor probe(io, entry.endpoint().protocol());
    ErrorCode absent;
    probe.bind(entry.endpoint(), absent);
    if (!absent) ++expected;
  }
  EXPECT_EQ(listening->size(), expected);
  for (const auto& listener : *listening) {
    EXPECT_EQ(listener.local_endpoint().port(), listening->front().local_endpoint().port());
  }
}

TEST(Listen, AcceptsIpv4AndIpv6OnTheWildcard) {
  asio::io_context io;
  const auto listening = Listen(io, "0.0.0.0:0");
  ASSERT_TRUE(listening.ok()) << listening.status();
  const auto port = listening->front().local_endpoint().port();
  tcp::socket ipv4(io);
  ErrorCode refused;
  ipv4.connect({asio::ip::address_v4::loopback(), port}, refused);
  EXPECT_FALSE(refused) << refused.message();
  if (listening->front().local_endpoint().address().is_v4()) GTEST_SKIP() << "this machine has no IPv6";
  tcp::socket ipv6(io);
  ipv6.connect({asio::ip::address_v6::loopback(), port}, refused);
  EXPECT_FALSE(refused) << refused.message();
}

TEST(Listen, SaysThatThePortIsTakenAndWhatToDo) {
  asio::io_context io;
  const auto first = Listen(io, "127.0.0.1:0");
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string taken = "127.0.0.1:" + std::to_string(first->front().local_endpoint().port());
  const auto second = Listen(io, taken);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(
      std::string(second.status().message()),
      AllOf(HasSubstr(taken), HasSubstr("another process has this port"), HasSubstr("choose another port")));
}

TEST(Listen, SaysThatTheAddressIsNotOfThisMachine) {
  EXPECT_THAT(MessageFor("192.0.2.1:0"), HasSubstr("this machine does not have that address"));
  EXPECT_THAT(MessageFor("no.such.host.invalid:0"),
              AllOf(HasSubstr("no.such.host.invalid"), Not(HasSubstr("port"))));
  EXPECT_THAT(MessageFor("8001"), HasSubstr("must be host:port"));
}

}  // namespace
}  // namespace trackfit::net
