#include "schema/node.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trackfit::schema {
namespace {

using ::testing::HasSubstr;

// What Read() says of a map with a number `size` in [1, 10] and a `colour`.
absl::StatusOr<double> ReadExample(const std::string& yaml) {
  return Read<double>("example.yaml", yaml, [](const YAML::Node& root) {
    CheckKeys(root, "an example", {"size", "colour", "bold"});
    if (root["colour"]) OneOf(root["colour"], "colour", {"red", "green"});
    return Number(Needed(root, "size"), "size", 1, 10) + (BoolOr(root, "bold", false) ? 0.5 : 0);
  });
}

std::string Error(const std::string& yaml) { return std::string(ReadExample(yaml).status().message()); }

TEST(Schema, ReadsWhatIsRight) { EXPECT_EQ(ReadExample("size: 3\ncolour: red\nbold: true").value(), 3.5); }

TEST(Schema, NamesFileAndLineOfAnUnknownKey) {
  EXPECT_EQ(Error("size: 3\nsise: 4"),
            "example.yaml:2: there is no key \"sise\" in an example; did you mean size?");
  EXPECT_THAT(Error("size: 3\nweightlessness: 4"), HasSubstr("there are size, colour, bold"));
}

TEST(Schema, RefusesAKeyThatIsThereTwice) {
  EXPECT_THAT(Error("size: 3\nsize: 4"), HasSubstr("size is there twice"));
}

TEST(Schema, NamesWhatIsMissing) { EXPECT_EQ(Error("colour: red"), "example.yaml:1: size is missing"); }

TEST(Schema, NamesTheLimitsOfANumber) {
  EXPECT_THAT(Error("size: 11"), HasSubstr("size is 11; it must be in [1, 10]"));
  EXPECT_THAT(Error("size: much"), HasSubstr("size is \"much\", which is no number"));
  EXPECT_THAT(Error("size: nan"), HasSubstr("no number"));
}

TEST(Schema, SuggestsOneOfTheTexts) {
  EXPECT_THAT(Error("size: 3\ncolour: rad"), HasSubstr("colour cannot be \"rad\"; did you mean red?"));
}

TEST(Schema, RefusesWhatIsNoYaml) { EXPECT_THAT(Error("size: [3"), HasSubstr("example.yaml:")); }

TEST(Schema, RefusesWhatIsNoMap) {
  EXPECT_THAT(Error("- 3"), HasSubstr("an example must hold keys and values"));
}

TEST(Schema, RefusesWhatIsNeitherTrueNorFalse) {
  EXPECT_THAT(Error("size: 3\nbold: perhaps"), HasSubstr("bold must be true or false"));
}

}  // namespace
}  // namespace trackfit::schema
