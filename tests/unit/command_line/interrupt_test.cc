#include "command_line/interrupt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "files/partial_file.h"

namespace trackfit::command_line {
namespace {

bool BecomesTrue(const std::function<bool()>& condition) {
  for (int i = 0; i < 200 && !condition(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return condition();
}

TEST(InterruptWatcher, CountsInterruptsInsteadOfExiting) {
  std::atomic<int> last{0};
  const InterruptWatcher watcher([&](int count) { last = count; });
  kill(getpid(), SIGINT);
  EXPECT_TRUE(BecomesTrue([&] { return last == 1; }));
  kill(getpid(), SIGTERM);
  EXPECT_TRUE(BecomesTrue([&] { return last == 2; }));
}

TEST(InterruptWatcherDeathTest, EndsOneSecondAfterTheSecondSignal) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const InterruptWatcher watcher([](int) {});
        kill(getpid(), SIGINT);
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        kill(getpid(), SIGINT);
        std::this_thread::sleep_for(std::chrono::seconds(20));
      },
      ::testing::ExitedWithCode(130), "");
}

TEST(InterruptWatcherDeathTest, ExitOnInterruptPrintsItsText) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const InterruptWatcher watcher(ExitOnInterrupt("stopped; nothing is written"));
        kill(getpid(), SIGINT);
        std::this_thread::sleep_for(std::chrono::seconds(20));
      },
      ::testing::ExitedWithCode(130), "stopped; nothing is written");
}

TEST(InterruptWatcherDeathTest, ExitOnInterruptLeavesNoPartialFiles) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const std::filesystem::path target = std::filesystem::path(::testing::TempDir()) / "end_at_once_test";
  EXPECT_EXIT(
      {
        const files::PartialFile partial(target);
        std::ofstream(partial.path()) << "half";
        const InterruptWatcher watcher(ExitOnInterrupt("stopped"));
        kill(getpid(), SIGINT);
        std::this_thread::sleep_for(std::chrono::seconds(20));
      },
      ::testing::ExitedWithCode(130), "stopped");
  for (const auto& entry : std::filesystem::directory_iterator(target.parent_path()))
    EXPECT_THAT(entry.path().filename().string(), ::testing::Not(::testing::StartsWith("end_at_once_test")));
}

TEST(InterruptWatcher, DoesNothingWithoutASignal) {
  std::atomic<int> last{0};
  {
    const InterruptWatcher watcher([&](int count) { last = count; });
  }
  EXPECT_EQ(last, 0);
}

}  // namespace
}  // namespace trackfit::command_line
