#include "drawing/timeline.h"

#include <gtest/gtest.h>

#include "support/messages.h"

namespace trackfit::drawing {
namespace {

std::vector<int64_t> Times(int frames) {
  std::vector<int64_t> times;
  for (int i = 0; i < frames; ++i) times.push_back(i * 100'000);
  return times;
}

TEST(Timeline, LetsEachWindowSpeakForWhatIsNewInIt) {
  const Timeline timeline(
      {testing::PushUp(0, 59, 80), testing::PushUp(0, 74, 40), testing::PushUp(0, 89, 10)}, Times(95));
  ASSERT_EQ(timeline.segments().size(), 3U);
  EXPECT_EQ(timeline.At(0)->quality().score(), 80);
  EXPECT_EQ(timeline.At(59)->quality().score(), 80);
  EXPECT_EQ(timeline.At(60)->quality().score(), 40);
  EXPECT_EQ(timeline.At(89)->quality().score(), 10);
  EXPECT_EQ(timeline.segments()[1].start_us, timeline.segments()[0].end_us);
}

TEST(Timeline, LetsTheLastWindowSpeakForTheRest) {
  const Timeline timeline({testing::PushUp(0, 59, 80)}, Times(70));
  EXPECT_EQ(timeline.At(69)->quality().score(), 80);
}

TEST(Timeline, SaysNothingAboutTimeThatNoWindowCovers) {
  const Timeline timeline({testing::PushUp(10, 69, 80), testing::PushUp(100, 159, 40)}, Times(200));
  EXPECT_EQ(timeline.At(9), nullptr);
  EXPECT_EQ(timeline.At(85), nullptr);
  EXPECT_EQ(timeline.At(100)->quality().score(), 40);
  EXPECT_EQ(timeline.segments()[1].start_us, 10'000'000);
}

TEST(Timeline, MayBeEmpty) {
  const Timeline timeline({}, {});
  EXPECT_EQ(timeline.At(0), nullptr);
  EXPECT_EQ(timeline.end_us(), 0);
}

}  // namespace
}  // namespace trackfit::drawing
