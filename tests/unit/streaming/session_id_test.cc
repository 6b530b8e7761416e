#include "streaming/session_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trackfit::streaming {
namespace {

TEST(SessionId, HasSixteenHexadecimalDigitsAndDiffersFromOthers) {
  EXPECT_THAT(NewSessionId(), ::testing::MatchesRegex("[0-9a-f]{16}"));
  EXPECT_NE(NewSessionId(), NewSessionId());
}

}  // namespace
}  // namespace trackfit::streaming
