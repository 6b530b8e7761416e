#include "dataset/synthetic_clips.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "dataset/labels.h"
#include "exercises/vocabulary.h"
#include "synthesis/motion.h"

namespace trackfit::dataset {
namespace {

using ::testing::ElementsAre;

TEST(SyntheticClips, ThereIsAMovementForEveryClass) {
  const exercises::Vocabulary& vocabulary = exercises::Builtin();
  for (const std::string& name : vocabulary.classes()) {
    if (name == vocabulary.background()) {
      EXPECT_GT(SyntheticExercises(name).size(), 10U);
    } else {
      EXPECT_THAT(SyntheticExercises(name), ElementsAre(name));
    }
  }
  EXPECT_TRUE(SyntheticExercises("juggling").empty());
}

TEST(SyntheticClips, AreLabelledAsTheClassTheyAreMadeFor) {
  const exercises::Vocabulary& vocabulary = exercises::Builtin();
  for (const synthesis::ExerciseInfo& exercise : synthesis::Exercises()) {
    const bool background = exercise.kind == synthesis::ExerciseKind::kBackground;
    const auto clip = MakeSyntheticClip(exercise.name, true, 3);
    ASSERT_TRUE(clip.ok()) << clip.status();
    const auto label = LabelOf(*clip, vocabulary.classes());
    ASSERT_TRUE(label.has_value()) << exercise.name;
    EXPECT_EQ(vocabulary.classes()[label->index], background ? vocabulary.background() : exercise.name);
    EXPECT_FALSE(label->stand_in);
  }
}

TEST(SyntheticClips, WhoIdlesHoldsTheStartPosition) {
  const auto clip = MakeIdleClip("pull_up", 4);
  ASSERT_TRUE(clip.ok()) << clip.status();
  EXPECT_EQ(clip->exercise, exercises::Builtin().background());
  EXPECT_EQ(clip->poses.size(), kIdleSeconds * 30);
  // Hangs from the bar, and neither pulls nor lets go.
  for (const skeleton::Pose& pose : clip->poses)
    EXPECT_LT(pose.landmarks[skeleton::kLeftWrist].y, pose.landmarks[skeleton::kNose].y);
  EXPECT_FALSE(MakeIdleClip("juggling", 4).ok());
}

}  // namespace
}  // namespace trackfit::dataset
