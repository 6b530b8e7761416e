#include "net/probe.h"

#include <gtest/gtest.h>

#include "net/listen.h"
#include "support/exhausted_descriptors.h"

namespace trackfit::net {
namespace {

constexpr std::chrono::milliseconds kLimit{200};

TEST(Probe, DistinguishesADeadPortFromOneThatCannotBeProbed) {
  asio::io_context io;
  const auto listening = *Listen(io, "127.0.0.1:0");
  const std::vector<tcp::endpoint> bound = {listening.front().local_endpoint()};
  EXPECT_EQ(Probe(bound, "hello", kLimit), ProbeResult::kNoResponse);
  const testing::ExhaustedDescriptors taken;
  EXPECT_EQ(Probe(bound, "hello", kLimit), ProbeResult::kUnknown);
}

TEST(Probe, ReportsNoResponseWhenNobodyListens) {
  asio::io_context io;
  const tcp::endpoint left = Listen(io, "127.0.0.1:0")->front().local_endpoint();
  EXPECT_EQ(Probe({left}, "hello", kLimit), ProbeResult::kNoResponse);
}

}  // namespace
}  // namespace trackfit::net
