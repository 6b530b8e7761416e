#include "runtime/strand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace trackfit::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Strand, RunsTasksOneAtATimeInOrderOnManyWorkers) {
  constexpr int kStrands = 8;
  constexpr int kTasks = 500;
  std::vector<std::vector<int>> order(kStrands);  // deliberately without locks: the strand is the lock
  std::atomic<int> overlaps = 0;
  {
    WorkerPool pool({.workers = 4});
    for (int s = 0; s < kStrands; ++s) {
      const auto strand = Strand::Create(pool);
      const auto running = std::make_shared<std::atomic<int>>(0);
      for (int i = 0; i < kTasks; ++i) {
        strand->Post([&, running, s, i](int) {
          if (running->fetch_add(1) != 0) ++overlaps;
          order[s].push_back(i);
          running->fetch_sub(1);
        });
      }
    }
  }
  std::vector<int> expected(kTasks);
  std::iota(expected.begin(), expected.end(), 0);
  for (const auto& seen : order) EXPECT_EQ(seen, expected);
  EXPECT_EQ(overlaps, 0);
}

TEST(Strand, TakesTurnsWithOthersHoweverLongItsQueue) {
  std::vector<char> order;
  {
    WorkerPool pool({.workers = 1});
    std::promise<void> start;
    pool.Submit([future = start.get_future().share()](int) { future.wait(); });
    const auto a = Strand::Create(pool);
    const auto b = Strand::Create(pool);
    for (int i = 0; i < 3; ++i) a->Post([&](int) { order.push_back('a'); });
    for (int i = 0; i < 3; ++i) b->Post([&](int) { order.push_back('b'); });
    start.set_value();
  }
  EXPECT_EQ(std::string(order.begin(), order.end()), "ababab");
}

TEST(Strand, TaskMayPostToItsOwnStrand) {
  std::vector<int> order;
  {
    WorkerPool pool({.workers = 2});
    const auto strand = Strand::Create(pool);
    strand->Post([&, strand](int) {
      strand->Post([&](int) { order.push_back(2); });
      order.push_back(1);
    });
  }
  EXPECT_THAT(order, ::testing::ElementsAre(1, 2));
}

TEST(Strand, GoesOnAfterATaskThatThrowsAndSaysWhatItWas) {
  std::vector<std::string> events;  // of the strand's tasks, which run one at a time
  {
    WorkerPool pool({.workers = 2});
    const auto strand =
        Strand::Create(pool, [&](const absl::Status& failed) { events.emplace_back(failed.message()); });
    strand->Post([&](int) { events.emplace_back("first"); });
    strand->Post([](int) { throw std::runtime_error("singular"); });
    strand->Post([](int) { throw 42; });
    strand->Post([&](int) { events.emplace_back("last"); });
  }
  EXPECT_THAT(events, ElementsAre("first", HasSubstr("singular"), HasSubstr("unknown"), "last"));
}

TEST(Strand, LeavesItToThePoolToReportWhereNobodyElseDoes) {
  std::atomic<int> reported = 0;
  std::atomic<bool> ran = false;
  {
    WorkerPool pool({.workers = 1, .on_exception = [&](const absl::Status&) { ++reported; }});
    const auto strand = Strand::Create(pool);
    strand->Post([](int) { throw std::runtime_error("singular"); });
    strand->Post([&](int) { ran = true; });
  }
  EXPECT_EQ(reported, 1);
  EXPECT_TRUE(ran);
}

}  // namespace
}  // namespace trackfit::runtime
