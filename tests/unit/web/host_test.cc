#include "web/host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace trackfit::web {
namespace {

using ::testing::HasSubstr;

bool Allows(const std::string& allowed, const std::string& host) {
  return HostCheck::Create(allowed)->Allows({"/", "", {{"host", host}}});
}

TEST(HostCheck, AllowsAllUnlessToldNames) {
  EXPECT_TRUE(Allows("", "evil.example"));
  EXPECT_FALSE(Allows("app.example.com", "evil.example"));
}

TEST(HostCheck, AllowsTheNamesWhateverThePort) {
  const std::string allowed = "app.example.com, Gym.local";
  EXPECT_TRUE(Allows(allowed, "app.example.com"));
  EXPECT_TRUE(Allows(allowed, "APP.example.com.:8443"));
  EXPECT_TRUE(Allows(allowed, "gym.local:8080"));
  EXPECT_FALSE(Allows(allowed, "example.com"));
  EXPECT_FALSE(Allows(allowed, "app.example.com.evil.example"));
}

TEST(HostCheck, AllowsWhatNobodyElseCanOwn) {
  for (const std::string host :
       {"localhost", "localhost:8080", "127.0.0.1:8080", "192.168.1.7", "[::1]:8080", ""}) {
    EXPECT_TRUE(Allows("app.example.com", host)) << host;
  }
  EXPECT_FALSE(Allows("app.example.com", "127.0.0.1.evil.example"));
  EXPECT_FALSE(Allows("app.example.com", "1.2.3"));
}

TEST(HostCheck, NamesWhatIsNoHostName) {
  for (const std::string name : {"https://app.example.com", "app.example.com:80", "*"}) {
    EXPECT_THAT(std::string(HostCheck::Create(name).status().message()), HasSubstr("is no host name"))
        << name;
  }
}

}  // namespace
}  // namespace trackfit::web
