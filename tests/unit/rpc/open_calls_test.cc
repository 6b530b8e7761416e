#include "rpc/open_calls.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

namespace trackfit::rpc {
namespace {

TEST(OpenCalls, AreGoneWithTheirTickets) {
  int cancelled = 0;
  {
    OpenCalls calls;
    calls.Add([&cancelled] { ++cancelled; });
  }
  EXPECT_EQ(cancelled, 0);
}

TEST(OpenCalls, AreCancelledAndWaitedForByTheirOwner) {
  std::atomic<bool> cancelled = false, over = false;
  std::optional<OpenCalls> calls(std::in_place);
  OpenCalls::Ticket ticket = calls->Add([&cancelled] { cancelled = true; });
  std::thread transport([&] {
    while (!cancelled) std::this_thread::yield();
    over = true;
    ticket.reset();
  });
  calls.reset();
  EXPECT_TRUE(over);
  transport.join();
}

TEST(OpenCalls, MayEndWhileTheyAreCancelled) {
  std::optional<OpenCalls> calls(std::in_place);
  OpenCalls::Ticket first, second;
  first = calls->Add([&] { second.reset(); });
  second = calls->Add([&] { first.reset(); });
  calls.reset();
  EXPECT_FALSE(first || second);
}

}  // namespace
}  // namespace trackfit::rpc
