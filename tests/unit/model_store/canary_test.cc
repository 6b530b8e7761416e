#include "model_store/canary.h"

#include <gtest/gtest.h>

#include <string>

namespace trackfit::model_store {
namespace {

int InCanary(double share) {
  int count = 0;
  for (int i = 0; i < 10'000; ++i) count += IsInCanary("session-" + std::to_string(i), share) ? 1 : 0;
  return count;
}

TEST(Canary, GetsItsShareOfSessions) {
  EXPECT_EQ(InCanary(0), 0);
  EXPECT_NEAR(InCanary(0.1), 1'000, 150);
  EXPECT_NEAR(InCanary(0.5), 5'000, 250);
  EXPECT_EQ(InCanary(1), 10'000);
}

TEST(Canary, DecidesTheSameEachTimeAndKeepsWhoIsInWhenTheShareGrows) {
  for (int i = 0; i < 1'000; ++i) {
    const std::string id = std::to_string(i);
    EXPECT_EQ(IsInCanary(id, 0.2), IsInCanary(id, 0.2));
    EXPECT_TRUE(!IsInCanary(id, 0.2) || IsInCanary(id, 0.4)) << id;
  }
}

}  // namespace
}  // namespace trackfit::model_store
