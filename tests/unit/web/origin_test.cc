#include "web/origin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trackfit::web {
namespace {

using ::testing::HasSubstr;

HttpRequest Request(std::map<std::string, std::string> headers) {
  HttpRequest request;
  request.headers = std::move(headers);
  return request;
}

bool Allows(const std::string& allowed, const std::string& host, const std::string& origin) {
  return OriginCheck::Create(allowed)->Allows(Request({{"host", host}, {"origin", origin}}));
}

TEST(OriginCheck, AllowsClientsThatAreNoBrowsers) {
  EXPECT_TRUE(OriginCheck::Create("")->Allows(Request({{"host", "here"}})));
}

TEST(OriginCheck, AllowsPagesOfTheServerItself) {
  EXPECT_TRUE(Allows("", "localhost:8080", "http://localhost:8080"));
  EXPECT_TRUE(Allows("", "LocalHost:8080", "http://localhost:8080"));
  EXPECT_TRUE(Allows("", "[::1]:8080", "http://[::1]:8080"));
  EXPECT_TRUE(Allows("", "fit.example", "https://fit.example")) << "behind a proxy that speaks TLS";
  EXPECT_TRUE(Allows("", "fit.example:443", "https://fit.example"));
  EXPECT_FALSE(Allows("", "localhost:8080", "http://localhost:8081"));
  EXPECT_FALSE(Allows("", "localhost:8080", "http://localhost:80801"));
  EXPECT_FALSE(Allows("", "fit.example:8080", "https://fit.example"));
}

TEST(OriginCheck, RefusesPagesFromElsewhere) {
  EXPECT_FALSE(Allows("", "localhost:8080", "http://evil.example"));
  EXPECT_FALSE(Allows("", "localhost:8080", "null")) << "a file, or a page in a sandbox";
  EXPECT_FALSE(Allows("", "localhost:8080", ""));
  EXPECT_FALSE(Allows("", "", ""));
  EXPECT_FALSE(Allows("", "localhost:8080", "http://evil@localhost:8080"));
  EXPECT_FALSE(Allows("", "localhost:8080", "ftp://localhost:8080"));
  EXPECT_FALSE(Allows("", "localhost:8080", "http://localhost:8080, http://evil.example"));
}

TEST(OriginCheck, AllowsTheOriginsThatItIsGiven) {
  const std::string allowed = "https://App.example.com, http://localhost:5173";
  EXPECT_TRUE(Allows(allowed, "fit.example", "https://app.example.com"));
  EXPECT_TRUE(Allows(allowed, "fit.example", "http://localhost:5173"));
  EXPECT_FALSE(Allows(allowed, "fit.example", "http://app.example.com"));
  EXPECT_TRUE(Allows("*", "fit.example", "null"));
}

TEST(OriginCheck, NamesWhatIsNoOrigin) {
  for (const std::string wrong : {"app.example.com", "https://app.example.com/", "https://", "https://a b"}) {
    const auto check = OriginCheck::Create(wrong);
    ASSERT_FALSE(check.ok()) << wrong;
    EXPECT_THAT(std::string(check.status().message()), HasSubstr("\"" + wrong + "\" is no origin"));
  }
}

}  // namespace
}  // namespace trackfit::web
