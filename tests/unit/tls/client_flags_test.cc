#include "tls/client_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "support/certificates.h"
#include "support/scratch_folder.h"

namespace trackfit::tls {
namespace {

using ::testing::HasSubstr;

ClientFlags Parse(std::vector<std::string> arguments,
                  ClientFlags::Environment environment = ClientFlags::Environment::kIgnored) {
  ClientFlags flags;
  CLI::App app;
  flags.Register(app, environment);
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  app.parse(arguments);
  return flags;
}

TEST(ClientFlags, WithoutAnyThereIsNoTls) {
  const auto loaded = Parse({}).Load();
  ASSERT_TRUE(loaded.ok());
  EXPECT_FALSE(loaded->has_value());
}

TEST(ClientFlags, TlsAloneTrustsTheSystem) {
  const auto loaded = Parse({"--tls"}).Load();
  ASSERT_TRUE(loaded.ok() && loaded->has_value());
  EXPECT_EQ((*loaded)->credentials.authorities, "");
}

TEST(ClientFlags, AnAuthorityImpliesTls) {
  const testing::ScratchFolder folder;
  const testing::Authority authority;
  testing::Replace(folder.File("ca.pem"), authority.certificate());
  const auto loaded = Parse({"--tls-ca", folder.File("ca.pem"), "--tls-name", "gym"}).Load();
  ASSERT_TRUE(loaded.ok() && loaded->has_value());
  EXPECT_EQ((*loaded)->credentials.authorities, authority.certificate());
  EXPECT_EQ((*loaded)->name, "gym");
}

TEST(ClientFlags, OthersNeedTls) {
  EXPECT_EQ(Parse({"--tls-name", "gym"}).Load().status().message(),
            "--tls-name needs --tls or --tls-ca beside it");
  EXPECT_THAT(std::string(Parse({"--tls-key", "k"}).Load().status().message()), HasSubstr("--tls-key needs"));
}

TEST(ClientFlags, NameTheFlagOfABadFile) {
  EXPECT_EQ(Parse({"--tls-ca", "/no/such/file"}).Load().status().message(),
            "--tls-ca: /no/such/file cannot be read: No such file or directory");
  EXPECT_EQ(Parse({"--tls", "--tls-certificate", "c"}).Load().status().message(),
            "--tls-certificate and --tls-key need each other");
}

TEST(ClientFlags, MayComeFromTheEnvironment) {
  ::setenv("TRACKFIT_TLS_CA", "authorities.pem", 1);
  EXPECT_EQ(Parse({}, ClientFlags::Environment::kRead).ca, "authorities.pem");
  EXPECT_EQ(Parse({}).ca, "");
  ::unsetenv("TRACKFIT_TLS_CA");
}

}  // namespace
}  // namespace trackfit::tls
