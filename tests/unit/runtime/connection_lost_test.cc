#include "runtime/connection_lost.h"

#include <gtest/gtest.h>

namespace trackfit::runtime {
namespace {

TEST(ConnectionLost, KeepsTheStatus) {
  const absl::Status lost = ConnectionLost(absl::UnavailableError("Socket closed"));
  EXPECT_TRUE(IsConnectionLost(lost));
  EXPECT_FALSE(IsConnectionLost(absl::UnavailableError("Socket closed")));
  EXPECT_EQ(lost.message(), "Socket closed");
  EXPECT_EQ(lost.code(), absl::StatusCode::kUnavailable);
}

TEST(ConnectionLost, NamesTheServerWhereItIsKnown) {
  EXPECT_EQ(LostServer(ConnectionLost(absl::UnavailableError("Socket closed"), "a1")), "a1");
  EXPECT_EQ(LostServer(ConnectionLost(absl::UnavailableError("Socket closed"))), "");
  EXPECT_EQ(LostServer(absl::UnavailableError("Socket closed")), "");
}

}  // namespace
}  // namespace trackfit::runtime
