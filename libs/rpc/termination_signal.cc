#include "rpc/termination_signal.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

namespace trackfit::rpc {
namespace {

constexpr int kEndingSignals[] = {SIGTERM, SIGINT, SIGHUP};
constexpr int kLogSignals[] = {SIGUSR1, SIGUSR2};

// A signal handler can reach nothing else. What has come is in the flags; the pipe only wakes.
std::atomic<int> write_end = -1;
std::atomic<bool> ends = false;
std::atomic<bool> reloads = false;
std::atomic<int> louder = 0;

void Wake() {
  const int interrupted_errno = errno;  // somebody may be about to read it
  const char byte = 1;
  [[maybe_unused]] const ssize_t written = ::write(write_end.load(), &byte, 1);
  errno = interrupted_errno;
}

extern "C" void End(int) {
  ends = true;
  Wake();
}

extern "C" void Reload(int) {
  reloads = true;
  Wake();
}

extern "C" void ChangeLogLevel(int signal) {
  louder += signal == SIGUSR1 ? 1 : -1;
  Wake();
}

void Handle(int signal, void (*handler)(int), int flags) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigaction(signal, &action, nullptr);
}

bool HasTerminal() {
  const int terminal = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal >= 0) ::close(terminal);
  return terminal >= 0;
}

bool IsIgnored(int signal) {
  struct sigaction action = {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

TerminationSignal::TerminationSignal(HangUp hang_up) {
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC | O_NONBLOCK) != 0) return;
  read_end_ = pipe[0];
  write_end = pipe[1];
  ends = false;
  reloads = false;
  louder = 0;
  for (const int signal : kLogSignals) Handle(signal, ChangeLogLevel, SA_RESTART);
  for (const int signal : kEndingSignals) {
    if (signal == SIGHUP && IsIgnored(signal)) continue;  // nohup
    if (signal == SIGHUP && hang_up == HangUp::kReloads && !HasTerminal()) {
      Handle(signal, Reload, SA_RESTART);
    } else {
      Handle(signal, End, SA_RESETHAND | SA_RESTART);
    }
  }
}

TerminationSignal::~TerminationSignal() {
  for (const int signal : kLogSignals) Handle(signal, SIG_DFL, 0);
  for (const int signal : kEndingSignals) {
    if (!IsIgnored(signal)) Handle(signal, SIG_DFL, 0);
  }
  ::close(write_end.exchange(-1));
  ::close(read_end_);
}

bool TerminationSignal::Wait(std::chrono::milliseconds limit) {
  if (ends) return true;
  pollfd waiting = {read_end_, POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(limit.count())) <= 0) return false;
  for (char bytes[64]; ::read(read_end_, bytes, sizeof bytes) > 0;) {
  }
  if (reload_ && reloads.exchange(false)) reload_();
  if (louder_) {
    if (const int steps = louder.exchange(0); steps != 0) louder_(steps);
  }
  return ends;
}

}  // namespace trackfit::rpc
