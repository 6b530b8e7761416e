#include "access/api_key.h"

#include <gtest/gtest.h>

#include <string>

namespace trackfit::access {
namespace {

const std::string kSecret(40, 'a');

TEST(ApiKey, IsReadAsItIsWritten) {
  const auto made = NewApiKey();
  ASSERT_TRUE(made.ok());
  const auto read = ParseApiKey(made->Text());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, made->id);
  EXPECT_EQ(read->secret, made->secret);
  EXPECT_EQ(made->secret.size(), 40U);  // 160 bits
}

TEST(ApiKey, IsNeverTheSameTwice) { EXPECT_NE(NewApiKey()->Text(), NewApiKey()->Text()); }

TEST(ApiKey, IsNothingElse) {
  EXPECT_TRUE(ParseApiKey("tf_phone-1_" + kSecret));
  for (const std::string& other :
       {std::string(), std::string("tf_"), "tf__" + kSecret, "tf_a_" + kSecret + "b", "tf_a_b_" + kSecret,
        "tf_A_" + kSecret, "tf_!_" + kSecret, "xf_a_" + kSecret, "tf_a_" + std::string(40, 'A'),
        "tf_a_" + std::string(40, 'g'), "tf_" + std::string(33, 'a') + "_" + kSecret}) {
    EXPECT_FALSE(ParseApiKey(other)) << other;
  }
}

TEST(ApiKey, ComesInTheHeader) {
  EXPECT_EQ(BearerKey("Bearer tf_a_b"), "tf_a_b");
  EXPECT_EQ(BearerKey("bearer   tf_a_b "), "tf_a_b");
  EXPECT_EQ(BearerKey("Basic dXNlcg=="), "");
  EXPECT_EQ(BearerKey(""), "");
}

TEST(ApiKey, ComesAsASubprotocol) {
  EXPECT_EQ(SubprotocolKey("trackfit.v1, trackfit.key.dGZfYV9i"), "tf_a_b");
  EXPECT_EQ(SubprotocolKey("trackfit.key.dGZfYV9i,trackfit.v1"), "tf_a_b");
  EXPECT_EQ(SubprotocolKey("trackfit.v1"), "");
  EXPECT_EQ(SubprotocolKey(""), "");
  EXPECT_EQ(SubprotocolKey("trackfit.key.!!"), "!!");  // which is no key, and is refused as such
}

}  // namespace
}  // namespace trackfit::access
