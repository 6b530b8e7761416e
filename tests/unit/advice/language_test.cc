#include "advice/language.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "support/scratch_folder.h"
#include "unit/advice/squats.h"

namespace trackfit::advice {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The message about the words with `text` in the place of `part`.
std::string Refusal(const std::string& part, const std::string& text) {
  std::string yaml = WordsYaml();
  const size_t at = yaml.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  yaml.replace(at, part.size(), text);
  const auto language = Language::Parse("words.yaml", yaml);
  EXPECT_EQ(language.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(language.status().message());
}

TEST(Language, PutsNumbersIntoWords) {
  const absl::StatusOr<Language> language = Language::Parse("words.yaml", WordsYaml());
  ASSERT_TRUE(language.ok()) << language.status();
  EXPECT_EQ(language->Repetitions(1), "one");
  EXPECT_EQ(language->Repetitions(0), "0 reps");
  EXPECT_EQ(language->Value(93.4F, "degrees"), "93 deg");
  EXPECT_EQ(language->Value(-0.256F, "torso_lengths"), "-0.26 tl");
  EXPECT_EQ(language->Value(3.14F, "seconds"), "3.1 s");
  EXPECT_EQ(language->Value(3.14F, "furlongs"), "3.14");
  EXPECT_EQ(language->Percent(0.456F), "46 %");
  EXPECT_EQ(language->Where({4}, 1, 9), "rep 4");
  EXPECT_EQ(language->Where({4, 5}, 2, 9), "reps 4 and 5");
  EXPECT_EQ(language->Where({4, 5, 6, 7}, 6, 9), "6 of 9");
}

TEST(Language, PutsRangesIntoWords) {
  const absl::StatusOr<Language> language = Language::Parse("words.yaml", WordsYaml());
  ASSERT_TRUE(language.ok()) << language.status();
  const auto worded = [&](float low, float high) {
    repetitions::Finding finding;
    finding.good_low = low;
    finding.good_high = high;
    finding.unit = "degrees";
    return language->GoodRange(finding);
  };
  EXPECT_EQ(worded(10, 20), "10 deg..20 deg");
  EXPECT_EQ(worded(-repetitions::kNoLimit, 20), "<= 20 deg");
  EXPECT_EQ(worded(10, repetitions::kNoLimit), ">= 10 deg");
}

TEST(Language, LetsAVoiceSayOnlyWhatItSaysOtherwise) {
  const auto language =
      Language::Parse("words.yaml", WordsYaml() + "  loud:\n    set_slower: [\"FASTER! {share}\"]\n");
  ASSERT_TRUE(language.ok()) << language.status();
  const Voice &loud = language->voices.at("loud"), &neutral = language->voices.at("neutral");
  EXPECT_THAT(loud[static_cast<size_t>(Sentence::kSetSlower)], ElementsAre("FASTER! {share}"));
  EXPECT_EQ(loud[static_cast<size_t>(Sentence::kChange)], neutral[static_cast<size_t>(Sentence::kChange)]);
}

TEST(Language, RefusesUnknownKeysAndSaysWhichWasMeant) {
  EXPECT_EQ(Refusal("lists:", "list:"),
            "words.yaml:5: there is no key \"list\" in a language; did you mean lists?");
  EXPECT_EQ(Refusal("too_far:", "to_far:"),
            "words.yaml:13: there is no key \"to_far\" in hints; did you mean too_far?");
  EXPECT_EQ(Refusal("    again:", "    agian:"),
            "words.yaml:25: there is no key \"agian\" in a voice; did you mean again?");
}

TEST(Language, RefusesPlaceholdersThatASentenceDoesNotHave) {
  EXPECT_EQ(Refusal("change: {change}", "{chnage}"),
            "words.yaml:24: there is no {chnage} in change; did you mean change?");
  EXPECT_EQ(Refusal("change: {change}", "Do better."), "words.yaml:24: {change} is missing in change");
  EXPECT_EQ(Refusal("change: {change}", "{change"), "words.yaml:24: a { in change is not closed");
  EXPECT_EQ(Refusal("not_seen: hidden", "{view}"), "words.yaml:43: there is no {view} in not_seen");
}

TEST(Language, RefusesWhatIsMissing) {
  EXPECT_EQ(Refusal("least: \">= {low}\", ", ""), "words.yaml:4: least is missing");
  EXPECT_EQ(Refusal("  nobody: Hint nobody\n", ""), "words.yaml:10: nobody is missing");
  EXPECT_EQ(Refusal("other: \"{n} reps\"", "2: two"), "words.yaml:2: other is missing");
  EXPECT_EQ(Refusal("neutral:", "plain:"), "words.yaml:23: neutral is missing");
  EXPECT_THAT(Refusal("    set_slower", "    #"), HasSubstr("set_slower is missing"));
}

TEST(Language, RefusesToSayTheSameAgainAndAgain) {
  EXPECT_EQ(Refusal(", \"again2: {change}\"", ""),
            "words.yaml:25: again needs two texts, so that none is said twice running");
}

TEST(Language, RefusesValuesThatCannotBe) {
  EXPECT_EQ(Refusal("1: one", "few: one"),
            "words.yaml:2: \"few\" is neither a number of repetitions nor other");
  EXPECT_EQ(Refusal("{1: one, other: \"{n} reps\"}", "reps"),
            "words.yaml:2: repetitions must hold numbers, or other, and texts");
  EXPECT_EQ(Refusal("neutral:", "Neutral:"), "words.yaml:23: neutral is missing");
  EXPECT_THAT(std::string(Language::Parse("v.yaml", WordsYaml() + "  Loud: {}\n").status().message()),
              HasSubstr("\"Loud\" is no name"));
  EXPECT_THAT(std::string(Language::Parse("v.yaml", WordsYaml() + "  neutral: {}\n").status().message()),
              HasSubstr("neutral is there twice"));
  EXPECT_THAT(std::string(Language::Parse("v.yaml", "voices: [").status().message()), HasSubstr("v.yaml:"));
}

TEST(Phrases, ReadsTheLanguagesOfAFolder) {
  const testing::ScratchFolder folder;
  std::ofstream(folder.File("en.yaml")) << WordsYaml();
  std::ofstream(folder.File("notes.txt")) << "no language";
  const auto phrases = Phrases::Load(folder.path());
  ASSERT_TRUE(phrases.ok()) << phrases.status();
  ASSERT_NE((*phrases)->Find("en"), nullptr);
  EXPECT_EQ((*phrases)->Find("fr"), nullptr);
  EXPECT_EQ((*phrases)->languages().size(), 1U);
}

TEST(Phrases, RefusesAFolderWithABrokenLanguageOrNone) {
  const testing::ScratchFolder folder;
  EXPECT_EQ(Phrases::Load(folder.path()).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Phrases::Load(folder.File("none")).status().code(), absl::StatusCode::kNotFound);
  std::ofstream(folder.File("fr.yaml")) << WordsYaml();
  EXPECT_THAT(std::string(Phrases::Load(folder.path()).status().message()),
              HasSubstr("fr.yaml: language is \"en\", but the file is called fr.yaml"));
  std::ofstream(folder.File("en.yaml")) << "language: en";
  EXPECT_THAT(std::string(Phrases::Load(folder.path()).status().message()), HasSubstr("en.yaml:1:"));
}

}  // namespace
}  // namespace trackfit::advice
