#include "telemetry/trace_context.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace trackfit::telemetry {
namespace {

// The example of the specification.
constexpr char kExample[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContext, ReadsTheSpecificationsExample) {
  const auto trace = ParseTraceparent(kExample);
  ASSERT_TRUE(trace);
  EXPECT_EQ(trace->trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(trace->span_id, "00f067aa0ba902b7");
  EXPECT_EQ(trace->flags, 1);
  EXPECT_EQ(trace->ToTraceparent(), kExample);
}

TEST(TraceContext, IsNoneOfAMalformedHeader) {
  const std::string example = kExample;
  for (const std::string& malformed : std::vector<std::string>{
           "",
           example.substr(0, example.size() - 1),
           example + "-00",
           "ff" + example.substr(2),
           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
       }) {
    EXPECT_FALSE(ParseTraceparent(malformed)) << malformed;
  }
}

TEST(TraceContext, ReadsALaterVersionAsThisOne) {
  const std::string later = "cc" + std::string(kExample).substr(2);
  EXPECT_TRUE(ParseTraceparent(later));
  EXPECT_TRUE(ParseTraceparent(later + "-what-is-new"));
  EXPECT_FALSE(ParseTraceparent(later + "0"));
}

TEST(TraceContext, IsASpanOfItsOwnInTheCallersTrace) {
  const TraceContext trace = ContinueTrace(kExample);
  EXPECT_EQ(trace.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_NE(trace.span_id, "00f067aa0ba902b7");
  EXPECT_EQ(trace.flags, 1);
  EXPECT_TRUE(ParseTraceparent(trace.ToTraceparent()));
}

TEST(TraceContext, IsANewTraceForACallerWithoutOne) {
  const TraceContext one = ContinueTrace("");
  const TraceContext other = ContinueTrace("nonsense");
  EXPECT_TRUE(ParseTraceparent(one.ToTraceparent()));
  EXPECT_NE(one.trace_id, other.trace_id);
}

}  // namespace
}  // namespace trackfit::telemetry
