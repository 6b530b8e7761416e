#include "process/child.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "support/eventually.h"
#include "support/scratch_folder.h"

namespace trackfit::process {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::Eventually;
using ::testing::HasSubstr;
using ::testing::Lt;

// Nobody waits for it but a test that fails.
Child::TimePoint Soon() { return steady_clock::now() + std::chrono::seconds(30); }

Command Shell(const std::string& script) {
  return {.arguments = {"/bin/sh", "-c", script}, .environment = {"PATH=/usr/bin:/bin"}};
}

std::string ReadAll(Child& child) {
  std::string output;
  for (auto piece = child.ReadOutput(Soon()); piece.ok() && !piece->empty(); piece = child.ReadOutput(Soon()))
    output += *piece;
  return output;
}

struct Ran {
  std::string output;
  std::string errors;
  Exit exit;
};

Ran Finish(const Command& command) {
  const auto child = Child::Start(command);
  EXPECT_TRUE(child.ok()) << child.status();
  if (!child.ok()) return {};
  Ran ran;
  ran.output = ReadAll(**child);
  ran.exit = (*child)->Wait(Soon());
  ran.errors = (*child)->errors();
  return ran;
}

// Not if it only awaits that somebody asks how it ended.
bool IsAlive(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string number, name, state;
  return file >> number >> name >> state && state != "Z";
}

TEST(Child, GivesItsOutputAndHowItEnded) {
  const Ran ran = Finish(Shell("echo hello; echo trouble >&2; exit 7"));
  EXPECT_EQ(ran.output, "hello\n");
  EXPECT_EQ(ran.errors, "trouble\n");
  EXPECT_EQ(ran.exit.code, 7);
  EXPECT_EQ(ran.exit.signal, 0);
  EXPECT_EQ(Finish(Shell("kill -9 $$")).exit.signal, SIGKILL);
}

TEST(Child, GivesItsArgumentsUnchanged) {
  EXPECT_EQ(Finish({.arguments = {"/bin/echo", "$HOME; `id` | *", "--json={\"a\": 1}"}}).output,
            "$HOME; `id` | * --json={\"a\": 1}\n");
}

TEST(Child, ReadsWhatItIsGiven) {
  const testing::ScratchFolder folder;
  std::ofstream(folder.File("input")) << "what was posted";
  const int input = open(folder.File("input").c_str(), O_RDONLY | O_CLOEXEC);
  Command command = Shell("cat /proc/self/fd/0");
  command.input = input;
  EXPECT_EQ(Finish(command).output, "what was posted");
  close(input);
  EXPECT_EQ(Finish(Shell("cat")).output, "");  // else nothing
}

// A descriptor without O_CLOEXEC, as some libraries open them.
TEST(Child, InheritsNothingElse) {
  setenv("TRACKFIT_SECRET", "hidden", 1);
  const int leaked = open("/dev/null", O_RDONLY);
  const Ran ran = Finish(Shell("echo $TRACKFIT_SECRET; ls /proc/self/fd | sort -n | tail -n 1; echo end"));
  close(leaked);
  unsetenv("TRACKFIT_SECRET");
  EXPECT_EQ(ran.output, "\n3\nend\n");  // ls itself has its folder open as 3
}

TEST(Child, IsOwnLeaderWithoutBlockedSignals) {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  const Ran ran = Finish(Shell("kill -TERM $$; echo still here"));
  pthread_sigmask(SIG_UNBLOCK, &blocked, nullptr);
  EXPECT_EQ(ran.exit.signal, SIGTERM);
  EXPECT_EQ(ran.output, "");
  EXPECT_EQ(Finish(Shell("test $(cut -d ' ' -f 5 /proc/$$/stat) = $$ && echo leads")).output, "leads\n");
}

TEST(Child, SaysWhichProgramCannotBeRun) {
  const auto missing = Child::Start({.arguments = {"/no/such/program"}});
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("/no/such/program cannot be run"));
  EXPECT_EQ(Child::Start({.arguments = {"/etc/passwd"}}).status().code(),
            absl::StatusCode::kPermissionDenied);
}

TEST(Child, WaitsWhileNobodyReads) {
  const testing::ScratchFolder folder;
  const std::string done = folder.File("done");
  const auto child = *Child::Start(Shell("head -c 1000000 /dev/zero; touch " + done));
  std::this_thread::sleep_for(milliseconds(200));
  EXPECT_FALSE(std::filesystem::exists(done));
  EXPECT_EQ(ReadAll(*child).size(), 1'000'000U);
  EXPECT_EQ(child->Wait(Soon()).code, 0);
  EXPECT_TRUE(std::filesystem::exists(done));
}

TEST(Child, KeepsTheEndOfManyErrors) {
  const Ran ran = Finish(Shell("for i in $(seq 100000); do echo $i; done >&2; echo last words >&2"));
  EXPECT_THAT(ran.errors, HasSubstr("100000\nlast words\n"));
  EXPECT_THAT(ran.errors.size(), Lt(10'000U));
}

TEST(Child, IsNotWaitedForBeyondADeadline) {
  const auto child = *Child::Start(Shell("sleep 1000"));
  EXPECT_EQ(child->ReadOutput(steady_clock::now() + milliseconds(50)).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(child->Wait(steady_clock::now() + milliseconds(50)).signal, SIGKILL);
}

TEST(Child, IsKilledWithAllThatItStartedWhileSomebodyReads) {
  const auto child = *Child::Start(Shell("sleep 1000 & echo $!; wait"));
  const pid_t grandchild = std::stoi(*child->ReadOutput(Soon()));
  EXPECT_TRUE(IsAlive(grandchild));
  std::thread killer([&] {
    std::this_thread::sleep_for(milliseconds(50));
    child->Kill();
  });
  EXPECT_EQ(*child->ReadOutput(Soon()), "");
  killer.join();
  EXPECT_EQ(child->Wait(Soon()).signal, SIGKILL);
  EXPECT_TRUE(Eventually([&] { return !IsAlive(grandchild); }));
  child->Kill();  // nobody is there any more
}

TEST(Child, LeavesNobodyBehind) {
  pid_t leader = 0;
  pid_t grandchild = 0;
  {
    const auto child = *Child::Start(Shell("sleep 1000 & echo $!; wait"));
    leader = child->pid();
    grandchild = std::stoi(*child->ReadOutput(Soon()));
  }
  EXPECT_FALSE(IsAlive(leader));
  EXPECT_TRUE(Eventually([&] { return !IsAlive(grandchild); }));
  const Ran ran = Finish(Shell("sleep 1000 >/dev/null 2>&1 & echo $!"));  // it ends, and leaves one behind
  EXPECT_TRUE(Eventually([&] { return !IsAlive(std::stoi(ran.output)); }));
}

TEST(Child, HasItsLimits) {
  Command command = Shell("ulimit -c; ulimit -n; ulimit -t; ulimit -v; ulimit -f");
  command.limits = {.memory_bytes = 1 << 30, .cpu_seconds = 100, .open_files = 50, .may_write_files = false};
  std::string output;
  // They are set right behind the start, so the shell may be quicker.
  EXPECT_TRUE(Eventually([&] { return (output = Finish(command).output) == "0\n50\n100\n1048576\n0\n"; }))
      << output;
}

TEST(Child, IsEndedByALimit) {
  Command command = Shell("while :; do :; done");
  command.limits.cpu_seconds = 1;
  EXPECT_EQ(Finish(command).exit.signal, SIGKILL);
}

}  // namespace
}  // namespace trackfit::process
