#include "gateway/frame_rate_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "skeleton/validate.h"

namespace trackfit::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// What is said of `count` frames whose timestamps `time` gives, and at their end.
std::vector<std::string> Said(int count, const std::function<int64_t(int)>& time) {
  FrameRateCheck check("frame.timestamp_us");
  std::vector<std::string> said;
  for (int i = 0; i < count; ++i) {
    if (auto message = check.Add(time(i))) said.push_back(*message);
  }
  if (auto message = check.Finish()) said.push_back(*message);
  return said;
}

TEST(FrameRateCheck, SaysNothingOfAnyCamera) {
  for (const int64_t interval : {1'000, 16'667, 33'333, 200'000, 2'000'000}) {
    EXPECT_THAT(Said(300, [interval](int i) { return i * interval; }), IsEmpty()) << interval;
  }
}

TEST(FrameRateCheck, TakesManyFramesASecondForMilliseconds) {
  EXPECT_THAT(Said(300, [](int i) { return i * 33; }),
              ElementsAre("timestamps advance by 33 us per frame = 30303 frames/s; are they milliseconds? "
                          "frame.timestamp_us is in microseconds"));
}

TEST(FrameRateCheck, TakesFewFramesASecondForNanoseconds) {
  EXPECT_THAT(
      Said(300, [](int i) { return i * int64_t{33'333'333}; }),
      ElementsAre("timestamps advance by 33333333 us per frame = 0.03 frames/s; are they nanoseconds? "
                  "frame.timestamp_us is in microseconds"));
}

TEST(FrameRateCheck, TakesTimestampsThatHardlyMoveForSeconds) {
  EXPECT_THAT(Said(300, [](int i) { return i / 10; }), ElementsAre(HasSubstr("are they seconds?")));
}

TEST(FrameRateCheck, SaysWhenNoTimestampIsSet) {
  EXPECT_THAT(Said(300, [](int) { return 0; }),
              ElementsAre("timestamps do not advance: none of 29 frames is later than 0; "
                          "frame.timestamp_us says when each was taken, in microseconds"));
}

TEST(FrameRateCheck, NamesNoUnitWhereNoneFits) {
  EXPECT_THAT(Said(300, [](int i) { return i * int64_t{1'000'000'000'000}; }),
              ElementsAre(AllOf(HasSubstr("0.00 frames/s; frame.timestamp_us is in microseconds"))));
}

TEST(FrameRateCheck, BearsAPauseBehindTheFirstFrame) {
  EXPECT_THAT(Said(300, [](int i) { return i == 0 ? 0 : 60'000'000 + i * int64_t{33'333}; }), IsEmpty());
}

TEST(FrameRateCheck, BearsDroppedFrames) {
  EXPECT_THAT(Said(300, [](int i) { return (i + i / 3 * 20) * int64_t{33'333}; }), IsEmpty());
}

TEST(FrameRateCheck, BearsFramesThatCameInABurst) {
  EXPECT_THAT(Said(300, [](int i) { return i < 20 ? i * 50 : i * int64_t{33'333}; }), IsEmpty());
}

TEST(FrameRateCheck, BearsFramesThatRepeatATimestampNowAndThen) {
  EXPECT_THAT(Said(300, [](int i) { return (i - i % 3) * int64_t{33'333}; }), IsEmpty());
}

TEST(FrameRateCheck, SaysWhenOneTimestampFarAheadLeavesAllOthersBehind) {
  EXPECT_THAT(Said(300, [](int i) { return i == 5 ? 9'000'000'000 : i * int64_t{33'333}; }),
              ElementsAre(HasSubstr("none of 30 frames is later than 9000000000")));
}

TEST(FrameRateCheck, SaysWhenAClockIsSetBackInTheMiddle) {
  EXPECT_THAT(Said(300, [](int i) { return (i < 150 ? i + 1000 : i) * int64_t{33'333}; }),
              ElementsAre(HasSubstr("timestamps do not advance")));
}

TEST(FrameRateCheck, JudgesAShortClipAtItsEndAndAVeryShortOneNot) {
  EXPECT_THAT(Said(9, [](int i) { return i * 33; }), SizeIs(1));
  EXPECT_THAT(Said(8, [](int i) { return i * 33; }), IsEmpty());
}

TEST(FrameRateCheck, BearsSingleTimestampsBeyondTheLimits) {
  for (const int64_t beyond : {std::numeric_limits<int64_t>::min(), -skeleton::kMaxTimestampUs - 1,
                               skeleton::kMaxTimestampUs + 1, std::numeric_limits<int64_t>::max()}) {
    EXPECT_THAT(Said(300, [beyond](int i) { return i % 50 == 5 ? beyond : i * int64_t{33'333}; }), IsEmpty())
        << beyond;
  }
}

TEST(FrameRateCheck, SeesMillisecondsBehindATimestampBeyondTheLimits) {
  EXPECT_THAT(Said(300, [](int i) { return i == 0 ? std::numeric_limits<int64_t>::min() : i * int64_t{33}; }),
              ElementsAre(HasSubstr("are they milliseconds?")));
}

TEST(FrameRateCheck, TakesTimestampsThatAreAllBeyondTheLimitsForNanoseconds) {
  const auto since_1970 = [](int i) { return 1'760'000'000'000'000'000 + i * int64_t{33'333'333}; };
  EXPECT_THAT(Said(300, since_1970),
              ElementsAre("timestamps of 9 frames in a row are beyond 9007199254740992 us, 285 years; are "
                          "they nanoseconds? frame.timestamp_us is in microseconds"));
  EXPECT_THAT(Said(8, since_1970), IsEmpty());
}

}  // namespace
}  // namespace trackfit::gateway
