#include "rpc/steady_waits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

// That they heed no steps of the clock, tests/chaos shows.
namespace trackfit::rpc {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST(SteadyWaits, EndWhenTheirTimeHasPassedAndNotBefore) {
  KeepWaitsSteady();
  for (const int left : {-1000, 0, 20, 1200}) {
    absl::Mutex mutex;
    absl::CondVar never;
    const auto begin = steady_clock::now();
    const absl::Time deadline = absl::Now() + absl::Milliseconds(left);
    const absl::MutexLock lock(&mutex);
    while (!never.WaitWithDeadline(&mutex, deadline)) {
    }
    EXPECT_GE(steady_clock::now() - begin, milliseconds(left - 5));
    EXPECT_LT(steady_clock::now() - begin, milliseconds(std::max(left, 0) + 900));
  }
}

TEST(SteadyWaits, EndWhenTheyAreToldTo) {
  KeepWaitsSteady();
  for (const absl::Duration most :
       {absl::Milliseconds(1500), absl::Hours(24 * 36500), absl::InfiniteDuration()}) {
    absl::Mutex mutex;
    bool told = false;
    std::jthread teller([&] {
      std::this_thread::sleep_for(milliseconds(20));
      const absl::MutexLock lock(&mutex);
      told = true;
    });
    const absl::MutexLock lock(&mutex);
    EXPECT_TRUE(mutex.AwaitWithTimeout(absl::Condition(&told), most));
  }
}

}  // namespace
}  // namespace trackfit::rpc
