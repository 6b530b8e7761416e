#include "runtime/worker_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/admission_gate.h"

namespace trackfit::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(WorkerPool, RunsEverythingThatWasSubmittedBeforeItStops) {
  std::atomic<int> ran = 0;
  {
    WorkerPool pool({.workers = 3});
    for (int i = 0; i < 1000; ++i) pool.Submit([&](int) { ++ran; });
  }
  EXPECT_EQ(ran, 1000);
}

TEST(WorkerPool, NoTwoTasksShareAWorkerAtATime) {
  std::atomic<int> busy[4] = {};
  std::atomic<int> clashes = 0;
  {
    WorkerPool pool({.workers = 4});
    for (int i = 0; i < 1000; ++i) {
      pool.Submit([&](int worker) {
        if (busy[worker].fetch_add(1) != 0) ++clashes;
        busy[worker].fetch_sub(1);
      });
    }
  }
  EXPECT_EQ(clashes, 0);
}

TEST(WorkerPool, RefusesWhenItsQueueIsFull) {
  std::promise<void> release;
  std::promise<void> started;
  WorkerPool pool({.workers = 1, .max_queued = 2});
  pool.Submit([&](int) {
    started.set_value();
    release.get_future().wait();
  });
  started.get_future().wait();
  EXPECT_TRUE(pool.TrySubmit([](int) {}).ok());
  EXPECT_TRUE(pool.TrySubmit([](int) {}).ok());
  const absl::Status refused = pool.TrySubmit([](int) {});
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("2 calls wait"));
  EXPECT_TRUE(RetryAfter(refused).has_value());
  release.set_value();
}

TEST(WorkerPool, DoesNotCountTheWorkOfStreamsAgainstCalls) {
  std::promise<void> release;
  WorkerPool pool({.workers = 1, .max_queued = 1});
  pool.Submit([&](int) { release.get_future().wait(); });
  for (int i = 0; i < 100; ++i) pool.Submit([](int) {});
  EXPECT_TRUE(pool.TrySubmit([](int) {}).ok());
  release.set_value();
}

TEST(WorkerPool, MeasuresHowLongTasksWaitAndHowMany) {
  std::mutex mutex;
  std::vector<double> waits;
  std::size_t largest = 0;
  WorkerPoolConfig config{.workers = 1};
  config.on_wait = [&](double seconds) {
    std::lock_guard lock(mutex);
    waits.push_back(seconds);
  };
  config.on_queue_size = [&](std::size_t queued) { largest = std::max(largest, queued); };
  {
    WorkerPool pool(config);
    pool.Submit([](int) { std::this_thread::sleep_for(std::chrono::milliseconds(30)); });
    pool.Submit([](int) {});
    pool.Submit([](int) {});
  }
  ASSERT_EQ(waits.size(), 3u);
  EXPECT_GT(waits[2], 0.015);
  EXPECT_GE(largest, 2u);
}

TEST(WorkerPool, RefusesAfterShutdown) {
  WorkerPool pool({.workers = 1});
  pool.Shutdown();
  EXPECT_EQ(pool.TrySubmit([](int) {}).code(), absl::StatusCode::kUnavailable);
  pool.Submit([](int) { FAIL() << "must be dropped"; });
}

TEST(WorkerPool, SurvivesATaskThatThrows) {
  std::vector<std::string> reported;
  std::atomic<bool> ran = false;
  {
    WorkerPool pool({.workers = 1, .on_exception = [&](const absl::Status& failed) {
                       reported.emplace_back(failed.message());
                     }});
    pool.Submit([](int) { throw std::runtime_error("singular"); });
    pool.Submit([&](int) { ran = true; });
  }
  EXPECT_TRUE(ran);
  EXPECT_THAT(reported, ElementsAre(HasSubstr("singular")));
}

TEST(WorkerPool, TaskMaySubmitWhileThePoolStops) {
  std::atomic<bool> ran = false;
  {
    WorkerPool pool({.workers = 2});
    pool.Submit([&](int) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      pool.Submit([&](int) { ran = true; });
    });
  }
  EXPECT_TRUE(ran);
}

}  // namespace
}  // namespace trackfit::runtime
