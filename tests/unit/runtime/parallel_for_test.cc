#include "runtime/parallel_for.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <barrier>
#include <cstdlib>
#include <mutex>
#include <set>
#include <stdexcept>
#include <vector>

namespace trackfit::runtime {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

TEST(ParallelFor, CallsEveryIndexOnceOnAnyNumberOfThreads) {
  for (const int threads : {1, 3, 64}) {
    std::vector<int> calls(20);
    const absl::Status done = ParallelFor(calls.size(), threads, [&](std::size_t index, int) {
      ++calls[index];
      return absl::OkStatus();
    });
    EXPECT_TRUE(done.ok()) << done;
    EXPECT_THAT(calls, Each(1)) << threads << " threads";
  }
}

TEST(ParallelFor, BeginsInOrder) {
  std::vector<std::size_t> begun;
  const absl::Status done = ParallelFor(4, 1, [&](std::size_t index, int) {
    begun.push_back(index);
    return absl::OkStatus();
  });
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_THAT(begun, ElementsAre(0, 1, 2, 3));
}

TEST(ParallelFor, RunsAsManyCallsAtATimeAsItHasThreadsEachWithANumberOfItsOwn) {
  std::barrier all_here(3);  // a call waits here until three of them run
  std::mutex mutex;
  std::set<int> workers;
  const absl::Status done = ParallelFor(3, 3, [&](std::size_t, int worker) {
    all_here.arrive_and_wait();
    const std::lock_guard lock(mutex);
    workers.insert(worker);
    return absl::OkStatus();
  });
  EXPECT_TRUE(done.ok()) << done;
  EXPECT_THAT(workers, ElementsAre(0, 1, 2));
}

TEST(ParallelFor, EndsWithTheFirstErrorAndBeginsNoOtherCall) {
  int calls = 0;
  const absl::Status done = ParallelFor(100, 1, [&](std::size_t index, int) {
    ++calls;
    return index == 3 ? absl::UnavailableError("the disk is full") : absl::OkStatus();
  });
  EXPECT_EQ(done, absl::UnavailableError("the disk is full"));
  EXPECT_EQ(calls, 4);
}

TEST(ParallelFor, TurnsAnExceptionIntoAnError) {
  int calls = 0;
  const absl::Status done = ParallelFor(100, 1, [&](std::size_t, int) -> absl::Status {
    ++calls;
    throw std::runtime_error("out of luck");
  });
  EXPECT_EQ(done, absl::InternalError("the program failed: out of luck"));
  EXPECT_EQ(calls, 1);
}

#if !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)  // which need the address space themselves
TEST(ParallelFor, SaysThatTheSystemHasNoMoreThreads) {
  const auto run_short_of_space = [] {
    constexpr rlim_t kRoomForAFewStacks = rlim_t{1} << 30;
    const rlimit limit{kRoomForAFewStacks, kRoomForAFewStacks};
    if (setrlimit(RLIMIT_AS, &limit) != 0) std::exit(1);
    const absl::Status done = ParallelFor(2000, 2000, [](std::size_t, int) { return absl::OkStatus(); });
    std::exit(absl::IsInternal(done) ? 0 : 1);
  };
  EXPECT_EXIT(run_short_of_space(), ::testing::ExitedWithCode(0), "");
}
#endif

TEST(ParallelFor, DoesNothingForNothing) {
  EXPECT_TRUE(ParallelFor(0, 4, [](std::size_t, int) { return absl::InternalError("called"); }).ok());
}

}  // namespace
}  // namespace trackfit::runtime
