#include "tls/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "support/certificates.h"
#include "support/scratch_folder.h"

namespace trackfit::tls {
namespace {

using ::testing::AllOf;
using testing::Authority;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Replace;
using ::testing::StartsWith;

class CredentialsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::Write(authority_.Issue(), folder_.File("own"));
    Replace(folder_.File("ca.pem"), authority_.certificate());
  }
  CredentialFiles Files() const {
    return {{"--tls-certificate", folder_.File("own.pem")},
            {"--tls-key", folder_.File("own.key")},
            {"--tls-client-ca", folder_.File("ca.pem")}};
  }
  std::string Error() const { return std::string(Load(Files()).status().message()); }
  // As it begins: "--tls-key: /.../own.key ".
  std::string Naming(const std::string& flag, const std::string& file) const {
    return flag + ": " + folder_.File(file) + " ";
  }

  const testing::ScratchFolder folder_;
  const Authority authority_;
};

TEST_F(CredentialsTest, AreWhatTheFilesHold) {
  const auto loaded = Load(Files());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_THAT(loaded->certificate, StartsWith("-----BEGIN CERTIFICATE-----"));
  EXPECT_THAT(loaded->key, HasSubstr("PRIVATE KEY"));
  EXPECT_EQ(loaded->authorities, authority_.certificate());
  const auto left = *loaded->not_after - std::chrono::system_clock::now();
  EXPECT_GT(left, std::chrono::minutes(55));
  EXPECT_LE(left, std::chrono::minutes(60));
}

TEST_F(CredentialsTest, MayBeNone) {
  const auto loaded = Load({});
  ASSERT_TRUE(loaded.ok());
  EXPECT_THAT(loaded->certificate, IsEmpty());
  EXPECT_FALSE(loaded->not_after);
}

TEST_F(CredentialsTest, ExpireWithTheFirstCertificateOfTheChain) {
  const auto own = authority_.Issue();
  const auto soon = authority_.Issue({.name = "an intermediate one", .valid_until = 600});
  testing::Write({own.certificate + soon.certificate, own.key}, folder_.File("own"));
  EXPECT_LE(*Load(Files())->not_after - std::chrono::system_clock::now(), std::chrono::minutes(10));
}

TEST_F(CredentialsTest, NameTheFileThatIsMissingOrIsNone) {
  std::filesystem::remove(folder_.File("own.key"));
  EXPECT_EQ(Error(), Naming("--tls-key", "own.key") + "cannot be read: No such file or directory");
  std::filesystem::create_directory(folder_.File("own.key"));
  EXPECT_EQ(Error(), Naming("--tls-key", "own.key") + "is a folder, not a file");
  std::filesystem::remove(folder_.File("own.key"));
  Replace(folder_.File("own.key"), "no key\n");
  EXPECT_EQ(Error(), Naming("--tls-key", "own.key") + "holds no private key in PEM format");
  Replace(folder_.File("own.pem"), "");
  EXPECT_EQ(Error(), Naming("--tls-certificate", "own.pem") + "holds no certificate in PEM format");
  Replace(folder_.File("own.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  EXPECT_THAT(Error(), StartsWith(Naming("--tls-certificate", "own.pem") + "holds a damaged certificate"));
}

TEST_F(CredentialsTest, NeedBothCertificateAndKey) {
  CredentialFiles files = Files();
  files.key.path.clear();
  EXPECT_EQ(Load(files).status().message(), "--tls-certificate and --tls-key need each other");
}

TEST_F(CredentialsTest, RefuseAnothersKeyAndDoNotTellIt) {
  const std::string key = authority_.Issue().key;
  Replace(folder_.File("own.key"), key);
  EXPECT_EQ(Error(), Naming("--tls-key", "own.key") +
                         "is not the key of the certificate in --tls-certificate, " +
                         folder_.File("own.pem"));
  EXPECT_THAT(Error(), Not(HasSubstr(key.substr(40, 20))));
}

TEST_F(CredentialsTest, RefuseAnEncryptedKey) {
  const Key key(EVP_EC_gen("P-256"));
  const Bio text(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(text.get(), key.get(), EVP_aes_128_cbc(), nullptr, 0, nullptr,
                           const_cast<char*>("secret"));
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  Replace(folder_.File("own.key"), std::string(data, static_cast<std::size_t>(size)));
  EXPECT_THAT(Error(), StartsWith(Naming("--tls-key", "own.key") + "is encrypted"));
}

TEST_F(CredentialsTest, RefuseWhatIsNotValidNow) {
  testing::Write(authority_.Issue({.valid_from = -7200, .valid_until = -3600}), folder_.File("own"));
  EXPECT_THAT(Error(), StartsWith(Naming("--tls-certificate", "own.pem") + "has expired on "));
  testing::Write(authority_.Issue({.valid_from = 3600, .valid_until = 7200}), folder_.File("own"));
  EXPECT_THAT(Error(), AllOf(StartsWith(Naming("--tls-certificate", "own.pem") + "is not valid before "),
                             HasSubstr("clock")));
}

TEST_F(CredentialsTest, RefuseAuthoritiesOnlyWhenAllHaveExpired) {
  const std::string expired = authority_.Issue({.valid_from = -7200, .valid_until = -3600}).certificate;
  Replace(folder_.File("ca.pem"), expired + authority_.certificate());
  EXPECT_EQ(Error(), "");
  Replace(folder_.File("ca.pem"), expired);
  EXPECT_THAT(Error(), StartsWith(Naming("--tls-client-ca", "ca.pem") + "has expired on "));
}

}  // namespace
}  // namespace trackfit::tls
