#include "gateway/stream_age.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trackfit::gateway {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr StreamAge::TimePoint kOpened{hours(1)};
constexpr StreamAgeLimits kLimits{.most = seconds(100), .grace = seconds(10)};

TEST(StreamAge, AsksOnceAndIsOverAfterTheGrace) {
  StreamAge age(kLimits, 0, kOpened);
  EXPECT_FALSE(age.TakeRequest(kOpened + seconds(99)));
  EXPECT_TRUE(age.TakeRequest(kOpened + seconds(100)));
  EXPECT_FALSE(age.TakeRequest(kOpened + seconds(101)));
  EXPECT_FALSE(age.IsOver(kOpened + seconds(109)));
  EXPECT_TRUE(age.IsOver(kOpened + seconds(110)));
  EXPECT_THAT(age.Request(), HasSubstr("it ends in 10 s"));
  EXPECT_THAT(age.Ending(), HasSubstr("max-stream-age"));
}

TEST(StreamAge, IsNotOverBeforeItHasAsked) {
  const StreamAge age(kLimits, 0, kOpened);
  EXPECT_FALSE(age.IsOver(kOpened + hours(1)));
}

TEST(StreamAge, DiffersByATenth) {
  EXPECT_TRUE(StreamAge(kLimits, -1, kOpened).TakeRequest(kOpened + seconds(90)));
  EXPECT_FALSE(StreamAge(kLimits, 1, kOpened).TakeRequest(kOpened + seconds(109)));
  EXPECT_TRUE(StreamAge(kLimits, 1, kOpened).TakeRequest(kOpened + seconds(111)));
}

TEST(StreamAge, IsNoMatterWithoutALimit) {
  StreamAge age({}, 0, kOpened);
  EXPECT_FALSE(age.TakeRequest(kOpened + hours(1000)));
  EXPECT_FALSE(age.IsOver(kOpened + hours(1000)));
}

}  // namespace
}  // namespace trackfit::gateway
