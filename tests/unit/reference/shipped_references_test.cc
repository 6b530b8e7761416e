// The references that TrackFit comes with: deploy/exercises/references.
#include <gtest/gtest.h>

#include "reference/comparison.h"
#include "reference/reference.h"
#include "reference/takes.h"
#include "repetitions/exercise.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::reference {
namespace {

TEST(ShippedReferences, ThereIsOneForEachExercise) {
  const auto catalogue = repetitions::Catalogue::Load(TRACKFIT_EXERCISES);
  const auto references = References::Load(TRACKFIT_EXERCISES "/references");
  ASSERT_TRUE(catalogue.ok() && references.ok()) << references.status();
  for (const repetitions::Exercise& exercise : (*catalogue)->exercises()) {
    const Reference* const reference = (*references)->Find(exercise.name);
    ASSERT_NE(reference, nullptr) << exercise.name;
    EXPECT_EQ(reference->exercise, exercise.name);
    EXPECT_EQ(reference->depth_error, 0);
  }
}

// Repetitions as the counter finds them, of other bodies with other habits, as BlazePose sees them.
TEST(ShippedReferences, AreLikeGoodRepetitionsOfOthers) {
  const auto catalogue = *repetitions::Catalogue::Load(TRACKFIT_EXERCISES);
  const auto references = *References::Load(TRACKFIT_EXERCISES "/references");
  for (const std::string exercise : {"barbell_biceps_curl", "bench_press", "lat_pulldown", "pull_up",
                                     "push_up", "squat", "tricep_pushdown"}) {
    float sum = 0;
    int count = 0;
    for (const uint64_t seed : {5, 6, 7}) {
      const auto poses = *synthesis::SynthesizePoses(
          {.motion = {.exercise = exercise, .repetitions = 3, .seed = seed, .style_variation = 0.5},
           .camera = synthesis::CameraOptions{.yaw_degrees = 50.0 + 10 * static_cast<double>(seed)}});
      for (const Take& take : FindTakes(*catalogue->Find(exercise), poses)) {
        const Match match = Compare(*references->Find(exercise), exercise, take.attempt);
        EXPECT_EQ(match.failure, "");
        sum += match.similarity;
        ++count;
      }
    }
    ASSERT_GE(count, 6) << exercise;
    EXPECT_GE(sum / static_cast<float>(count), 0.88F) << exercise;
  }
}

}  // namespace
}  // namespace trackfit::reference
