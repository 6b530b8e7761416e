#include "tls/live_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

#include "support/certificates.h"
#include "support/scratch_folder.h"

namespace trackfit::tls {
namespace {

using testing::CertificateAndKey;
using ::testing::HasSubstr;
using testing::Replace;

class LiveCredentialsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::Write(first_, folder_.File("own"));
    auto loaded = LiveCredentials::Load(
        {{"--tls-certificate", folder_.File("own.pem")}, {"--tls-key", folder_.File("own.key")}, {}});
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    live_ = *loaded;
  }
  // What comes of two looks, which a change takes.
  std::optional<absl::Status> LookTwice() {
    if (const auto early = live_->LookAgain()) return early;
    return live_->LookAgain();
  }

  const testing::ScratchFolder folder_;
  const testing::Authority authority_;
  const CertificateAndKey first_ = authority_.Issue();
  const CertificateAndKey second_ = authority_.Issue();
  std::shared_ptr<LiveCredentials> live_;
};

TEST_F(LiveCredentialsTest, StayWhileTheFilesDo) {
  const auto before = live_->current();
  testing::Write(first_, folder_.File("own"));  // the same again
  EXPECT_EQ(LookTwice(), std::nullopt);
  EXPECT_EQ(live_->current(), before);
}

TEST_F(LiveCredentialsTest, FollowTheFilesOnceTheyHaveSettled) {
  testing::Write(second_, folder_.File("own"));
  EXPECT_EQ(live_->LookAgain(), std::nullopt);
  EXPECT_EQ(live_->current()->certificate, first_.certificate);
  EXPECT_EQ(live_->LookAgain(), absl::OkStatus());
  EXPECT_EQ(live_->current()->certificate, second_.certificate);
  EXPECT_EQ(live_->LookAgain(), std::nullopt);
}

TEST_F(LiveCredentialsTest, WaitForTheSecondFileOfThePair) {
  Replace(folder_.File("own.key"), second_.key);
  EXPECT_EQ(live_->LookAgain(), std::nullopt);
  Replace(folder_.File("own.pem"), second_.certificate);
  EXPECT_EQ(LookTwice(), absl::OkStatus());
}

TEST_F(LiveCredentialsTest, RefuseABadPairOnceAndKeepTheOldOne) {
  Replace(folder_.File("own.key"), second_.key);
  const auto refused = LookTwice();
  ASSERT_TRUE(refused);
  EXPECT_THAT(std::string(refused->message()), HasSubstr("is not the key of the certificate"));
  EXPECT_EQ(LookTwice(), std::nullopt) << "told once";
  EXPECT_EQ(live_->current()->key, first_.key);
  Replace(folder_.File("own.pem"), second_.certificate);
  EXPECT_EQ(LookTwice(), absl::OkStatus());
}

TEST_F(LiveCredentialsTest, OutliveFilesThatGoAway) {
  std::filesystem::remove(folder_.File("own.pem"));
  const auto refused = LookTwice();
  ASSERT_TRUE(refused);
  EXPECT_THAT(std::string(refused->message()), HasSubstr("cannot be read"));
  EXPECT_EQ(live_->current()->certificate, first_.certificate);
  testing::Write(first_, folder_.File("own"));
  EXPECT_EQ(LookTwice(), absl::OkStatus()) << "they are good again";
}

}  // namespace
}  // namespace trackfit::tls
