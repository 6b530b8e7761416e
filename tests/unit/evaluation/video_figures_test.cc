#include "evaluation/video_figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace trackfit::evaluation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kExercises = {"pull_up", "push_up", "squat"};

VideoVerdict Verdict(const std::string& id, const std::string& exercise, const std::string& named,
                     bool known = true) {
  return {.id = id,
          .exercise = exercise,
          .fault = exercise == "other" ? "lunge" : "",
          .group = "group of " + id,
          .model_version = "7",
          .frames = 100,
          .poses = 90,
          .named = named,
          .known = known,
          .confidence = 0.9F,
          .known_score = known ? 0.9F : 0.2F};
}

TEST(VideoFigures, TellWhatIsNamedFromWhatIsKnownToo) {
  const VideoFigures figures =
      FiguresOf({Verdict("a", "squat", "squat"), Verdict("b", "squat", "squat", false),
                 Verdict("c", "squat", "push_up"), Verdict("d", "push_up", "push_up")},
                kExercises);
  EXPECT_EQ(figures.model_version, "7");
  EXPECT_EQ(figures.exercises.named.right, 3);
  EXPECT_EQ(figures.exercises.right.right, 2);
  EXPECT_EQ(figures.exercises.right.total, 4);
  ASSERT_EQ(figures.by_class.size(), 2U);
  EXPECT_EQ(figures.by_class[1].name, "squat");
  EXPECT_EQ(figures.by_class[1].named.right, 2);
  EXPECT_EQ(figures.by_class[1].named.total, 3);
  EXPECT_EQ(figures.confusion.At(2, 1), 1);  // a squat taken for a push-up
  EXPECT_EQ(figures.confusion.At(2, 3), 1);  // one of which nothing is known
}

TEST(VideoFigures, CountOtherMovementsAsRejectedUnlessKnown) {
  const VideoFigures figures =
      FiguresOf({Verdict("a", "other", "squat", false), Verdict("b", "other", "squat"),
                 Verdict("c", "burpee_of_no_name", "push_up", false), Verdict("d", "squat", "squat")},
                kExercises);
  EXPECT_EQ(figures.rejected.right, 1);
  EXPECT_EQ(figures.rejected.total, 2);
  EXPECT_EQ(figures.left_out, 1);
  EXPECT_DOUBLE_EQ(figures.known.auroc, 0.75);
  EXPECT_THAT(figures.wrong, ElementsAre("b (group of b): other, lunge > squat, 90 %"));
}

TEST(VideoFigures, AreWrongWhereNothingWasAssessed) {
  VideoVerdict silent = Verdict("a", "squat", "", false);
  silent.known_score = 0;
  VideoVerdict silent_other = Verdict("b", "other", "", false);
  const VideoFigures figures = FiguresOf({silent, silent_other}, kExercises);
  EXPECT_EQ(figures.exercises.named.right, 0);
  EXPECT_EQ(figures.exercises.named.total, 1);
  EXPECT_EQ(figures.rejected.right, 1);
  EXPECT_EQ(figures.unanswered, 2);
  EXPECT_THAT(figures.wrong, ElementsAre("a (group of a): squat > nothing assessed"));
}

TEST(VideoFigures, AreOfRealPeopleWithTheExercisesOwnImplement) {
  VideoVerdict drawn = Verdict("a", "squat", "push_up"), drawn_other = Verdict("b", "other", "squat");
  drawn.kind = drawn_other.kind = dataset::SourceKind::kRendered;
  const VideoFigures figures =
      FiguresOf({drawn, drawn_other, Verdict("c", "dumbbell_biceps_curl", "barbell_biceps_curl"),
                 Verdict("d", "squat", "squat")},
                {"barbell_biceps_curl", "push_up", "squat"});
  EXPECT_EQ(figures.exercises.right.total, 1);
  EXPECT_EQ(figures.exercises.right.right, 1);
  EXPECT_EQ(figures.rendered.right.total, 1);
  EXPECT_EQ(figures.rendered.right.right, 0);
  EXPECT_EQ(figures.rendered_others.total, 1);
  EXPECT_EQ(figures.stand_ins.right.right, 1);
  EXPECT_EQ(figures.rejected.total, 0);
}

TEST(VideoFigures, AreSortedByViewAndGroup) {
  std::vector<VideoVerdict> verdicts = {Verdict("a", "squat", "squat"), Verdict("b", "squat", "push_up"),
                                        Verdict("c", "push_up", "push_up")};
  verdicts[0].view = verdicts[1].view = "side";
  verdicts[0].group = verdicts[1].group = "gym";
  verdicts[2].group = "";
  const VideoFigures figures = FiguresOf(verdicts, kExercises);
  ASSERT_EQ(figures.by_view.size(), 1U);
  EXPECT_EQ(figures.by_view[0].name, "side");
  EXPECT_EQ(figures.by_view[0].right.right, 1);
  EXPECT_EQ(figures.by_view[0].right.total, 2);
  EXPECT_EQ(figures.by_view[0].right.groups, 1);
  ASSERT_EQ(figures.by_group.size(), 2U);
  EXPECT_EQ(figures.by_group[0].name, "c");
  EXPECT_EQ(figures.by_group[1].name, "gym");
  const std::string text = ToText(figures);
  EXPECT_THAT(text, HasSubstr("all exercises"));
  EXPECT_THAT(text, HasSubstr("2 of 3,  66.7 %"));
  EXPECT_THAT(text, HasSubstr("b (gym): squat > push_up, 90 %"));
  EXPECT_EQ(ToJson(figures).at("by_view").at(0).at("named_and_known").at("groups"), 1);
}

TEST(VideoVerdict, IsWhatItWasAfterWritingAndReading) {
  VideoVerdict verdict = Verdict("a", "other", "squat");
  verdict.view = "side";
  verdict.kind = dataset::SourceKind::kRendered;
  const auto read = ParseVideoVerdict(ToJson(verdict).dump());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(ToJson(*read), ToJson(verdict));
  EXPECT_EQ(read->kind, dataset::SourceKind::kRendered);
  EXPECT_EQ(ParseVideoVerdict(R"({"id": 7})").status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace trackfit::evaluation
