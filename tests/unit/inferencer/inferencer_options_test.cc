#include "inferencer_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace trackfit::inferencer_server {
namespace {

using ::testing::HasSubstr;

TEST(InferencerOptions, NamesTheFlagAndItsLimits) {
  InferencerOptions options;
  options.model_poll = 0;
  EXPECT_TRUE(options.Validate().ok()) << "never";
  for (const double poll : {-1.0, 1e6, std::numeric_limits<double>::quiet_NaN()}) {
    options.model_poll = poll;
    EXPECT_THAT(std::string(options.Validate().message()), HasSubstr("model-poll is"));
  }
  options.model_poll = 10;
  options.max_model_slowdown = 0.5;
  EXPECT_THAT(std::string(options.Validate().message()),
              HasSubstr("max-model-slowdown is 0.5; it must be between 1 and 1000"));
}

}  // namespace
}  // namespace trackfit::inferencer_server
