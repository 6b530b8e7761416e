#include "rpc/server_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "unit/rpc/scripted_service.h"

namespace trackfit::rpc {
namespace {

using ::testing::HasSubstr;

ServerOptions Parse(std::vector<std::string> arguments) {
  ServerOptions options = TestOptions();
  CLI::App app;
  options.Register(app);
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  app.parse(arguments);
  return options;
}

TEST(ServerOptions, FlagsOverrideTheEnvironmentWhichOverridesDefaults) {
  EXPECT_EQ(Parse({}).max_sessions, 64);
  ::setenv("TRACKFIT_MAX_SESSIONS", "7", 1);
  EXPECT_EQ(Parse({}).max_sessions, 7);
  EXPECT_EQ(Parse({"--max-sessions", "9"}).max_sessions, 9);
  ::unsetenv("TRACKFIT_MAX_SESSIONS");
}

TEST(ServerOptions, ReflectionIsOffUnlessItIsAskedFor) {
  EXPECT_FALSE(Parse({}).reflection);
  EXPECT_TRUE(Parse({"--reflection"}).reflection);
  EXPECT_FALSE(Parse({"--no-reflection"}).reflection);
  ::setenv("TRACKFIT_REFLECTION", "true", 1);
  EXPECT_TRUE(Parse({}).reflection);
  ::unsetenv("TRACKFIT_REFLECTION");
}

TEST(ServerOptions, UnknownFlagAndNonsenseAreErrors) {
  EXPECT_THROW(Parse({"--sesions", "3"}), CLI::ParseError);
  EXPECT_THROW(Parse({"--workers", "many"}), CLI::ParseError);
}

TEST(ServerOptions, TlsNeedsACertificateWithItsKey) {
  ServerOptions options = TestOptions();
  options.tls.certificate = "server.pem";
  EXPECT_EQ(options.Validate().message(), "--tls-certificate and --tls-key need each other");
  options.tls.key = "server.key";
  EXPECT_THAT(std::string(options.Validate().message()),
              HasSubstr("--tls-certificate: server.pem cannot be read"));
  options.tls = {.certificate = "", .key = "", .client_ca = "ca.pem"};
  EXPECT_THAT(std::string(options.Validate().message()),
              HasSubstr("--tls-client-ca needs --tls-certificate"));
}

TEST(ServerOptions, ValidateNamesTheFlagAndItsLimits) {
  ServerOptions options = TestOptions();
  EXPECT_TRUE(options.Validate().ok());
  options.max_sessions = 0;
  EXPECT_THAT(std::string(options.Validate().message()),
              HasSubstr("max-sessions is 0; it must be between 1 and"));
  options = TestOptions();
  options.listen = "8001";
  EXPECT_THAT(std::string(options.Validate().message()),
              HasSubstr("--listen is \"8001\"; it has no host: write 0.0.0.0:8001"));
  options = TestOptions();
  options.metrics_listen = "localhost:70000";
  EXPECT_THAT(std::string(options.Validate().message()), HasSubstr("metrics-listen"));
  options = TestOptions();
  options.listen = options.metrics_listen = "localhost:8001";
  EXPECT_THAT(std::string(options.Validate().message()),
              HasSubstr("--listen and --metrics-listen both are localhost:8001; they need different ports"));
  options = TestOptions();
  options.port_file = "no/such/folder/ports";
  EXPECT_THAT(
      std::string(options.Validate().message()),
      HasSubstr(
          "--port-file no/such/folder/ports cannot be written: the folder no/such/folder does not exist"));
}

TEST(ServerOptions, LimitsOfMemoryHoldTheLargestRequest) {
  ServerOptions options = TestOptions();
  options.max_message_mb = 100;
  options.max_queued_mb = 199;
  EXPECT_THAT(std::string(options.Validate().message()),
              HasSubstr("max-queued-mb is 199; it must be at least 200, twice max-message-mb"));
  options.max_queued_mb = 0;
  options.max_transport_mb = 0;
  EXPECT_TRUE(options.Validate().ok());
  EXPECT_EQ(options.QueuedBytes(), 256u << 20);
  options.max_message_mb = 300;
  EXPECT_TRUE(options.Validate().ok());
  EXPECT_EQ(options.TransportBytes(), 600u << 20);
}

}  // namespace
}  // namespace trackfit::rpc
