#include "gateway/pose_arrivals.h"

#include <gtest/gtest.h>

namespace trackfit::gateway {
namespace {

PoseArrivals::TimePoint At(int seconds) { return PoseArrivals::TimePoint(std::chrono::seconds(seconds)); }

TEST(PoseArrivals, TellWhenThePoseCameThatEndsAnAssessment) {
  PoseArrivals arrivals(10);
  for (int i = 1; i <= 5; ++i) arrivals.Add(static_cast<uint64_t>(i) * 10, At(i));
  EXPECT_EQ(arrivals.TakeUpTo(30), At(3));
  EXPECT_EQ(arrivals.TakeUpTo(20), std::nullopt) << "it is forgotten";
  EXPECT_EQ(arrivals.TakeUpTo(45), std::nullopt) << "there was no such pose";
  EXPECT_EQ(arrivals.TakeUpTo(50), At(5));
}

TEST(PoseArrivals, RememberTheLatest) {
  PoseArrivals arrivals(2);
  for (int i = 1; i <= 3; ++i) arrivals.Add(static_cast<uint64_t>(i), At(i));
  EXPECT_EQ(arrivals.TakeUpTo(1), std::nullopt);
  EXPECT_EQ(arrivals.TakeUpTo(2), At(2));
}

}  // namespace
}  // namespace trackfit::gateway
