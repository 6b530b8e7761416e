#include "access/key_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "absl/strings/str_replace.h"
#include "support/scratch_folder.h"

namespace trackfit::access {
namespace {

using ::testing::HasSubstr;

constexpr char kFile[] = R"(tenants:
  - name: acme
    sessions: 4
    frames_per_second: 120
    keys:
      - id: phone
        hash: $y$j75$rEzuBH0Gtq30ovDFL6ApJ0$AQDZ8VzoY.0lU1wAJZF/GHZJXtYbkUiyuKHG1AjtIIC
        expires: 2027-01-31
        note: Kim's phone
        sessions: 1
      - id: old
        hash: $y$j75$rEzuBH0Gtq30ovDFL6ApJ0$AQDZ8VzoY.0lU1wAJZF/GHZJXtYbkUiyuKHG1AjtIIC
        revoked: true
  - name: other
    keys:
      - id: laptop
        hash: $y$j75$rEzuBH0Gtq30ovDFL6ApJ0$AQDZ8VzoY.0lU1wAJZF/GHZJXtYbkUiyuKHG1AjtIIC
)";

// What is said of the file with this in place of that.
std::string Refusal(const std::string& that, const std::string& with) {
  const auto keys = ParseKeyFile("keys.yml", absl::StrReplaceAll(kFile, {{that, with}}));
  return std::string(keys.status().message());
}

TEST(KeyFile, HoldsTenantsWithTheirKeysAndLimits) {
  auto keys = ParseKeyFile("keys.yml", kFile);
  ASSERT_TRUE(keys.ok()) << keys.status();
  ASSERT_EQ(keys->tenants.size(), 2U);
  const Tenant& acme = keys->tenants[0];
  EXPECT_EQ(acme.name, "acme");
  EXPECT_EQ(acme.limits, (Limits{4, 120}));
  ASSERT_EQ(acme.keys.size(), 2U);
  EXPECT_EQ(acme.keys[0].limits, (Limits{1, 0}));
  EXPECT_EQ(acme.keys[0].note, "Kim's phone");
  EXPECT_EQ(acme.keys[0].ExpiresAt(), *ParseExpiry("2027-01-31T00:00:00Z"));
  EXPECT_TRUE(acme.keys[1].revoked);
  EXPECT_EQ(acme.keys[1].ExpiresAt(), absl::InfiniteFuture());
  EXPECT_EQ(keys->FindKey("laptop"), &keys->tenants[1].keys[0]);
  EXPECT_EQ(keys->FindKey("lap"), nullptr);
}

TEST(KeyFile, IsReadStrictlyWithTheLineThatIsWrong) {
  EXPECT_THAT(Refusal("revoked", "revoke"), HasSubstr("keys.yml:13: there is no key \"revoke\""));
  EXPECT_THAT(Refusal("revoke", "Revoke"), HasSubstr("did you mean revoked?"));
  EXPECT_THAT(Refusal("id: old", "id: phone"), HasSubstr("two keys with the id phone"));
  EXPECT_THAT(Refusal("name: other", "name: acme"), HasSubstr("two tenants named acme"));
  EXPECT_THAT(Refusal("name: acme", "name: a b"), HasSubstr("keys.yml:2: name is \"a b\""));
  EXPECT_THAT(Refusal("id: old", "id: Old"), HasSubstr("a-z"));
  EXPECT_THAT(Refusal("sessions: 4", "sessions: 0"), HasSubstr("keys.yml:3: sessions is 0"));
  EXPECT_THAT(Refusal("sessions: 4", "sessions: 1.5"), HasSubstr("whole number"));
  EXPECT_THAT(Refusal("2027-01-31", "soon"), HasSubstr("keys.yml:8: expires is \"soon\""));
  EXPECT_THAT(Refusal("revoked: true", "revoked: maybe"), HasSubstr("revoked must be true or false"));
  EXPECT_THAT(Refusal("$y$", "$1$"), HasSubstr("yescrypt"));
  EXPECT_THAT(Refusal("tenants:", "tenant:"), HasSubstr("did you mean tenants?"));
  EXPECT_THAT(std::string(ParseKeyFile("keys.yml", "").status().message()), HasSubstr("keys.yml"));
}

TEST(KeyFile, NeverRepeatsASecretThatSomebodyWroteIntoIt) {
  EXPECT_THAT(Refusal("$y$j75$rEzuBH0Gtq30ovDFL6ApJ0$AQDZ8VzoY.0lU1wAJZF/GHZJXtYbkUiyuKHG1AjtIIC", "geheim"),
              ::testing::Not(HasSubstr("geheim")));
}

TEST(KeyFile, IsReadAsItIsWritten) {
  auto keys = ParseKeyFile("keys.yml", kFile);
  ASSERT_TRUE(keys.ok());
  keys->tenants[0].keys[0].note = "\"quotes\": # and\nlines";
  const std::string text = FormatKeyFile(*keys);
  const auto again = ParseKeyFile("keys.yml", text);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(FormatKeyFile(*again), text);
  EXPECT_EQ(again->tenants[0].keys[0].note, "\"quotes\": # and\nlines");
  EXPECT_EQ(again->tenants[0].limits, keys->tenants[0].limits);
}

TEST(KeyFile, IsForItsOwnerAloneUnlessItWasMadeForOthers) {
  const testing::ScratchFolder folder;
  const std::string file = folder.File("keys.yml");
  const auto keys = ParseKeyFile("keys.yml", kFile);
  const auto mode = [&file] {
    struct stat status {};
    EXPECT_EQ(stat(file.c_str(), &status), 0);
    return status.st_mode & 0777;
  };
  ASSERT_TRUE(WriteKeyFile(file, *keys).ok());
  EXPECT_EQ(mode(), 0600U);
  ASSERT_EQ(chmod(file.c_str(), 0640), 0);
  ASSERT_TRUE(WriteKeyFile(file, *keys).ok());
  EXPECT_EQ(mode(), 0640U);
  EXPECT_TRUE(ReadKeyFile(file).ok());
}

TEST(KeyFile, SaysThatItCannotBeRead) {
  EXPECT_THAT(std::string(ReadKeyFile("/nowhere/keys.yml").status().message()),
              HasSubstr("/nowhere/keys.yml cannot be read"));
}

}  // namespace
}  // namespace trackfit::access
