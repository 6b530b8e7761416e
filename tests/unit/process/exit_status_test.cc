#include "process/exit_status.h"

#include <gtest/gtest.h>

namespace trackfit::process {
namespace {

TEST(ExitStatus, CarriesTheCodeOfAnError) {
  EXPECT_EQ(ExitStatusOf(absl::OkStatus()), 0);
  for (const absl::Status& status : {absl::InvalidArgumentError(""), absl::UnauthenticatedError(""),
                                     absl::CancelledError(""), absl::DeadlineExceededError("")}) {
    EXPECT_EQ(StatusCodeOf(ExitStatusOf(status)), status.code());
  }
}

TEST(ExitStatus, IsInternalWhereTheProgramToldNone) {
  for (const int exit_status : {1, 2, 64, 81, 127, 255})
    EXPECT_EQ(StatusCodeOf(exit_status), absl::StatusCode::kInternal) << exit_status;
}

}  // namespace
}  // namespace trackfit::process
