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
using ::testing::Not;

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

}  // namespace
}  // namespace trackfit::dataset
