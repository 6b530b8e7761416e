#include "interrupt.h"

#include <csignal>
#include <ctime>
#include <stop_token>
#include <utility>

namespace trackfit::tools {
namespace {

constexpr timespec kPollInterval{0, 100'000'000};

sigset_t InterruptSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

InterruptWatcher::InterruptWatcher(std::function<void(int count)> on_interrupt) {
  const sigset_t signals = InterruptSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::jthread([signals, on_interrupt = std::move(on_interrupt)](const std::stop_token& stop) {
    int count = 0;
    while (!stop.stop_requested()) {
      if (sigtimedwait(&signals, nullptr, &kPollInterval) > 0) on_interrupt(++count);
    }
  });
}

InterruptWatcher::~InterruptWatcher() {
  thread_.request_stop();
  thread_.join();
  const sigset_t signals = InterruptSignals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace trackfit::tools
