#include "advice/advisor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "unit/advice/squats.h"

namespace trackfit::advice {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

using Measured = Squats::Measured;

// An advisor that hears of one person's squats.
class Live : public ::testing::Test {
 protected:
  // What is said about the next repetition; "" when nothing is.
  std::string Say(const Measured& measured = {}) {
    const std::vector<Advice> said = advisor_.OnRepetition(exercise_, squats_.Next(measured));
    EXPECT_LE(said.size(), 1U);
    codes_ = said.empty() ? std::vector<std::string>() : said[0].codes;
    return said.empty() ? "" : said[0].text;
  }
  // The same after a rest that is long enough for anything to be said.
  std::string SayAfterARest(const Measured& measured = {}) {
    squats_.Rest(60);
    return Say(measured);
  }

  repetitions::Exercise exercise_ = Squat();
  Squats squats_;
  Advisor advisor_ = MakeAdvisor();
  std::vector<std::string> codes_;  // of what was said last
};

TEST_F(Live, SaysWhatToChangeWithTheCodeOfTheFinding) {
  EXPECT_EQ(Say({.depth = 130}), "change: Go lower.");
  EXPECT_THAT(codes_, ElementsAre("depth"));
  EXPECT_EQ(SayAfterARest({.knees = 0.5F}), "change2: Knees out.");
  EXPECT_THAT(codes_, ElementsAre("knees"));
}

TEST_F(Live, SaysNothingForTenSecondsAfterItSaidSomething) {
  EXPECT_NE(Say({.depth = 130}), "");                               // at 3 s
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Say({.knees = 0.3F}), "");  // to 12 s
  EXPECT_NE(Say({.knees = 0.3F}), "");
}

TEST_F(Live, NamesOneThingAtATimeTheMostImportantFirst) {
  EXPECT_EQ(Say({.depth = 130, .knees = 0.5F, .lean = 90}), "change: Knees out.");
}

TEST_F(Live, NamesTheWorseOfEquallyImportantOnes) {
  exercise_.conditions[2].importance = 4;
  EXPECT_EQ(Say({.depth = 120, .lean = 80}), "change: Chest up.") << "3.5 against 1.3 times what is slight";
  EXPECT_EQ(SayAfterARest({.depth = 160, .lean = 56}), "change2: Go lower.");
}

TEST_F(Live, NamesWhatIsRepeatedBeforeWhatHappenedOnce) {
  EXPECT_EQ(Say({.lean = 60}), "change: Chest up.");
  EXPECT_EQ(SayAfterARest({.knees = 0.5F, .lean = 60}), "again: Chest up.");
}

TEST_F(Live, MentionsWhatIsSlightlyOffOnlyWhenItIsRepeated) {
  EXPECT_EQ(Say({.depth = 105}), "");
  EXPECT_EQ(Say({.depth = 90}), "");
  EXPECT_EQ(Say({.depth = 105}), "change: Go lower.");
}

TEST_F(Live, TakesSlightDeviationsThatAreFarApartForChance) {
  for (int i = 0; i < 4; ++i) {
    EXPECT_THAT(Say({.depth = 105}), Not(HasSubstr("Go lower")));
    EXPECT_THAT(Say(), Not(HasSubstr("Go lower")));
    EXPECT_THAT(Say(), Not(HasSubstr("Go lower")));
  }
}

TEST_F(Live, VariesWhatItSaysAgainAndSaysItLessOften) {
  std::vector<std::string> said;
  std::vector<int> when;
  for (int i = 1; i <= 40; ++i) {
    const std::string text = Say({.depth = 130});
    if (text.empty()) continue;
    said.push_back(text);
    when.push_back(3 * i);
  }
  EXPECT_THAT(said, ElementsAre("change: Go lower.", "again: Go lower.", "again2: Go lower.",
                                "again: Go lower.", "again2: Go lower."));
  EXPECT_THAT(when, ElementsAre(3, 15, 36, 66, 96));
}

TEST_F(Live, NoticesThatItIsCloser) {
  Say({.depth = 160});
  EXPECT_EQ(SayAfterARest({.depth = 120}), "closer: Go lower.");
  EXPECT_EQ(SayAfterARest({.depth = 119}), "again: Go lower.") << "not since then";
}

TEST_F(Live, PraisesWhatHasImprovedOnce) {
  Say({.depth = 130});
  EXPECT_EQ(SayAfterARest(), "improved: Good depth.");
  EXPECT_THAT(codes_, ElementsAre("depth"));
  EXPECT_EQ(SayAfterARest(), "");
  EXPECT_EQ(SayAfterARest({.depth = 130}), "change2: Go lower.") << "afresh, not again";
}

TEST_F(Live, KeepsPraiseUntilItMaySpeak) {
  Say({.depth = 130});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Say(), "");
  EXPECT_EQ(Say(), "improved: Good depth.");
}

TEST_F(Live, PraisesImprovementOfWhatItHadNoTimeToMention) {
  Say({.knees = 0.5F});  // at 3 s; nothing more before 13 s
  Say({.depth = 130, .knees = 0.5F});
  Say({.depth = 130, .knees = 0.5F});
  Say({.knees = 0.5F});
  EXPECT_EQ(Say({.knees = NAN}), "improved: Good depth.");
}

TEST_F(Live, CorrectsBeforeItPraises) {
  Say({.depth = 130});
  EXPECT_EQ(SayAfterARest({.lean = 90}), "change2: Chest up.");
  EXPECT_EQ(SayAfterARest({.lean = 90}), "again: Chest up.");
}

TEST_F(Live, PraisesRunsOfCorrectRepetitionsMoreAndMoreRarely) {
  std::vector<std::string> said;
  std::vector<int> when;
  for (int i = 1; i <= 20; ++i) {
    const std::string text = Say();
    if (text.empty()) continue;
    said.push_back(text);
    when.push_back(i);
  }
  EXPECT_THAT(said, ElementsAre("praise: 3 reps Good knees.", "praise2: 9 reps Good depth.",
                                "praise: 18 reps Good chest."));
  EXPECT_THAT(when, ElementsAre(3, 9, 18));
}

TEST_F(Live, NeverPraisesWhatWasNotJudged) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Say({.depth = NAN, .knees = NAN, .lean = NAN}), "");
}

TEST_F(Live, SaysThatAPartialRepetitionDoesNotCountAndWhy) {
  EXPECT_EQ(Say({.depth = 140, .complete = false, .range_of_motion = 0.42F}),
            "partial_change: 42 % Go lower.");
  EXPECT_THAT(codes_, ElementsAre("partial", "depth"));
  squats_.Rest(60);
  EXPECT_EQ(Say({.knees = 0.3F, .complete = false, .range_of_motion = 0.5F}), "partial: 50 %")
      << "knees do not make it partial";
  EXPECT_THAT(codes_, ElementsAre("partial"));
  EXPECT_EQ(SayAfterARest(), "improved: Good depth.");
}

TEST_F(Live, BeginsAfreshWithEachSet) {
  Say({.depth = 130});
  advisor_.OnSetEnd(exercise_, squats_.Finish());
  squats_.Rest(60);
  EXPECT_EQ(Say({.depth = 130}), "change2: Go lower.") << "not again";
}

TEST_F(Live, UsesARangeOfTheSessionThatTheExerciseHasNoTextFor) {
  repetitions::Repetition repetition = squats_.Next({.depth = 60});
  repetition.findings[0].good_low = 70;
  repetition.findings[0].level = repetitions::FindingLevel::kClearly;
  EXPECT_THAT(Texts(advisor_.OnRepetition(exercise_, repetition)),
              ElementsAre("change: Too low: 60 deg, 70 deg..100 deg."));
  EXPECT_EQ(advisor_.TextOf(exercise_, repetition.findings[0]), "Too low: 60 deg, 70 deg..100 deg.");
}

TEST_F(Live, IgnoresFindingsThatTheExerciseDoesNotHave) {
  repetitions::Repetition repetition = squats_.Next({.depth = 130});
  repetition.findings[0].code = "from_a_newer_server";
  EXPECT_THAT(advisor_.OnRepetition(exercise_, repetition), IsEmpty());
}

// What the session's checkpoint relies on.
TEST_F(Live, GoesOnElsewhereWithTheSameSentences) {
  const Measured attempts[] = {{.depth = 130},
                               {},
                               {.lean = 90},
                               {.depth = 120, .lean = 60},
                               {.complete = false},
                               {.knees = 0.2F},
                               {},
                               {},
                               {.depth = 112},
                               {}};
  for (size_t dies_after = 0; dies_after < 30; ++dies_after) {
    Squats squats;
    Advisor whole = MakeAdvisor(), other = MakeAdvisor();
    for (size_t i = 0; i < 30; ++i) {
      if (i == dies_after) {
        const std::string saved = whole.Save().dump();
        EXPECT_LT(saved.size(), 1000U);
        other = MakeAdvisor();
        other.Load(nlohmann::json::parse(saved));
      }
      const repetitions::Repetition repetition = squats.Next(attempts[i % 10]);
      const std::vector<std::string> said = Texts(whole.OnRepetition(exercise_, repetition));
      if (i >= dies_after) {
        EXPECT_EQ(Texts(other.OnRepetition(exercise_, repetition)), said) << i;
      }
      if (i % 10 < 9) continue;
      const repetitions::SetSummary set = squats.Finish();
      const std::vector<std::string> summed_up = Texts(whole.OnSetEnd(exercise_, set));
      if (i >= dies_after) {
        EXPECT_EQ(Texts(other.OnSetEnd(exercise_, set)), summed_up) << i;
      }
    }
  }
}

TEST(Advisor, RefusesABrokenState) {
  Advisor advisor = MakeAdvisor();
  EXPECT_THROW(advisor.Load(nlohmann::json::parse("{}")), nlohmann::json::exception);
  nlohmann::json saved = advisor.Save();
  saved["said"] = {1, 2};
  EXPECT_THROW(advisor.Load(saved), nlohmann::json::exception);
}

TEST(Advisor, RefusesUnknownVoicesAndLanguagesAndSaysWhichThereAre) {
  const auto refused = [](const char* voice, const char* language) {
    const absl::StatusOr<Advisor> advisor = Advisor::Create(Words(), voice, language);
    EXPECT_EQ(advisor.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(advisor.status().message());
  };
  EXPECT_EQ(refused("loud", ""), "config.coach.voice is \"loud\"; there are neutral");
  EXPECT_EQ(refused("", "tlh"), "config.coach.language is \"tlh\"; there are en");
}

TEST(Advisor, PutsFindingsAndHintsIntoWords) {
  const Advisor advisor = MakeAdvisor();
  Squats squats;
  const repetitions::Exercise exercise = Squat();
  const repetitions::Repetition repetition = squats.Next({.depth = 130, .lean = NAN});
  EXPECT_EQ(advisor.TextOf(exercise, repetition.findings[0]), "Go lower.");
  EXPECT_EQ(advisor.TextOf(exercise, repetition.findings[1]), "") << "good";
  EXPECT_EQ(advisor.TextOf(exercise, repetition.findings[2]), "") << "not judged";
  EXPECT_EQ(advisor.TitleOf(exercise, "depth"), "Depth");
  EXPECT_EQ(advisor.TitleOf(exercise, "width"), "");
  EXPECT_EQ(advisor.TextOfHint("too_far"), "Hint too_far");
  EXPECT_EQ(advisor.TextOfHint("too_blue"), "");
}

TEST(Advisor, SpeaksEnglishOfExercisesThatHaveNoTextInItsLanguage) {
  std::string yaml = WordsYaml();
  yaml.replace(yaml.find("language: en"), 12, "language: fr");
  absl::StatusOr<Language> french = Language::Parse("fr.yaml", yaml);
  ASSERT_TRUE(french.ok()) << french.status();
  const auto phrases = std::make_shared<const Phrases>(std::vector<Language>{*french});
  absl::StatusOr<Advisor> advisor = Advisor::Create(phrases, "neutral", "fr");
  ASSERT_TRUE(advisor.ok()) << advisor.status();
  Squats squats;
  const repetitions::Exercise exercise = Squat();
  EXPECT_THAT(Texts(advisor->OnRepetition(exercise, squats.Next({.depth = 130}))),
              ElementsAre("change: Go lower."));
  EXPECT_THAT(Texts(advisor->OnSetEnd(exercise, squats.Finish()))[0], StartsWith("set_none_correct: squat"));
}

}  // namespace
}  // namespace trackfit::advice
