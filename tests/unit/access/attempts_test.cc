#include "access/attempts.h"

#include <gtest/gtest.h>

#include <string>

namespace trackfit::access {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Attempts::TimePoint kBegin{seconds(1000)};
const AttemptLimits kLimits{.failures = 3, .within = seconds(60), .pause = seconds(30), .max_addresses = 4};

void Fail(Attempts& attempts, const std::string& address, int times, Attempts::TimePoint at = kBegin) {
  for (int i = 0; i < times; ++i) {
    EXPECT_FALSE(attempts.Begin(address, at));
    attempts.Failed(address, at);
  }
}

TEST(Attempts, AreRefusedAfterTooManyFailures) {
  Attempts attempts(kLimits);
  Fail(attempts, "a", 3);
  const auto refusal = attempts.Begin("a", kBegin + seconds(1));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->wait, seconds(29));
  EXPECT_TRUE(refusal->guesses);
  EXPECT_EQ(attempts.WaitOf("a", kBegin + seconds(1)), seconds(29));
  EXPECT_TRUE(attempts.IsNews("a"));
  EXPECT_FALSE(attempts.IsNews("a"));
}

TEST(Attempts, OfOthersAreNotDisturbed) {
  Attempts attempts(kLimits);
  Fail(attempts, "a", 3);
  EXPECT_FALSE(attempts.WaitOf("b", kBegin));
  EXPECT_FALSE(attempts.Begin("b", kBegin));
}

TEST(Attempts, AreTakenAgainAfterThePause) {
  Attempts attempts(kLimits);
  Fail(attempts, "a", 3);
  EXPECT_FALSE(attempts.WaitOf("a", kBegin + seconds(30)));
  Fail(attempts, "a", 3, kBegin + seconds(30));
  EXPECT_TRUE(attempts.Begin("a", kBegin + seconds(31)));
}

TEST(Attempts, ThatAreFarApartDoNotAddUp) {
  Attempts attempts(kLimits);
  for (int i = 0; i < 10; ++i) Fail(attempts, "a", 1, kBegin + i * seconds(31));
}

TEST(Attempts, ThatPassDoNotCount) {
  Attempts attempts(kLimits);
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(attempts.Begin("a", kBegin));
    attempts.Passed("a");
  }
  EXPECT_EQ(attempts.addresses(), 0U);
}

// Many clients behind one address come back at once after a restart: they wait, but not for a minute.
TEST(Attempts, AreNotMoreAtOnceThanMayFail) {
  Attempts attempts(kLimits);
  Fail(attempts, "a", 1);
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(attempts.Begin("a", kBegin));
  const auto refusal = attempts.Begin("a", kBegin);
  ASSERT_TRUE(refusal);
  EXPECT_FALSE(refusal->guesses);
  EXPECT_LE(refusal->wait, seconds(1));
  EXPECT_FALSE(attempts.WaitOf("a", kBegin));
  attempts.Passed("a");
  EXPECT_FALSE(attempts.Begin("a", kBegin));
}

TEST(Attempts, AreForgottenOfWhoWasLongestQuiet) {
  Attempts attempts(kLimits);
  Fail(attempts, "a", 3);
  for (const char* other : {"b", "c", "d", "e"}) Fail(attempts, other, 3);
  EXPECT_EQ(attempts.addresses(), 4U);
  EXPECT_FALSE(attempts.WaitOf("a", kBegin));
  EXPECT_TRUE(attempts.WaitOf("b", kBegin));
}

}  // namespace
}  // namespace trackfit::access
