#include "access/key_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "access/key_hash.h"
#include "support/scratch_folder.h"

namespace trackfit::access {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class KeyList : public ::testing::Test {
 protected:
  std::string Text() const {
    std::ifstream in(file_);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  const testing::ScratchFolder folder_;
  const std::string file_ = folder_.File("keys.yml");
  const absl::Time now_ = *ParseExpiry("2026-11-29");
};

TEST_F(KeyList, KeepsTheHashOfANewKeyAndNothingElseOfIt) {
  const auto made = AddKey(file_, {.tenant = "acme", .note = "phone"}, now_);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(Text(), Not(HasSubstr(made->secret)));
  auto keys = ReadKeyFile(file_);
  ASSERT_TRUE(keys.ok()) << keys.status();
  const StoredKey* stored = keys->FindKey(made->id);
  ASSERT_NE(stored, nullptr);
  EXPECT_TRUE(IsSecretOf(made->secret, stored->hash));
  EXPECT_EQ(stored->created, "2026-11-29");
}

TEST_F(KeyList, AddsToWhatIsThere) {
  ASSERT_TRUE(AddKey(file_, {.tenant = "acme", .tenant_limits = {4, 120}}, now_).ok());
  ASSERT_TRUE(AddKey(file_, {.tenant = "acme", .expires = "2027-01-01", .limits = {1, 30}}, now_).ok());
  ASSERT_TRUE(AddKey(file_, {.tenant = "other"}, now_).ok());
  const auto keys = ReadKeyFile(file_);
  ASSERT_TRUE(keys.ok());
  ASSERT_EQ(keys->tenants.size(), 2U);
  EXPECT_EQ(keys->tenants[0].keys.size(), 2U);
  EXPECT_EQ(keys->tenants[0].limits, (Limits{4, 120}));
  EXPECT_EQ(keys->tenants[0].keys[1].limits, (Limits{1, 30}));
}

TEST_F(KeyList, LosesNothingThatSeveralDoAtATime) {
  const auto first = AddKey(file_, {.tenant = "acme"}, now_);
  ASSERT_TRUE(first.ok());
  std::vector<std::thread> others;
  for (int i = 0; i < 4; ++i)
    others.emplace_back([&] { EXPECT_TRUE(AddKey(file_, {.tenant = "acme"}, now_).ok()); });
  EXPECT_TRUE(RevokeKey(file_, first->id).ok());
  for (std::thread& other : others) other.join();
  auto keys = ReadKeyFile(file_);
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(keys->tenants[0].keys.size(), 5U);
  EXPECT_TRUE(keys->FindKey(first->id)->revoked);
}

TEST_F(KeyList, LeavesAFileAsItIsThatItCannotReadAgain) {
  ASSERT_TRUE(AddKey(file_, {.tenant = "acme"}, now_).ok());
  const std::string before = Text();
  EXPECT_THAT(std::string(AddKey(file_, {.tenant = "a b"}, now_).status().message()),
              HasSubstr("name is \"a b\""));
  EXPECT_THAT(std::string(AddKey(file_, {.tenant = "a", .expires = "soon"}, now_).status().message()),
              HasSubstr("expires"));
  EXPECT_EQ(Text(), before);
}

TEST_F(KeyList, MarksWhatIsRevokedAndSaysWhatIsThere) {
  const auto first = AddKey(file_, {.tenant = "acme", .note = "phone"}, now_);
  const auto second = AddKey(file_, {.tenant = "acme", .expires = "2026-11-01"}, now_);
  ASSERT_TRUE(first.ok() && second.ok());
  ASSERT_TRUE(RevokeKey(file_, first->id).ok());
  EXPECT_TRUE(absl::IsNotFound(RevokeKey(file_, "nobody")));
  const std::string list = DescribeKeys(*ReadKeyFile(file_), now_);
  EXPECT_THAT(list, ::testing::ContainsRegex(first->id + " .*revoked .*phone"));
  EXPECT_THAT(list, ::testing::ContainsRegex(second->id + " .*expired 2026-11-01"));
}

}  // namespace
}  // namespace trackfit::access
