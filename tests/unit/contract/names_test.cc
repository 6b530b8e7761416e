#include "contract/names.h"

#include <gtest/gtest.h>

namespace trackfit::contract {
namespace {

TEST(UnknownExercise, SaysWhatIsKnownAndWhatWasProbablyMeant) {
  EXPECT_EQ(
      UnknownExercise("config.expected_exercise", "lung", {"push_up", "squat"}, {"lunge", "squat"}),
      absl::InvalidArgumentError("config.expected_exercise is \"lung\"; the model knows push_up, squat; the "
                                 "coach also lunge; did you mean lunge?"));
  EXPECT_EQ(UnknownExercise("expected_exercise", "juggling", {"squat"}, {}),
            absl::InvalidArgumentError("expected_exercise is \"juggling\"; the model knows squat"));
}

}  // namespace
}  // namespace trackfit::contract
