#include "coach_evaluation/counting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "coach_evaluation/counting_report.h"
#include "coach_evaluation/mannequins.h"

namespace trackfit::coach_evaluation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;

const repetitions::Catalogue& Exercises() {
  static const std::shared_ptr<const repetitions::Catalogue> kCatalogue =
      *repetitions::Catalogue::Load(TRACKFIT_EXERCISES);
  return *kCatalogue;
}

// One clip of each counted exercise that mannequins do.
const std::vector<dataset::Clip>& Mannequins() {
  static const std::vector<dataset::Clip> kClips =
      *ExercisingMannequins(Exercises(), {.per_exercise = 1, .seed = 7});
  return kClips;
}

dataset::Clip PullUps() {
  return *std::ranges::find(Mannequins(), std::string("pull_up"), &dataset::Clip::exercise);
}

std::string TempFile(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / name;
  std::ofstream(path) << text;
  return path.string();
}

Found At(double start_s, double end_s, double reported_s) { return {{start_s, end_s}, reported_s, 1, true}; }

TEST(Counting, FindsTheRepetitionsOfAClip) {
  const std::vector<CountedClip> counted = Count(Exercises(), "set", {PullUps()}, {});
  ASSERT_THAT(counted, SizeIs(1));
  EXPECT_EQ(counted[0].exercise, "pull_up");
  EXPECT_EQ(counted[0].known, 6);
  EXPECT_EQ(counted[0].error(), 0);
  const CountingFigures figures = FiguresOf({&counted[0]});
  EXPECT_EQ(figures.exact, 1);
  EXPECT_EQ(figures.outside, 0);
  EXPECT_LT(figures.boundary_s.value_or(9), 0.25);
  EXPECT_LT(figures.delay_s.value_or(9), 0.3);
}

TEST(Counting, NamesOfOtherClipsStandForTheirExercise) {
  dataset::Clip clip = PullUps();
  clip.exercise = "other";
  clip.fault = "Jumping jack";
  EXPECT_EQ(Count(Exercises(), "set", {clip}, {}).at(0).exercise, "jumping_jack");
  clip.fault = "walking";
  EXPECT_THAT(Count(Exercises(), "set", {clip}, {}), SizeIs(0));
}

TEST(Counting, GivenCountsReplaceThoseOfTheFile) {
  dataset::Clip clip = PullUps();
  EXPECT_EQ(Count(Exercises(), "set", {clip}, {.counts = {{clip.id, 5}}}).at(0).error(), 1);
  clip.repetition_count.reset();
  EXPECT_THAT(Count(Exercises(), "set", {clip}, {}), SizeIs(0));
}

TEST(Counting, AClipOfUnknownRateCountsAsOneOfTheRateGiven) {
  dataset::Clip clip = PullUps();
  const double rate = clip.fps;
  clip.fps = 0;
  const CountedClip at_rate = Count(Exercises(), "set", {clip}, {.unknown_rate_hz = rate}).at(0);
  const CountedClip at_half = Count(Exercises(), "set", {clip}, {.unknown_rate_hz = rate / 2}).at(0);
  EXPECT_EQ(at_rate.error(), 0);
  EXPECT_NEAR(at_half.seconds, 2 * at_rate.seconds, 1e-6);
}

TEST(Counting, IdlersAreCountedByEveryExercise) {
  const auto idlers = IdlingMannequins({.per_exercise = 1, .seed = 3});
  ASSERT_TRUE(idlers.ok()) << idlers.status();
  const std::vector<CountedClip> counted = CountIdle(Exercises(), "idle", *idlers, {});
  EXPECT_THAT(counted, SizeIs(3 * Exercises().exercises().size()));
  for (const CountedClip& clip : counted) EXPECT_EQ(clip.error(), 0) << clip.exercise << " in " << clip.id;
}

TEST(CountingFigures, AreThoseOfTheClips) {
  CountedClip exact{.data_set = "a", .id = "1", .exercise = "squat", .known = 2};
  exact.seconds = 10;
  exact.marks = {{1, 3}, {4, 6}};
  exact.found = {At(1.2, 2.9, 3.1), At(4.4, 6.0, 6.2)};
  CountedClip over{.data_set = "a", .id = "2", .exercise = "squat", .known = 1};
  over.seconds = 10;
  over.marks = {{1, 3}};
  over.found = {At(1, 3, 3.2), At(7, 8, 8.1), At(8, 9, 9.1)};
  over.found[1].complete = false;
  const CountingFigures figures = FiguresOf({&exact, &over});
  EXPECT_EQ(figures.clips, 2);
  EXPECT_EQ(figures.known, 3);
  EXPECT_EQ(figures.found, 5);
  EXPECT_EQ(figures.partial, 1);
  EXPECT_DOUBLE_EQ(figures.exact, 0.5);
  EXPECT_DOUBLE_EQ(figures.off_by_one, 0.5);
  EXPECT_DOUBLE_EQ(figures.relative_error, 1);
  EXPECT_EQ(figures.outside, 2);
  EXPECT_DOUBLE_EQ(figures.seconds_outside, 14);
  EXPECT_NEAR(figures.boundary_s.value_or(9), 0.05, 1e-9) << "between 0 and 0.1";
  EXPECT_NEAR(figures.delay_s.value_or(9), 0.2, 1e-9);
}

TEST(CountingReport, NamesTheClipsThatAreNotExact) {
  CountedClip exact{.data_set = "a", .id = "right", .exercise = "squat", .known = 1};
  exact.found = {At(1, 2, 2.2)};
  CountedClip missed{.data_set = "a", .id = "wrong", .exercise = "lunge", .known = 1};
  const std::string table = CountingTable({exact, missed}, true);
  EXPECT_THAT(table, HasSubstr("wrong lunge: 0 instead of 1"));
  EXPECT_THAT(table, Not(HasSubstr("right")));
  const nlohmann::ordered_json json = CountingJson({exact, missed});
  EXPECT_THAT(json["figures"], SizeIs(2));
  EXPECT_EQ(json["clips"][0]["found"][0]["end_s"], 2);
  EXPECT_TRUE(json["figures"][1]["delay_s"].is_null());
}

TEST(ReadCounts, TakesRowsThatAreSure) {
  const auto counts = ReadCounts(
      TempFile("sure.csv", "file,id,reps,reps_sure,note\na.mp4,a,3,y,x\nb.mp4,b,2,n,\nc.mp4,c,,,\n"));
  ASSERT_TRUE(counts.ok()) << counts.status();
  EXPECT_THAT(*counts, ElementsAre(Pair("a", 3)));
}

TEST(ReadCounts, TakesAllRowsWithoutThatColumnAndTheLinesOfWindows) {
  const auto counts = ReadCounts(TempFile("all.csv", "id,reps\r\na,3\r\nb,0\r\n"));
  ASSERT_TRUE(counts.ok()) << counts.status();
  EXPECT_THAT(*counts, ElementsAre(Pair("a", 3), Pair("b", 0)));
}

TEST(ReadCounts, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(ReadCounts("/nowhere/counts.csv").status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(ReadCounts(TempFile("columns.csv", "id,count\na,3\n")).status().message()),
              HasSubstr("id and reps are needed"));
  EXPECT_THAT(std::string(ReadCounts(TempFile("odd.csv", "id,reps\na,3\nb,many\n")).status().message()),
              HasSubstr("odd.csv:3: reps is \"many\""));
}

}  // namespace
}  // namespace trackfit::coach_evaluation
