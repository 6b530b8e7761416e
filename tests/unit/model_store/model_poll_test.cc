#include "model_store/model_poll.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>

#include "support/eventually.h"

namespace trackfit::model_store {
namespace {

using std::chrono::milliseconds;

telemetry::Logger LogTo(std::atomic<int>& lines) {
  return {"test", telemetry::LogLevel::kInfo, telemetry::LogFormat::kText,
          [&lines](const std::string&) { ++lines; }};
}

TEST(ModelPoll, LooksEachIntervalAlsoWhenALookThrows) {
  std::atomic<int> looks = 0;
  std::atomic<int> lines = 0;
  const ModelPoll poll(
      [&looks]() -> bool {
        ++looks;
        throw std::runtime_error("out of memory");
      },
      milliseconds(1), LogTo(lines));
  EXPECT_TRUE(testing::Eventually([&] { return looks >= 3 && lines >= 2; }));
}

TEST(ModelPoll, LooksOnlyWhenAskedWithoutAnInterval) {
  std::atomic<int> looks = 0;
  std::atomic<int> lines = 0;
  ModelPoll poll(
      [&looks] {
        ++looks;
        return false;
      },
      milliseconds(0), LogTo(lines));
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(looks, 0);
  poll.LookNow();
  EXPECT_TRUE(testing::Eventually([&] { return looks == 1; }));
}

TEST(ModelPoll, LooksAgainSoonWhereALookIsNotDone) {
  std::atomic<int> looks = 0;
  std::atomic<int> lines = 0;
  ModelPoll poll([&looks] { return ++looks < 2; }, milliseconds(0), LogTo(lines));
  poll.LookNow();
  EXPECT_TRUE(testing::Eventually([&] { return looks == 2; }));
}

}  // namespace
}  // namespace trackfit::model_store
