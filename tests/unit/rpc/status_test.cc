#include "rpc/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace trackfit::rpc {
namespace {

TEST(ToGrpcStatus, KeepsCodeAndMessage) {
  const grpc::Status status = ToGrpcStatus(absl::InvalidArgumentError("frame.sequence is 3"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "frame.sequence is 3");
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
}

TEST(ToGrpcStatus, CutsLongMessagesBetweenCharacters) {
  std::string message;
  for (int i = 0; i < 2000; ++i) message += "ü";
  const grpc::Status status = ToGrpcStatus(absl::InternalError("x" + message));
  EXPECT_LE(status.error_message().size(), 1027u);
  EXPECT_THAT(status.error_message(), ::testing::EndsWith("ü..."));
}

TEST(FromGrpcStatus, IsTheInverse) {
  for (const auto code :
       {absl::StatusCode::kOk, absl::StatusCode::kUnavailable, absl::StatusCode::kDataLoss}) {
    const absl::Status status(code, code == absl::StatusCode::kOk ? "" : "why");
    EXPECT_EQ(FromGrpcStatus(ToGrpcStatus(status)), status);
  }
}

}  // namespace
}  // namespace trackfit::rpc
