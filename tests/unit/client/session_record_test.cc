#include "client/session_record.h"

#include <gtest/gtest.h>

#include "support/messages.h"

namespace trackfit::client {
namespace {

TEST(SessionRecord, KeepsResultsOnlyWhenAsked) {
  for (const bool keep : {false, true}) {
    SessionRecord record(keep);
    record.Add(testing::ResultOf(7, v1::FRAME_STATUS_POSE));
    EXPECT_EQ(record.Result(7) != nullptr, keep);
    EXPECT_EQ(record.Count(v1::FRAME_STATUS_POSE), 1);
  }
}

}  // namespace
}  // namespace trackfit::client
