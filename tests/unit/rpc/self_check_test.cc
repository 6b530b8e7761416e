#include "rpc/self_check.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <thread>

namespace trackfit::rpc {
namespace {

using net::ProbeResult;
using std::chrono::milliseconds;

void WaitFor(const std::atomic<int>& probes, int count) {
  for (int i = 0; i < 5000 && probes < count; ++i) std::this_thread::sleep_for(milliseconds(1));
  ASSERT_GE(probes, count);
}

TEST(SelfCheck, FailsWhenNobodyReactsSeveralTimes) {
  std::atomic<int> probes = 0;
  const SelfCheck check([&] { return ++probes, ProbeResult::kNoResponse; }, milliseconds(1));
  for (int i = 0; i < 5000 && !check.failed(); ++i) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_TRUE(check.failed());
  EXPECT_EQ(probes, SelfCheck::kAttempts);
}

TEST(SelfCheck, TakesNoProofFromProbesThatCannotBeMade) {
  std::atomic<int> probes = 0;
  const SelfCheck check(
      [&] {
        if (++probes % 2 == 0) throw std::runtime_error("no memory");
        return ProbeResult::kUnknown;
      },
      milliseconds(1));
  WaitFor(probes, 4 * SelfCheck::kAttempts);
  EXPECT_FALSE(check.failed());
}

TEST(SelfCheck, StopsWithoutWaitingForAProbe) {
  std::promise<void> end;
  std::atomic<int> probes = 0;
  SelfCheck check([&] { return ++probes, end.get_future().wait(), ProbeResult::kNoResponse; },
                  milliseconds(1));
  WaitFor(probes, 1);
  check.Stop();
  end.set_value();
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(probes, 1);
}

}  // namespace
}  // namespace trackfit::rpc
