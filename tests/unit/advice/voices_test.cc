// The voices that are shipped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "advice/advisor.h"
#include "framing/hint.h"
#include "repetitions/exercise.h"
#include "unit/advice/squats.h"

namespace trackfit::advice {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;

bool SoundsMedical(const std::string& text) {
  static const char* const kWords[] = {"pain",    "injur",  "hurt", "doctor", "medic", "heal",
                                       "diagnos", "strain", "통증", "부상",   "아프",  "다치",
                                       "의사",    "치료",   "진단", "관절염"};
  return std::ranges::any_of(kWords, [lower = absl::AsciiStrToLower(text)](const char* word) {
    return absl::StrContains(lower, word);
  });
}

class Voices : public ::testing::Test {
 protected:
  void SetUp() override {
    auto phrases = Phrases::Load("deploy/exercises/voices");
    ASSERT_TRUE(phrases.ok()) << phrases.status();
    phrases_ = *std::move(phrases);
  }

  // All that can be said in a language.
  static std::vector<std::string> TextsOf(const Language& language) {
    std::vector<std::string> texts = {language.below, language.above};
    for (const auto& hint : language.hints) texts.push_back(hint.second);
    for (const auto& voice : language.voices) {
      for (const auto& sentence : voice.second) texts.insert(texts.end(), sentence.begin(), sentence.end());
    }
    return texts;
  }

  std::shared_ptr<const Phrases> phrases_;
};

TEST_F(Voices, AreFiveInEnglishAndKorean) {
  ASSERT_EQ(phrases_->languages().size(), 2U);
  for (const Language& language : phrases_->languages()) {
    EXPECT_THAT(language.voices,
                ElementsAre(Key("analyst"), Key("calm"), Key("drill"), Key("hype"), Key("neutral")))
        << language.code;
  }
  EXPECT_NE(phrases_->Find("en"), nullptr);
  EXPECT_NE(phrases_->Find("ko"), nullptr);
}

// A voice that says nothing of its own falls back to the neutral one, which here would be an oversight.
TEST_F(Voices, SayEverythingInTheirOwnWords) {
  for (const Language& language : phrases_->languages()) {
    std::set<std::string> said;
    for (const auto& [name, voice] : language.voices) {
      for (const auto& sentence : voice) {
        for (const std::string& text : sentence)
          EXPECT_TRUE(said.insert(text).second) << language.code << " " << name << ": " << text;
      }
    }
  }
}

// Of exercises that are shipped.
TEST_F(Voices, GetWholeSentencesFromTheExercises) {
  const auto catalogue = repetitions::Catalogue::Load("deploy/exercises");
  ASSERT_TRUE(catalogue.ok()) << catalogue.status();
  for (const repetitions::Exercise& exercise : (*catalogue)->exercises()) {
    for (const Language& language : phrases_->languages()) {
      EXPECT_TRUE(exercise.titles.contains(language.code)) << exercise.name << " " << language.code;
      for (const repetitions::Condition& condition : exercise.conditions) {
        ASSERT_TRUE(condition.texts.contains(language.code)) << condition.code;
        const repetitions::ConditionText& texts = condition.texts.at(language.code);
        EXPECT_FALSE(texts.title.empty()) << condition.code << " " << language.code;
        EXPECT_LE(texts.title.size(), 40U) << condition.code << ": it heads columns";
        for (const std::string& text : {texts.low, texts.high, texts.praise}) {
          if (text.empty()) continue;
          EXPECT_THAT(text.back(), AnyOf('.', '!')) << condition.code << ": " << text;
          EXPECT_FALSE(SoundsMedical(text)) << condition.code << ": " << text;
        }
      }
    }
  }
}

TEST_F(Voices, NeverSoundMedical) {
  for (const Language& language : phrases_->languages()) {
    for (const std::string& text : TextsOf(language))
      EXPECT_FALSE(SoundsMedical(text)) << language.code << ": " << text;
  }
}

// Which particle follows a Korean noun depends on its last sound, which a placeholder does not have.
TEST_F(Voices, PutNoVariableParticleAfterAPlaceholderInKorean) {
  const Language* const korean = phrases_->Find("ko");
  ASSERT_NE(korean, nullptr);
  for (const std::string& text : TextsOf(*korean)) {
    // {repetitions}, {correct} and so on end in "회", {share} and {seconds} in a sound that is known as well.
    for (const char* noun : {"{exercise}", "{measured}", "{range}", "{view}"}) {
      for (const char* particle : {"은 ", "는 ", "이 ", "가 ", "을 ", "를 ", "과 ", "와 ", "으로 ", "로 "})
        EXPECT_THAT(text, Not(HasSubstr(std::string(noun) + particle)));
    }
  }
}

TEST_F(Voices, LeaveNoPlaceholderInWhatTheySay) {
  const repetitions::Exercise exercise = Squat();
  for (const Language& language : phrases_->languages()) {
    for (const auto& voice : language.voices) {
      absl::StatusOr<Advisor> advisor = Advisor::Create(phrases_, voice.first, language.code);
      ASSERT_TRUE(advisor.ok()) << advisor.status();
      Squats squats;
      int sentences = 0;
      const auto check = [&](const std::vector<Advice>& said) {
        for (const Advice& advice : said) {
          ++sentences;
          EXPECT_EQ(advice.text.find_first_of("{}"), std::string::npos) << advice.text;
          EXPECT_THAT(advice.codes, Not(::testing::IsEmpty()));
        }
      };
      for (int set = 0; set < 4; ++set) {
        for (int i = 0; i < 30; ++i) {
          const float depth = i < 6 ? 160.0F - 8.0F * static_cast<float>(i) : 90.0F;
          check(advisor->OnRepetition(exercise, squats.Next({.depth = depth,
                                                             .knees = set < 3 ? NAN : 0.9F,
                                                             .lean = i > 20 ? 60.0F : 30.0F,
                                                             .complete = i % 13 != 12})));
        }
        repetitions::SetSummary summary = squats.Finish();
        summary.range_lost = set % 2 == 0 ? 0.2F : 0;
        summary.tempo_drift = 1.5F;
        check(advisor->OnSetEnd(exercise, summary));
      }
      EXPECT_GT(sentences, 30);
    }
  }
}

TEST_F(Voices, HaveAHintForEveryProblemOfFraming) {
  for (const Language& language : phrases_->languages()) {
    const absl::StatusOr<Advisor> advisor = Advisor::Create(phrases_, "", language.code);
    ASSERT_TRUE(advisor.ok()) << advisor.status();
    for (const std::string_view code : framing::kCodeNames) EXPECT_NE(advisor->TextOfHint(code), "") << code;
  }
}

TEST_F(Voices, SpeakOfASet) {
  const repetitions::Exercise exercise = Squat();
  absl::StatusOr<Advisor> advisor = Advisor::Create(phrases_, "", "");
  ASSERT_TRUE(advisor.ok()) << advisor.status();
  Squats squats;
  for (int i = 1; i <= 10; ++i)
    advisor->OnRepetition(exercise, squats.Next({.depth = i == 3 || i == 6 || i == 7 ? 130.0F : 90.0F}));
  EXPECT_THAT(
      Texts(advisor->OnSetEnd(exercise, squats.Finish())),
      ElementsAre("Squat: 10 repetitions, 7 of them correct.",
                  "Go lower. That is the first thing to change; it was off in repetitions 3, 6 and 7.",
                  "This went well. Good knees."));
}

}  // namespace
}  // namespace trackfit::advice
