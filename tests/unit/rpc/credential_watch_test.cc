#include "rpc/credential_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/certificates.h"
#include "support/scratch_folder.h"

namespace trackfit::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class CredentialWatchTest : public ::testing::Test {
 protected:
  tls::CredentialFiles Files() const {
    return {{"--tls-certificate", folder_.File("own.pem")}, {"--tls-key", folder_.File("own.key")}, {}};
  }
  void Write(const testing::CertificateAndKey& pair) const { testing::Write(pair, folder_.File("own")); }
  // A change takes two looks.
  void LookTwice() {
    watch_.LookAgain();
    watch_.LookAgain();
  }

  const testing::ScratchFolder folder_;
  const testing::Authority authority_;
  std::string lines_;
  const telemetry::Logger log_{"gateway", telemetry::LogLevel::kInfo, telemetry::LogFormat::kText,
                               [this](const std::string& line) { lines_ += line + "\n"; }};
  telemetry::Metrics metrics_{"gateway", "1"};
  CredentialWatch watch_{log_, metrics_};
};

TEST_F(CredentialWatchTest, ShowsWhenACertificateExpires) {
  Write(authority_.Issue());
  ASSERT_TRUE(watch_.Add("http", Files()).ok());
  EXPECT_THAT(metrics_.Text(),
              AllOf(HasSubstr("trackfit_tls_certificate_not_after_seconds{use=\"http\"} 1"),
                    HasSubstr("trackfit_tls_reloads_total{outcome=\"refused\",use=\"http\"} 0"),
                    HasSubstr("trackfit_tls_handshake_failures_total 0")));
}

TEST_F(CredentialWatchTest, ShowsNoneOfAuthoritiesAlone) {
  testing::Replace(folder_.File("ca.pem"), authority_.certificate());
  ASSERT_TRUE(watch_.Add("upstream", {{}, {}, {"--upstream-tls-ca", folder_.File("ca.pem")}}).ok());
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("not_after")));
}

TEST_F(CredentialWatchTest, LogsAndCountsReplacements) {
  Write(authority_.Issue());
  const auto live = watch_.Add("grpc", Files());
  ASSERT_TRUE(live.ok());
  const auto renewed = authority_.Issue();
  Write(renewed);
  LookTwice();
  EXPECT_EQ((*live)->current()->certificate, renewed.certificate);
  EXPECT_THAT(lines_, AllOf(HasSubstr("certificate replaced"), HasSubstr("use=grpc")));
  EXPECT_THAT(metrics_.Text(), HasSubstr("trackfit_tls_reloads_total{outcome=\"replaced\",use=\"grpc\"} 1"));
}

TEST_F(CredentialWatchTest, LogsAndCountsRefusalsOnce) {
  const auto own = authority_.Issue();
  Write(own);
  const auto live = watch_.Add("grpc", Files());
  ASSERT_TRUE(live.ok());
  Write({own.certificate, authority_.Issue().key});
  LookTwice();
  LookTwice();
  EXPECT_EQ((*live)->current()->key, own.key);
  EXPECT_THAT(lines_, AllOf(HasSubstr("certificate refused"), HasSubstr("own.key is not the key"),
                            Not(HasSubstr("PRIVATE"))));
  EXPECT_THAT(metrics_.Text(), HasSubstr("trackfit_tls_reloads_total{outcome=\"refused\",use=\"grpc\"} 1"));
}

TEST_F(CredentialWatchTest, RefusesBadFiles) {
  EXPECT_THAT(std::string(watch_.Add("grpc", Files()).status().message()),
              HasSubstr("--tls-certificate: " + folder_.File("own.pem") + " cannot be read"));
}

}  // namespace
}  // namespace trackfit::rpc
