#include "repetitions/exercise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_replace.h"

namespace trackfit::repetitions {
namespace {

using ::testing::HasSubstr;

constexpr char kSquat[] = R"(exercise: squat
title: {en: Squat}
best_view: side
measures:
  knee_angle: {angle: [hip, knee, ankle]}
  ankles_x: {place_x: ankles}
repetition:
  drivers:
    - {measure: knee_angle, rest: 170, turn: 80}
  seconds: {least: 0.5, most: 10}
  range: {least: 0.2, complete: 0.5}
  requires:
    - {measure: ankles_x, statistic: range, most: 0.5}
conditions:
  - code: depth
    measure: knee_angle
    moment: turn
    statistic: least
    good: {most: 100}
    slightly: 15
    joints: [knee]
    views: [side, diagonal]
    importance: 4
    source: a book
    texts:
      en: {title: Depth, high: Go lower., praise: Good depth.}
)";

std::string ErrorAfter(const std::string& from, const std::string& to) {
  const std::string yaml = absl::StrReplaceAll(kSquat, {{from, to}});
  EXPECT_NE(yaml, kSquat) << from;
  return std::string(Exercise::Parse("squat.yaml", yaml).status().message());
}

TEST(Exercise, IsReadWhole) {
  const Exercise squat = Exercise::Parse("squat.yaml", kSquat).value();
  EXPECT_EQ(squat.name, "squat");
  EXPECT_EQ(squat.best_view, View::kSide);
  ASSERT_EQ(squat.drivers.size(), 1U);
  EXPECT_EQ(squat.drivers[0].turn, 80);
  EXPECT_EQ(squat.most_seconds, 10);
  EXPECT_EQ(squat.complete_range, 0.5F);
  ASSERT_EQ(squat.requirements.size(), 1U);
  EXPECT_EQ(squat.requirements[0].range.high, 0.5F);
  ASSERT_EQ(squat.conditions.size(), 1U);
  const Condition& depth = squat.conditions[0];
  EXPECT_EQ(depth.quantity.moment, Moment::kTurn);
  EXPECT_EQ(depth.quantity.statistic, Statistic::kLeast);
  EXPECT_EQ(depth.good.high, 100);
  EXPECT_EQ(depth.good.low, -kNoLimit);
  EXPECT_EQ(depth.joints, (std::vector{skeleton::kLeftKnee, skeleton::kRightKnee}));
  EXPECT_EQ(depth.views, (std::vector{View::kSide, View::kDiagonal}));
  EXPECT_EQ(depth.texts.at("en").title, "Depth");
  EXPECT_EQ(depth.texts.at("en").high, "Go lower.");
}

TEST(Exercise, HasDoubtInsteadOfSlightFaults) {
  const std::string yaml = absl::StrReplaceAll(kSquat, {{"slightly: 15", "doubtful: 12"}});
  const Criterion depth = Exercise::Parse("squat.yaml", yaml).value().conditions[0];
  EXPECT_TRUE(depth.doubtful);
  EXPECT_EQ(depth.slightly, 12);
  EXPECT_FALSE(Exercise::Parse("squat.yaml", kSquat).value().conditions[0].doubtful);
  EXPECT_THAT(ErrorAfter("slightly: 15", "slightly: 15\n    doubtful: 12"),
              HasSubstr("slightly and doubtful exclude one another"));
}

TEST(Exercise, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(ErrorAfter("importance", "importence"),
            "squat.yaml:23: there is no key \"importence\" in a condition; did you mean importance?");
  EXPECT_THAT(ErrorAfter("moment: turn", "moment: turm"),
              HasSubstr("moment cannot be \"turm\"; did you mean turn?"));
  EXPECT_THAT(ErrorAfter("[hip, knee, ankle]", "[hip, knee]"),
              HasSubstr("angle takes 3 places; these are 2"));
  EXPECT_THAT(ErrorAfter("[hip, knee, ankle]", "[hip, kneee, ankle]"), HasSubstr("did you mean knee?"));
  EXPECT_THAT(ErrorAfter("most: 100", "most: deep"), HasSubstr("most is \"deep\", which is no number"));
  EXPECT_THAT(ErrorAfter("{measure: knee_angle, rest", "{measure: knee_angel, rest"),
              HasSubstr("did you mean knee_angle?"));
  EXPECT_THAT(ErrorAfter("least: 0.2", "least: 0.02"), HasSubstr("it must be in [0.05, 1]"));
  EXPECT_THAT(ErrorAfter("rest: 170", "rest: 80"), HasSubstr("rest and turn are equal"));
  EXPECT_THAT(ErrorAfter("statistic: range, ", ""), HasSubstr("only a range or a change"));
  EXPECT_THAT(ErrorAfter("source: a book", "x: y"), HasSubstr("there is no key \"x\""));
  EXPECT_THAT(ErrorAfter("title: Depth", "titel: Depth"), HasSubstr("did you mean title?"));
}

TEST(Exercise, NeedsTheTextsThatItsRangesCallFor) {
  EXPECT_THAT(ErrorAfter("high: Go lower., ", ""), HasSubstr("high is missing"));
  EXPECT_THAT(ErrorAfter("good: {most: 100}", "good: {least: 10, most: 100}"), HasSubstr("low is missing"));
  EXPECT_THAT(ErrorAfter("title: {en: Squat}", "title: {en: Squat, ko: 스쿼트}"),
              HasSubstr("there is a title in ko but no text"));
}

TEST(Exercise, MayJudgeAConditionOtherwiseInOtherViews) {
  const std::string other =
      "other_views: [{measure: knee_angle, statistic: fall, good: {least: 60}, slightly: 5, views: [front]}]";
  const std::string yaml = absl::StrReplaceAll(kSquat, {{"importance: 4", other}});
  EXPECT_THAT(Exercise::Parse("squat.yaml", yaml).status().message(), HasSubstr("low is missing"));
  const std::string told = absl::StrReplaceAll(yaml, {{"{title:", "{low: Lower., title:"}});
  const Condition depth = Exercise::Parse("squat.yaml", told).value().conditions.at(0);
  ASSERT_EQ(depth.other_views.size(), 1U);
  EXPECT_EQ(depth.other_views[0].quantity.statistic, Statistic::kFall);
  EXPECT_EQ(depth.other_views[0].good.low, 60);
  EXPECT_TRUE(depth.other_views[0].JudgedIn(View::kFront));
  EXPECT_FALSE(depth.JudgedIn(View::kFront));
  EXPECT_THAT(
      Exercise::Parse("squat.yaml", absl::StrReplaceAll(told, {{", views: [front]", ""}})).status().message(),
      HasSubstr("views is missing"));
}

TEST(Catalogue, FindsExercisesByName) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "catalogue";
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "squat.yaml") << kSquat;
  const auto catalogue = Catalogue::Load(folder.string()).value();
  ASSERT_NE(catalogue->Find("squat"), nullptr);
  EXPECT_EQ(catalogue->Find("lunge"), nullptr);
  std::filesystem::rename(folder / "squat.yaml", folder / "lunge.yaml");
  EXPECT_THAT(Catalogue::Load(folder.string()).status().message(),
              HasSubstr("but the file is called lunge.yaml"));
  std::filesystem::remove_all(folder);
  EXPECT_EQ(Catalogue::Load(folder.string()).status().code(), absl::StatusCode::kNotFound);
}

TEST(Catalogue, ReadsWhatIsDeployed) {
  const auto catalogue = Catalogue::Load(TRACKFIT_EXERCISES);
  ASSERT_TRUE(catalogue.ok()) << catalogue.status();
  ASSERT_EQ((*catalogue)->exercises().size(), 13U);
  for (const Exercise& exercise : (*catalogue)->exercises()) {
    EXPECT_GE(exercise.conditions.size(), 3U) << exercise.name;
    EXPECT_TRUE(exercise.titles.contains("en") && exercise.titles.contains("ko")) << exercise.name;
    for (const Condition& condition : exercise.conditions) EXPECT_GT(condition.slightly, 0) << condition.code;
  }
}

}  // namespace
}  // namespace trackfit::repetitions
