#include "runtime/ticker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>

namespace trackfit::runtime {
namespace {

TEST(Ticker, GoesOnAfterASubscriberThatThrows) {
  std::atomic<int> reported = 0;
  std::atomic<int> ticks = 0;
  std::promise<void> enough;
  Ticker ticker(std::chrono::milliseconds(1), [&](const absl::Status&) { ++reported; });
  const auto first = ticker.Subscribe([] { throw std::runtime_error("no time"); });
  const auto second = ticker.Subscribe([&] {
    if (++ticks == 3) enough.set_value();
  });
  EXPECT_EQ(enough.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_GE(reported, 3);
}

}  // namespace
}  // namespace trackfit::runtime
