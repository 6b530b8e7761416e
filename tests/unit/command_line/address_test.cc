#include "command_line/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace trackfit::command_line {
namespace {

using ::testing::HasSubstr;

std::string Fault(const std::string& address, AddressUse use = AddressUse::kConnect) {
  const absl::Status status = CheckAddress("--gateway", address, use, 8000);
  if (status.ok()) return "";
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("--gateway is \"" + address + "\"; "));
  return std::string(status.message());
}

TEST(CheckAddress, AcceptsHostAndPort) {
  for (const char* address : {"localhost:8000", "10.0.0.1:1", "[::1]:65535", "gym.example.org:8000"})
    EXPECT_EQ(Fault(address), "");
}

TEST(CheckAddress, AcceptsGrpcNameSchemesOnlyForConnecting) {
  EXPECT_EQ(Fault("dns:///gym.example.org:8000"), "");
  EXPECT_EQ(Fault("unix:/run/trackfit.sock"), "");
  EXPECT_NE(Fault("unix:/run/trackfit.sock", AddressUse::kListen), "");
}

TEST(CheckAddress, SaysHowToFixIt) {
  EXPECT_THAT(Fault("localhost"), HasSubstr("it has no port: write localhost:8000"));
  EXPECT_THAT(Fault("8000"), HasSubstr("it has no host: write localhost:8000"));
  EXPECT_THAT(Fault(":8000"), HasSubstr("it has no host: write localhost:8000"));
  EXPECT_THAT(Fault("http://localhost:8000/x"), HasSubstr("without \"http://\": write localhost:8000"));
  EXPECT_THAT(Fault("::1:8000"), HasSubstr("must be in brackets: write [::1]:8000"));
  EXPECT_THAT(Fault("[::1]"), HasSubstr("it must be HOST:PORT, as in [::1]:8000"));
  EXPECT_THAT(Fault(""), HasSubstr("it must be HOST:PORT, as in localhost:8000"));
}

TEST(CheckAddress, ChecksThePort) {
  EXPECT_THAT(Fault("localhost:gateway"), HasSubstr("its port, \"gateway\", must be a number"));
  EXPECT_THAT(Fault("localhost:70000"), HasSubstr("at most 65535"));
  EXPECT_THAT(Fault("localhost:99999999999"), HasSubstr("at most 65535"));
  EXPECT_THAT(Fault("localhost:"), HasSubstr("must be a number"));
  EXPECT_THAT(Fault("localhost:-1"), HasSubstr("must be a number"));
}

TEST(CheckAddress, AcceptsPort0OnlyForListening) {
  EXPECT_EQ(Fault("localhost:0", AddressUse::kListen), "");
  EXPECT_THAT(Fault("localhost:0"), HasSubstr("nobody listens on port 0"));
}

}  // namespace
}  // namespace trackfit::command_line
