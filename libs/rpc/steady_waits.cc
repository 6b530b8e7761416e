#include "rpc/steady_waits.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "absl/base/config.h"
#include "absl/synchronization/internal/create_thread_identity.h"
#include "absl/synchronization/internal/kernel_timeout.h"
#include "absl/synchronization/internal/per_thread_sem.h"
#include "absl/synchronization/internal/waiter.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace trackfit::rpc {
namespace {

using absl::synchronization_internal::Waiter;
using std::chrono::steady_clock;

// A waiter is a semaphore: the number of posts that nobody has taken, on which the kernel lets threads wait.
static_assert(ABSL_WAITER_MODE == ABSL_WAITER_MODE_FUTEX && sizeof(Waiter) == sizeof(std::atomic<int32_t>));

bool TakePost(std::atomic<int32_t>& posts) {
  int32_t count = posts.load(std::memory_order_relaxed);
  while (count != 0) {
    if (posts.compare_exchange_weak(count, count - 1, std::memory_order_acquire, std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

// False once the time has passed. The kernel counts a duration by the steady clock.
bool WaitUntil(std::atomic<int32_t>& posts, steady_clock::time_point end) {
  while (!TakePost(posts)) {
    const auto left = end - steady_clock::now();
    if (left <= steady_clock::duration::zero()) return false;
    const timespec duration = absl::ToTimespec(absl::FromChrono(left));
    syscall(SYS_futex, &posts, FUTEX_WAIT_PRIVATE, 0, &duration);
  }
  return true;
}

}  // namespace

// The linker takes the replacement below for the sake of this function.
void KeepWaitsSteady() {}

}  // namespace trackfit::rpc

// Stands for a weak definition of Abseil's.
extern "C" bool ABSL_INTERNAL_C_SYMBOL(AbslInternalPerThreadSemWait)(
    absl::synchronization_internal::KernelTimeout timeout) {
  using trackfit::rpc::Waiter;
  Waiter* const waiter =
      Waiter::GetWaiter(absl::synchronization_internal::GetOrCreateCurrentThreadIdentity());
  if (!timeout.has_timeout()) return waiter->Wait(timeout);
  // absl::Now() notices a step after two seconds, and the caller may have reckoned with either clock: rather
  // too short, as callers look at the clock again.
  const absl::Time now = std::max(absl::Now(), absl::FromChrono(std::chrono::system_clock::now()));
  const absl::Duration left = absl::TimeFromTimespec(timeout.MakeAbsTimespec()) - now;
  // Far deadlines would overflow the clock.
  const auto end =
      std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(std::min(left, absl::Hours(24 * 365)));
  return trackfit::rpc::WaitUntil(reinterpret_cast<std::atomic<int32_t>&>(*waiter), end);
}
