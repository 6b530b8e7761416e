#include "command_line/reach.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trackfit::command_line {
namespace {

using ::testing::HasSubstr;

std::string Why(const std::string& message) { return ExplainUnreachable("gym:8000", message); }

// The messages are those of gRPC 1.51.
TEST(ExplainUnreachable, ExplainsGrpcsMessages) {
  EXPECT_THAT(
      Why("failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: Failed to connect "
          "to remote host: Connection refused"),
      HasSubstr("nothing listens there"));
  EXPECT_THAT(Why("failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:9100: Trying to "
                  "connect an http1.x server"),
              HasSubstr("a web server answers there"));
  EXPECT_THAT(
      Why("failed to connect to all addresses; last error: UNAVAILABLE: ipv4:127.0.0.1:80: Failed parsing "
          "HTTP/2"),
      HasSubstr("/metrics"));
  EXPECT_THAT(Why("failed to connect to all addresses; last error: UNAVAILABLE: ipv4:127.0.0.1:443: "
                  "recvmsg:Connection reset by peer"),
              HasSubstr("TLS"));
  EXPECT_THAT(Why("DNS resolution failed for gym:8000: C-ares status is not ARES_SUCCESS qtype=AAAA name=gym "
                  "is_balancer=0: Domain name not found"),
              HasSubstr("there is no host gym; check the spelling"));
}

TEST(ExplainUnreachable, ReturnsUnknownMessagesUnchanged) {
  EXPECT_EQ(Why("the server is shutting down"), "the server is shutting down");
  EXPECT_EQ(Why(""), "unknown reason");
}

}  // namespace
}  // namespace trackfit::command_line
