// The exercises of deploy/exercises on mannequins: every camera, every tempo.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "repetitions/body.h"
#include "repetitions/exercise.h"
#include "repetitions/repetition_counter.h"
#include "skeleton/resample.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::repetitions {
namespace {

constexpr double kTempos[] = {0.7, 1, 1.5, 2.5, 4, 6};
constexpr double kFrameRates[] = {30, 10, 24, 60, 15};
constexpr int kCameras = 20;
constexpr int kRepetitions = 4;

const Catalogue& Exercises() {
  static const std::shared_ptr<const Catalogue> kCatalogue = *Catalogue::Load(TRACKFIT_EXERCISES);
  return *kCatalogue;
}

struct Scene {
  synthesis::PoseOptions options;
  std::string name;
};

Scene MakeScene(const std::string& exercise, int index, uint64_t seed) {
  Scene scene;
  scene.options.motion.exercise = exercise;
  scene.options.motion.seed = seed;
  scene.options.motion.repetitions = kRepetitions;
  scene.options.motion.repetition_seconds = kTempos[index % 6];
  scene.options.motion.fps = kFrameRates[index % 5];
  scene.name = exercise + " of seed " + std::to_string(seed) + " at " + std::to_string(kTempos[index % 6]) +
               " s, " + std::to_string(kFrameRates[index % 5]) + " fps";
  return scene;
}

int Count(const Exercise& exercise, const std::vector<skeleton::Pose>& poses) {
  skeleton::Resampler resampler(kRateHz, 500'000);
  BodyScale scale;
  RepetitionCounter counter(exercise);
  int count = 0;
  for (const skeleton::Pose& pose : poses) {
    for (const skeleton::Pose& resampled : resampler.Push(pose).poses) {
      if (const auto body = scale.Measure(resampled)) count += counter.Push(*body).has_value();
    }
  }
  return count + counter.Finish().has_value();
}

class OnMannequins : public testing::TestWithParam<const char*> {};

TEST_P(OnMannequins, CountsExactly) {
  const Exercise* exercise = Exercises().Find(GetParam());
  ASSERT_NE(exercise, nullptr);
  for (int camera = 0; camera < kCameras; ++camera) {
    const Scene scene = MakeScene(GetParam(), camera, 40'000 + static_cast<uint64_t>(camera));
    const auto poses = synthesis::SynthesizePoses(scene.options);
    ASSERT_TRUE(poses.ok()) << poses.status();
    EXPECT_EQ(Count(*exercise, *poses), kRepetitions) << scene.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Exercises, OnMannequins,
                         testing::Values("squat", "push_up", "bench_press", "pull_up", "lat_pulldown",
                                         "barbell_biceps_curl", "tricep_pushdown", "shoulder_press", "sit_up",
                                         "jumping_jack"));

TEST(OnMannequins, TimesPlanks) {
  const Exercise* plank = Exercises().Find("plank");
  ASSERT_NE(plank, nullptr);
  int found = 0;
  for (int camera = 0; camera < kCameras; ++camera) {
    const Scene scene = MakeScene("plank", camera, 60'000 + static_cast<uint64_t>(camera));
    const auto poses = synthesis::SynthesizePoses(scene.options);
    ASSERT_TRUE(poses.ok()) << poses.status();
    found += Count(*plank, *poses) == 1;
  }
  EXPECT_GE(found, kCameras - 1);  // one of these looks from above
}

TEST(OnMannequins, CountsNothingInTenMinutesOfIdling) {
  double seconds = 0;
  for (const std::string idle : {"standing_idle", "seated_idle", "walking_on_the_spot"}) {
    for (int camera = 0; camera < kCameras; ++camera) {
      const Scene scene = MakeScene(idle, camera, 50'000 + static_cast<uint64_t>(camera));
      const auto poses = synthesis::SynthesizePoses(scene.options);
      ASSERT_TRUE(poses.ok()) << poses.status();
      seconds += static_cast<double>(poses->size()) / scene.options.motion.fps;
      for (const Exercise& exercise : Exercises().exercises())
        EXPECT_EQ(Count(exercise, *poses), 0) << exercise.name << " during " << scene.name;
    }
  }
  EXPECT_GT(seconds, 600);
}

}  // namespace
}  // namespace trackfit::repetitions
