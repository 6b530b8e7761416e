#include "contract/coach_target.h"

#include <gtest/gtest.h>

#include <string>

namespace trackfit::contract {
namespace {

TEST(ParseCoachTarget, ReadsARangeOfWhichEitherEndMayBeLeftOut) {
  const auto both = ParseCoachTarget("target", "elbow_angle=70:90.5");
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(both->code(), "elbow_angle");
  EXPECT_EQ(both->good_low(), 70);
  EXPECT_EQ(both->good_high(), 90.5F);
  const auto low = ParseCoachTarget("target", "squat_depth=0.6:");
  ASSERT_TRUE(low.ok()) << low.status();
  EXPECT_TRUE(low->has_good_low());
  EXPECT_FALSE(low->has_good_high());
  EXPECT_TRUE(ParseCoachTarget("target", "squat_depth=:-1").ok());
}

TEST(ParseCoachTarget, SaysHowItIsWritten) {
  for (const std::string text :
       {"", "squat_depth", "squat_depth=", "squat_depth=110", "squat_depth=:", "=1:2", "squat_depth=a:b",
        "squat_depth=1:2:3", "squat_depth=nan:", "squat_depth=:inf"}) {
    EXPECT_EQ(ParseCoachTarget("--target", text).status(),
              absl::InvalidArgumentError("--target " + text +
                                         ": it must be CODE=LOW:HIGH, such as squat_depth=:110 or "
                                         "elbow_angle=70:90"));
  }
  EXPECT_EQ(ParseCoachTarget("target", "squat_depth=110:80").status(),
            absl::InvalidArgumentError(
                "target squat_depth=110:80: the lower end is above the upper one; swap them"));
}

}  // namespace
}  // namespace trackfit::contract
