#include "rpc/termination_signal.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>

namespace trackfit::rpc {
namespace {

constexpr std::chrono::milliseconds kNow{0};

TEST(TerminationSignal, ComesWithEverySignalThatEndsAServer) {
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    TerminationSignal signal;
    EXPECT_FALSE(signal.Wait(kNow));
    raise(number);
    EXPECT_TRUE(signal.Wait(kNow)) << number;
  }
}

TEST(TerminationSignal, LetsANohupServerLiveOn) {
  std::signal(SIGHUP, SIG_IGN);
  {
    TerminationSignal signal;
    raise(SIGHUP);
    EXPECT_FALSE(signal.Wait(kNow));
    raise(SIGTERM);
    EXPECT_TRUE(signal.Wait(kNow));
  }
  EXPECT_EQ(std::signal(SIGHUP, SIG_DFL), SIG_IGN) << "as it was";
}

TEST(TerminationSignal, LeavesErrnoToTheInterruptedCode) {
  TerminationSignal signal;
  // Fill the pipe, so that the handler's write fails.
  const auto fill = [] {
    struct sigaction handler {};
    sigaction(SIGTERM, nullptr, &handler);
    for (int i = 0; i < 70'000; ++i) handler.sa_handler(SIGTERM);
  };
  fill();
  errno = ENOENT;
  raise(SIGTERM);
  EXPECT_EQ(errno, ENOENT);
}

}  // namespace
}  // namespace trackfit::rpc
