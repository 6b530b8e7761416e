#include "runtime/shutting_down.h"

#include <gtest/gtest.h>

namespace trackfit::runtime {
namespace {

TEST(ShuttingDown, IsMoreThanUnavailable) {
  EXPECT_EQ(ShuttingDown().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(IsShuttingDown(ShuttingDown()));
  EXPECT_FALSE(IsShuttingDown(absl::UnavailableError(ShuttingDown().message())));
}

}  // namespace
}  // namespace trackfit::runtime
