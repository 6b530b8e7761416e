#include "repetitions/hold_finder.h"

#include <gtest/gtest.h>

namespace trackfit::repetitions {
namespace {

constexpr HoldFinder::Start kBegan{7, 1'000'000};

Body BodyAt(int64_t timestamp_us) {
  Body body;
  body.sequence = 100;
  body.timestamp_us = timestamp_us;
  return body;
}

TEST(HoldFinder, MeasuresAHoldThatBeganBeforeFromItsBeginning) {
  HoldFinder hold(2, 100, kBegan);
  EXPECT_FALSE(hold.Push(BodyAt(5'000'000), 1));  // stands for the beginning
  EXPECT_FALSE(hold.Push(BodyAt(5'033'000), 1));
  const auto attempt = hold.Finish();
  ASSERT_TRUE(attempt);
  EXPECT_EQ(attempt->frames.front().sequence, 7U);
}

TEST(HoldFinder, GivesNoneWhereNobodyWasSeenSinceItWentOn) {
  HoldFinder hold(2, 100, kBegan);
  EXPECT_TRUE(hold.holding());
  EXPECT_FALSE(hold.Finish());
  EXPECT_FALSE(hold.holding());
}

}  // namespace
}  // namespace trackfit::repetitions
