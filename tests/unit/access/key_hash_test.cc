#include "access/key_hash.h"

#include <gtest/gtest.h>

#include <string>

namespace trackfit::access {
namespace {

constexpr int kQuick = 1;

TEST(KeyHash, IsThatOfItsSecretAlone) {
  const auto hash = HashSecret("secret", kQuick);
  ASSERT_TRUE(hash.ok()) << hash.status();
  EXPECT_TRUE(IsSecretOf("secret", *hash));
  EXPECT_FALSE(IsSecretOf("Secret", *hash));
  EXPECT_FALSE(IsSecretOf("", *hash));
}

TEST(KeyHash, HasASaltOfItsOwn) { EXPECT_NE(*HashSecret("secret", kQuick), *HashSecret("secret", kQuick)); }

TEST(KeyHash, SaysHowCostlyItIs) {
  const auto usual = HashSecret("secret");
  ASSERT_TRUE(usual.ok());
  EXPECT_EQ(usual->rfind("$y$j9T$", 0), 0U) << *usual;
  EXPECT_TRUE(CheckHash(*usual).ok());
}

TEST(KeyHash, IsOfNoOtherKindAndOfNoMonstrousCost) {
  const std::string rest = "$abcdefgh$abcdefghijklmnopqrstuvwxyz";
  EXPECT_TRUE(CheckHash("$y$j9T" + rest).ok());
  for (const std::string& other : {"$y$jFT" + rest, "$6" + rest, "$y$j9T$$" + rest, std::string("secret"),
                                   std::string(), std::string("$y$j9T$abc$a\nb")}) {
    EXPECT_FALSE(CheckHash(other).ok()) << other;
  }
  EXPECT_FALSE(IsSecretOf("secret", "nonsense"));
}

TEST(KeyedDigest, IsTheSameWithinAProcessOnly) {
  const KeyedDigest here, there;
  EXPECT_TRUE(KeyedDigest::Equal(here.Of("key"), here.Of("key")));
  EXPECT_FALSE(KeyedDigest::Equal(here.Of("key"), here.Of("kez")));
  EXPECT_FALSE(KeyedDigest::Equal(here.Of("key"), there.Of("key")));
}

}  // namespace
}  // namespace trackfit::access
