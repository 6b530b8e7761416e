#include "exercises/vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace trackfit::exercises {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kRow = R"(
exercises:
  - name: row
    title: Barbell row
    aliases: [Bent-over row]
    stand_ins: {cable_row: 0.25}
    look_alikes: [seal row]
  - name: step_up
    title: Box step-up
background:
  name: none_of_these
  title: Nothing known
  members: [walk]
rendered_sources: [drawn, painted]
)";

// The message about `kRow` with `text` in the place of `part`.
std::string Refusal(const std::string& part, const std::string& text) {
  std::string yaml = kRow;
  const size_t at = yaml.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  yaml.replace(at, part.size(), text);
  const auto vocabulary = Vocabulary::Parse(yaml, "words.yaml");
  EXPECT_EQ(vocabulary.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(vocabulary.status().message());
}

TEST(Vocabulary, ListsClassesInTheOrderOfTheFileAndTheBackgroundLast) {
  const auto vocabulary = Vocabulary::Parse(kRow, "words.yaml");
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  EXPECT_THAT(vocabulary->classes(), ElementsAre("row", "step_up", "none_of_these"));
  EXPECT_EQ(vocabulary->background(), "none_of_these");
}

TEST(Vocabulary, TellsWhichClassANameCountsFor) {
  const auto vocabulary = Vocabulary::Parse(kRow, "words.yaml");
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  const ClassShare stand_in = vocabulary->ClassOf("cable_row");
  EXPECT_EQ(stand_in.name, "row");
  EXPECT_EQ(stand_in.weight, 0.25F);
  EXPECT_TRUE(stand_in.stand_in);
  const ClassShare member = vocabulary->ClassOf("walk");
  EXPECT_EQ(member.name, "none_of_these");
  EXPECT_EQ(member.weight, 1);
  EXPECT_FALSE(member.stand_in);
  for (const char* own : {"row", "none_of_these", "juggling"}) {
    EXPECT_EQ(vocabulary->ClassOf(own).name, own);
    EXPECT_EQ(vocabulary->ClassOf(own).weight, 1);
    EXPECT_FALSE(vocabulary->ClassOf(own).stand_in);
  }
}

TEST(Vocabulary, FindsAMovementThatLooksLikeAnExerciseAtTheBeginningOfAWord) {
  const auto vocabulary = Vocabulary::Parse(kRow, "words.yaml");
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  EXPECT_TRUE(vocabulary->LooksLikeAnExercise("seal row"));
  EXPECT_TRUE(vocabulary->LooksLikeAnExercise("one-arm seal rows"));
  EXPECT_FALSE(vocabulary->LooksLikeAnExercise("upseal row")) << "no word begins so";
  EXPECT_FALSE(vocabulary->LooksLikeAnExercise("row"));
  EXPECT_TRUE(vocabulary->LooksLikeAnExercise("unseal row/seal row")) << "the second one does";
}

TEST(Vocabulary, UnderstandsTitlesAndAliasesHoweverTheyAreTyped) {
  const auto vocabulary = Vocabulary::Parse(kRow, "words.yaml");
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  for (const char* typed : {"row", " Row ", "Barbell row", "barbell-row", "bent_over_row", "Bent over ROW"})
    EXPECT_EQ(vocabulary->NameOf(typed), "row") << typed;
  EXPECT_EQ(vocabulary->NameOf("Jumping-jack"), "jumping_jack") << "unknown names are spelled by rule";
  EXPECT_EQ(vocabulary->NameOf(""), "");
}

TEST(Vocabulary, GivesTitlesToNamesItDoesNotHaveByRule) {
  const auto vocabulary = Vocabulary::Parse(kRow, "words.yaml");
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  EXPECT_EQ(vocabulary->TitleOf("step_up"), "Box step-up");
  EXPECT_EQ(vocabulary->TitleOf("none_of_these"), "Nothing known");
  EXPECT_EQ(vocabulary->TitleOf("sit_up"), "Sit-up");
  EXPECT_EQ(vocabulary->TitleOf("jumping_jack"), "Jumping jack");
  EXPECT_EQ(vocabulary->TitleOf(""), "");
}

TEST(Vocabulary, KnowsRenderedSources) {
  const auto vocabulary = Vocabulary::Parse(kRow, "words.yaml");
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  EXPECT_TRUE(vocabulary->IsRendered("painted"));
  EXPECT_FALSE(vocabulary->IsRendered("paint"));
}

TEST(Vocabulary, RefusesUnknownKeysAndSaysWhichWasMeant) {
  EXPECT_EQ(Refusal("aliases", "alias"),
            "words.yaml:5: there is no key \"alias\" in an exercise; did you mean aliases?");
  EXPECT_EQ(Refusal("members", "includes"), "words.yaml:13: there is no key \"includes\" in the background");
  EXPECT_EQ(Refusal("rendered_sources", "rendered_source"),
            "words.yaml:14: there is no key \"rendered_source\" in the vocabulary; did you mean "
            "rendered_sources?");
}

TEST(Vocabulary, RefusesWhatIsMissingOrThereTwice) {
  EXPECT_THAT(Refusal("title: Barbell row", "look_alikes: []"), HasSubstr("look_alikes is there twice"));
  EXPECT_EQ(Refusal("\n    title: Box step-up", ""), "words.yaml:8: title is missing");
  EXPECT_EQ(Refusal("[walk]", "[cable_row]"), "words.yaml:13: the name cable_row is there twice");
  EXPECT_EQ(Refusal("name: step_up", "name: row"), "words.yaml:8: the name row is there twice");
  EXPECT_EQ(Refusal("Box step-up", "Bent over row"),
            "words.yaml:8: \"Bent over row\" could be both row and step_up");
}

TEST(Vocabulary, RefusesValuesThatCannotBe) {
  EXPECT_EQ(Refusal("0.25", "1.5"), "words.yaml:6: the weight 1.5 of a stand-in is not in (0, 1]");
  EXPECT_EQ(Refusal("0.25", "0"), "words.yaml:6: the weight 0 of a stand-in is not in (0, 1]");
  EXPECT_EQ(Refusal("0.25", "nan"), "words.yaml:6: the weight nan of a stand-in is not in (0, 1]");
  EXPECT_EQ(Refusal("0.25", "half"), "words.yaml:6: the weight half of a stand-in is not in (0, 1]");
  EXPECT_EQ(Refusal("{cable_row: 0.25}", "[cable_row]"),
            "words.yaml:6: stand_ins must hold names and weights");
  EXPECT_EQ(Refusal("name: step_up", "name: Step-up"),
            "words.yaml:8: \"Step-up\" is no name; names consist of a-z, 0-9 and _");
  EXPECT_EQ(Refusal("[seal row]", "seal row"), "words.yaml:7: look_alikes must be a list");
  EXPECT_EQ(Refusal("[seal row]", "[[seal row]]"), "words.yaml:7: each of look_alikes must be a text");
  EXPECT_EQ(Refusal("title: Barbell row", "title: [Barbell row]"), "words.yaml:4: title must be a text");
  EXPECT_THAT(Refusal("title: Barbell row", "title:"), HasSubstr("title must be a text"));
}

TEST(Vocabulary, RefusesWhatIsNoYaml) {
  EXPECT_THAT(Refusal("[Bent-over row]", "[Bent-over row"), HasSubstr("words.yaml:"));
  EXPECT_THAT(std::string(Vocabulary::Parse("", "words.yaml").status().message()),
              HasSubstr("the vocabulary must hold keys and values"));
  EXPECT_THAT(std::string(Vocabulary::Parse("exercises", "words.yaml").status().message()),
              HasSubstr("the vocabulary must hold keys and values"));
}

// What is compiled in. Models are trained with these classes in this order.
TEST(Builtin, HasTheSevenExercisesAndTheBackground) {
  EXPECT_THAT(Builtin().classes(), ElementsAre("barbell_biceps_curl", "bench_press", "lat_pulldown",
                                               "push_up", "tricep_pushdown", "squat", "pull_up", "other"));
  EXPECT_EQ(Builtin().ClassOf("dumbbell_biceps_curl").name, "barbell_biceps_curl");
  EXPECT_EQ(Builtin().ClassOf("dumbbell_row").name, "other");
}

TEST(Builtin, NamesExercisesAsPeopleDo) {
  EXPECT_EQ(Builtin().TitleOf("push_up"), "Push-up");
  EXPECT_EQ(Builtin().TitleOf("barbell_biceps_curl"), "Barbell biceps curl");
  EXPECT_EQ(Builtin().TitleOf("other"), "Something else");
  EXPECT_EQ(Builtin().NameOf("Push-up"), "push_up");
  EXPECT_EQ(Builtin().NameOf(" bench press "), "bench_press");
}

}  // namespace
}  // namespace trackfit::exercises
