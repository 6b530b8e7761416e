#include "command_line/interrupt.h"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <iostream>
#include <stop_token>
#include <utility>

#include "absl/strings/str_cat.h"
#include "files/partial_file.h"

namespace trackfit::command_line {
namespace {

using std::chrono::steady_clock;

constexpr timespec kPollInterval{0, 100'000'000};
constexpr std::chrono::seconds kPatience{1};
constexpr int kExitCode = 128 + SIGINT;  // as shells report it

sigset_t InterruptSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

[[noreturn]] void End() {
  files::RemovePartialFiles();
  _exit(kExitCode);
}

}  // namespace

void PrintNotice(const std::string& text) {
  const std::string line = absl::StrCat(isatty(STDERR_FILENO) != 0 ? "\r\x1b[2K" : "", text, "\n");
  std::cerr << line << std::flush;
}

std::function<void(int count)> ExitOnInterrupt(std::string text) {
  return [text = std::move(text)](int) {
    PrintNotice(text);
    End();
  };
}

InterruptWatcher::InterruptWatcher(std::function<void(int count)> on_interrupt) {
  const sigset_t signals = InterruptSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::jthread([signals, on_interrupt = std::move(on_interrupt)](const std::stop_token& stop) {
    int count = 0;
    steady_clock::time_point hard_end = steady_clock::time_point::max();
    while (!stop.stop_requested()) {
      if (steady_clock::now() >= hard_end) End();
      if (sigtimedwait(&signals, nullptr, &kPollInterval) <= 0) continue;
      if (++count > 2) End();
      if (count == 2) hard_end = steady_clock::now() + kPatience;
      on_interrupt(count);
    }
  });
}

InterruptWatcher::~InterruptWatcher() {
  thread_.request_stop();
  thread_.join();
  const sigset_t signals = InterruptSignals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace trackfit::command_line
