#include "dataset/labels.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "exercises/vocabulary.h"
#include "unit/dataset/dataset_fixtures.h"

namespace trackfit::dataset {
namespace {

const std::vector<std::string>& Classes() { return exercises::Builtin().classes(); }

TEST(Labels, CurlsWithOtherImplementsStandIn) {
  const auto label = LabelOf(MakeClip("a", "dumbbell_biceps_curl"), Classes());
  ASSERT_TRUE(label.has_value());
  EXPECT_EQ(Classes()[label->index], "barbell_biceps_curl");
  EXPECT_TRUE(label->stand_in);
  EXPECT_LT(label->weight, 1);
  EXPECT_FALSE(LabelOf(MakeClip("b", "barbell_biceps_curl"), Classes())->stand_in);
}

TEST(Labels, BackgroundThatMovesLikeAClassIsLeftOut) {
  Clip clip = MakeClip("a", "other");
  clip.fault = "board press";
  EXPECT_EQ(LabelOf(clip, Classes()), std::nullopt);
  clip.fault = "lateral raise";
  EXPECT_EQ(Classes()[LabelOf(clip, Classes())->index], "other");
  clip.exercise = "juggling";
  EXPECT_EQ(LabelOf(clip, Classes()), std::nullopt);
  clip.exercise = "other";
  clip.fault = "close-grip chins";
  EXPECT_TRUE(MovesLikeAClass(clip));
  clip.fault = "other/feeding_urchins";
  EXPECT_FALSE(MovesLikeAClass(clip)) << "no word of it begins so";
}

TEST(Labels, TellBackgroundThatIsLeftOutFromClipsOfNoClass) {
  Clip clip = MakeClip("a", "other");
  clip.fault = "board press";
  EXPECT_TRUE(MovesLikeAClass(clip));
  clip.exercise = "bench_press";
  EXPECT_FALSE(MovesLikeAClass(clip));
  clip.exercise = "juggling";
  EXPECT_FALSE(MovesLikeAClass(clip));
}

TEST(Labels, BackgroundCountsForTheModelsOwnClass) {
  const std::vector<std::string> classes = {"squat", "none_of_these"};
  EXPECT_EQ(LabelOf(MakeClip("a", "other"), classes, "none_of_these")->index, 1);
  EXPECT_EQ(LabelOf(MakeClip("a", "other"), classes, ""), std::nullopt) << "a model without such a class";
}

}  // namespace
}  // namespace trackfit::dataset
