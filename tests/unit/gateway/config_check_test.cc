#include "gateway/config_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace trackfit::gateway {
namespace {

using ::testing::HasSubstr;

TEST(CheckResume, WantsATokenAndNothingElse) {
  v1::SessionConfig config;
  config.mutable_resume()->set_token("0123");
  EXPECT_TRUE(CheckResume(config).ok());
  config.set_expected_exercise("squat");
  const absl::Status refused = CheckResume(config);
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("config.expected_exercise is set beside config.resume"));
}

TEST(CheckResume, NamesAMissingToken) {
  v1::SessionConfig config;
  config.mutable_resume()->set_last_number(3);
  EXPECT_THAT(std::string(CheckResume(config).message()), HasSubstr("config.resume.token is empty"));
}

}  // namespace
}  // namespace trackfit::gateway
