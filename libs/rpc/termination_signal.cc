#include "rpc/termination_signal.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

namespace trackfit::rpc {
namespace {

constexpr int kSignals[] = {SIGTERM, SIGINT, SIGHUP};

// A signal handler can reach nothing else.
std::atomic<int> write_end = -1;

extern "C" void WriteToPipe(int) {
  const int interrupted_errno = errno;  // somebody may be about to read it
  const char byte = 1;
  [[maybe_unused]] const ssize_t written = ::write(write_end.load(), &byte, 1);
  errno = interrupted_errno;
}

void Handle(int signal, void (*handler)(int), int flags) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigaction(signal, &action, nullptr);
}

bool IsIgnored(int signal) {
  struct sigaction action = {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

TerminationSignal::TerminationSignal() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
  read_end_ = ends[0];
  write_end = ends[1];
  for (const int signal : kSignals) {
    if (signal == SIGHUP && IsIgnored(signal)) continue;  // nohup
    Handle(signal, WriteToPipe, SA_RESETHAND | SA_RESTART);
  }
}

TerminationSignal::~TerminationSignal() {
  for (const int signal : kSignals) {
    if (!IsIgnored(signal)) Handle(signal, SIG_DFL, 0);
  }
  ::close(write_end.exchange(-1));
  ::close(read_end_);
}

bool TerminationSignal::Wait(std::chrono::milliseconds limit) {
  pollfd waiting = {read_end_, POLLIN, 0};
  return ::poll(&waiting, 1, static_cast<int>(limit.count())) > 0;
}

}  // namespace trackfit::rpc
