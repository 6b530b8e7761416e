// Waiting for what other threads do.
#ifndef TRACKFIT_TESTS_SUPPORT_EVENTUALLY_H_
#define TRACKFIT_TESTS_SUPPORT_EVENTUALLY_H_

#include <chrono>
#include <functional>
#include <thread>

namespace trackfit::testing {

// Whether the condition comes true within half a minute: the machine may be busy, and only a test that fails
// waits so long.
inline bool Eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return condition();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_EVENTUALLY_H_
