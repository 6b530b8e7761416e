#include "rpc/deadline.h"

#include <gtest/gtest.h>

namespace trackfit::rpc {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

TEST(Deadline, IsAsFarAwayByEitherClock) {
  for (const seconds left : {seconds(-5), seconds(0), seconds(3600)}) {
    EXPECT_LT(std::chrono::abs(SteadyDeadline(system_clock::now() + left) - steady_clock::now() - left),
              milliseconds(500));
    EXPECT_LT(std::chrono::abs(SystemDeadline(steady_clock::now() + left) - system_clock::now() - left),
              milliseconds(500));
  }
}

TEST(Deadline, StaysNone) {
  EXPECT_EQ(SteadyDeadline(system_clock::time_point::max()), steady_clock::time_point::max());
  EXPECT_EQ(SteadyDeadline(system_clock::now() + hours(24 * 400)), steady_clock::time_point::max());
  EXPECT_EQ(SystemDeadline(steady_clock::time_point::max()), system_clock::time_point::max());
}

}  // namespace
}  // namespace trackfit::rpc
