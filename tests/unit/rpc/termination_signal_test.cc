#include "rpc/termination_signal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <vector>

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

// In a child without a terminal, whatever the tests have. Gives what `check` gives there.
bool InASessionOfItsOwn(const std::function<bool()>& check) {
  const pid_t child = fork();
  if (child == 0) _exit(setsid() > 0 && check() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(TerminationSignal, ReloadsOnEachHangUpWithoutATerminalIfTheServerCan) {
  EXPECT_TRUE(InASessionOfItsOwn([] {
    TerminationSignal signal(HangUp::kReloads);
    int reloads = 0;
    raise(SIGHUP);  // before anybody listens
    signal.OnReload([&reloads] { ++reloads; });
    if (signal.Wait(kNow) || reloads != 1) return false;
    for (int i = 0; i < 3; ++i) raise(SIGHUP);
    if (signal.Wait(kNow) || reloads != 2 || signal.Wait(kNow)) return false;
    raise(SIGTERM);
    return signal.Wait(kNow) && reloads == 2;
  }));
}

TEST(TerminationSignal, EndsWithAHangUpOfAServerThatCannotReload) {
  EXPECT_TRUE(InASessionOfItsOwn([] {
    TerminationSignal signal;
    raise(SIGHUP);
    return signal.Wait(kNow);
  }));
}

TEST(TerminationSignal, EndsWithTheTerminalOfAServerThatCanReload) {
  EXPECT_TRUE(InASessionOfItsOwn([] {
    const int manager = posix_openpt(O_RDWR | O_NOCTTY);
    if (manager < 0 || grantpt(manager) != 0 || unlockpt(manager) != 0) return false;
    const int terminal = open(ptsname(manager), O_RDWR);  // becomes the session's
    TerminationSignal signal(HangUp::kReloads);
    raise(SIGHUP);
    return terminal >= 0 && signal.Wait(kNow);
  }));
}

TEST(TerminationSignal, SaysHowMuchLouderTheLogShallBe) {
  TerminationSignal signal;
  std::vector<int> asked;
  raise(SIGUSR1);  // before anybody listens
  raise(SIGUSR1);
  signal.OnLouder([&asked](int steps) { asked.push_back(steps); });
  EXPECT_FALSE(signal.Wait(kNow));
  raise(SIGUSR2);
  EXPECT_FALSE(signal.Wait(kNow));
  raise(SIGUSR1);
  raise(SIGUSR2);
  EXPECT_FALSE(signal.Wait(kNow));
  EXPECT_FALSE(signal.Wait(kNow));
  EXPECT_EQ(asked, (std::vector<int>{2, -1}));
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
