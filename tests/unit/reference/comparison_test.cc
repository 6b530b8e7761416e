#include "reference/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "attempts.h"
#include "reference/recording.h"
#include "synthesis/motion.h"

namespace trackfit::reference {
namespace {

using testing::IsEmpty;

Reference RecordedFrom(const Scene& scene) {
  std::vector<Take> takes;
  for (const repetitions::Attempt& attempt : Attempts(scene)) takes.push_back({attempt, 90});
  return *Record(takes, {.exercise = scene.exercise,
                         .name = "standard",
                         .source = "a mannequin",
                         .depth_error = scene.noise_seed == 0 ? 0.0F : 0.25F});
}

// A mannequin without habits, seen exactly: as the references that are shipped.
Reference Textbook(const std::string& exercise) {
  return RecordedFrom({.exercise = exercise, .yaw = 0, .pitch = 0, .style_variation = 0});
}

std::vector<synthesis::ExerciseInfo> ProductsExercises() {
  std::vector<synthesis::ExerciseInfo> exercises;
  for (const synthesis::ExerciseInfo& exercise : synthesis::Exercises())
    if (exercise.kind == synthesis::ExerciseKind::kExercise) exercises.push_back(exercise);
  return exercises;
}

TEST(Compare, FindsTheSameMovementAtHalfAndDoubleTempoFrom30DegreesAside) {
  for (const synthesis::ExerciseInfo& exercise : ProductsExercises()) {
    for (const double yaw : {-45.0, 0.0, 75.0}) {
      const Reference reference = RecordedFrom({.exercise = exercise.name, .yaw = yaw});
      for (const double aside : {-30.0, 30.0}) {
        for (const double seconds : {1.5, 6.0}) {
          const auto attempts =
              Attempts({.exercise = exercise.name, .yaw = yaw + aside, .seconds = seconds, .repetitions = 1});
          const Match match = Compare(reference, exercise.name, attempts[0]);
          EXPECT_THAT(match.failure, IsEmpty());
          EXPECT_GE(match.similarity, 0.98) << exercise.name << " from " << yaw << " to " << yaw + aside;
          EXPECT_NEAR(match.tempo_ratio, seconds / 3, 0.15 * seconds / 3) << exercise.name;
        }
      }
    }
  }
}

// As BlazePose would see both, so that depth is bad; front views of people who lie are left out, for they
// show too little.
TEST(Compare, FindsTheSameMovementInNoise) {
  for (const synthesis::ExerciseInfo& exercise : ProductsExercises()) {
    float sum = 0;
    int count = 0;
    for (const uint64_t seed : {1, 2, 3, 4}) {
      for (const double yaw : {45.0, 90.0}) {
        const Reference reference =
            RecordedFrom({.exercise = exercise.name, .yaw = yaw, .seed = seed, .noise_seed = seed});
        for (const double aside : {-30.0, 30.0}) {
          const auto attempts = Attempts({.exercise = exercise.name,
                                          .yaw = yaw + aside,
                                          .seconds = aside < 0 ? 1.5 : 6,
                                          .seed = seed,
                                          .noise_seed = seed + 100,
                                          .repetitions = 1});
          sum += Compare(reference, exercise.name, attempts[0]).similarity;
          ++count;
        }
      }
    }
    EXPECT_GE(sum / static_cast<float>(count), 0.92) << exercise.name;
  }
}

// The part of the body that a fault is of.
Part PartAtFault(const std::string& fault) {
  const std::map<std::string, Part> others = {
      {"swinging_torso", Part::kTrunk}, {"lifted_hips", Part::kTrunk}, {"leaning_back", Part::kTrunk},
      {"sagging_hips", Part::kTrunk},   {"piked_hips", Part::kTrunk},  {"excessive_lean", Part::kTrunk},
      {"forward_lean", Part::kTrunk},   {"knees_in", Part::kLegs},     {"shallow", Part::kLegs},
      {"kipping_legs", Part::kLegs}};
  const auto found = others.find(fault);
  return found == others.end() ? Part::kArms : found->second;
}

std::map<Part, float> Similarities(const Match& match) {
  std::map<Part, float> similarities;
  for (const PartMatch& part : match.parts) similarities[part.part] = part.similarity;
  return similarities;
}

TEST(Compare, EachFaultLowersItsOwnPartMost) {
  for (const synthesis::ExerciseInfo& exercise : ProductsExercises()) {
    const Reference reference = Textbook(exercise.name);
    for (const synthesis::FaultInfo& fault : exercise.faults) {
      std::map<Part, float> drops;
      for (const uint64_t seed : {11, 12, 13}) {
        for (const double yaw : {-60.0, 0.0, 45.0, 90.0}) {
          Scene scene{.exercise = exercise.name,
                      .yaw = yaw,
                      .pitch = 8,
                      .seed = seed,
                      .noise_seed = seed,
                      .repetitions = 1};
          auto good = Similarities(Compare(reference, exercise.name, Attempts(scene)[0]));
          scene.fault = fault.name;
          auto bad = Similarities(Compare(reference, exercise.name, Attempts(scene)[0]));
          for (const auto& [part, similarity] : good)
            if (bad.count(part) > 0) drops[part] += similarity - bad[part];
        }
      }
      const Part own = PartAtFault(fault.name);
      EXPECT_GT(drops[own] / 12, 0.02) << exercise.name << ": " << fault.name;
      for (const auto& [part, drop] : drops) {
        if (part == own) continue;
        EXPECT_GT(drops[own], 1.3F * drop) << exercise.name << ": " << fault.name << ", " << PartName(part);
      }
    }
  }
}

TEST(Compare, TellsWhereAndHowFar) {
  const Reference reference = Textbook("squat");
  const auto attempts = Attempts({.exercise = "squat", .fault = "shallow", .yaw = 75, .style_variation = 0});
  const Match match = Compare(reference, "squat", attempts[0]);
  ASSERT_EQ(match.deviations.size(), 3U);
  int knees = 0;
  for (const Deviation& deviation : match.deviations) {
    if (deviation.joint != skeleton::kLeftKnee && deviation.joint != skeleton::kRightKnee) continue;
    ++knees;
    EXPECT_GT(deviation.degrees, 25);  // straighter than it should be
    EXPECT_NEAR(deviation.phase, 0.5, 0.2);
    const auto& frames = attempts[0].frames;
    EXPECT_GT(deviation.sequence, frames[attempts[0].begin].sequence);
    EXPECT_LT(deviation.sequence, frames[attempts[0].end].sequence);
  }
  EXPECT_GE(knees, 1);
}

TEST(Compare, TakesTheOtherSideForTheSame) {
  // Lunges with either leg in front: seeds 1 and 2 are of one kind each.
  std::map<bool, repetitions::Attempt> attempts;
  std::map<bool, Reference> references;
  for (uint64_t seed = 1; attempts.size() < 2 && seed < 20; ++seed) {
    const Scene scene{.exercise = "lunge", .yaw = 40, .seed = seed, .style_variation = 0.5};
    const auto made = Attempts(scene);
    const repetitions::Body& bottom = made[0].frames[made[0].turn_begin];
    const bool left = bottom.joints[skeleton::kLeftAnkle].depth < bottom.joints[skeleton::kRightAnkle].depth;
    if (attempts.count(left) > 0) continue;
    attempts.emplace(left, made[0]);
    references.emplace(left, RecordedFrom(scene));
  }
  ASSERT_EQ(attempts.size(), 2U);
  EXPECT_GE(Compare(references[true], "lunge", attempts[false]).similarity, 0.85);
}

TEST(Compare, SaysWhyItCannot) {
  const Reference reference = Textbook("squat");
  repetitions::Attempt attempt = Attempts({.exercise = "squat"})[0];
  const Match other = Compare(reference, "lunge", attempt);
  EXPECT_EQ(other.failure, "the reference is of squat, not of lunge");
  EXPECT_EQ(other.similarity, 0);
  EXPECT_EQ(other.name, "standard");

  repetitions::Attempt brief = attempt;
  brief.end = brief.begin + 2;
  EXPECT_EQ(Compare(reference, "squat", brief).failure, "the repetition is too short");
  repetitions::Attempt none;
  EXPECT_EQ(Compare(reference, "squat", none).failure, "the repetition is too short");

  for (repetitions::Body& body : attempt.frames) body.visibility.fill(0.1F);
  const Match hidden = Compare(reference, "squat", attempt);
  EXPECT_EQ(hidden.failure, "too few joints are seen");
  EXPECT_THAT(hidden.parts, IsEmpty());
}

TEST(Compare, CountsThePartsThatMatter) {
  Reference reference = Textbook("squat");
  reference.parts = {Part::kTrunk, Part::kLegs};
  // Seed 8 holds the arms otherwise.
  const auto attempts = Attempts({.exercise = "squat", .yaw = 60, .seed = 8, .style_variation = 1});
  const Match match = Compare(reference, "squat", attempts[0]);
  auto parts = Similarities(match);
  EXPECT_LT(parts[Part::kArms], 0.7);
  EXPECT_GT(match.similarity, 0.93);
  EXPECT_FLOAT_EQ(match.similarity, (parts[Part::kTrunk] + parts[Part::kLegs]) / 2);
  for (const Deviation& deviation : match.deviations) {
    EXPECT_NE(deviation.joint, skeleton::kLeftElbow);
    EXPECT_NE(deviation.joint, skeleton::kRightShoulder);
  }
}

TEST(Compare, JudgesTheSeenPartsOnly) {
  repetitions::Attempt attempt = Attempts({.exercise = "squat", .style_variation = 0})[0];
  for (repetitions::Body& body : attempt.frames) {
    for (const skeleton::Joint joint :
         {skeleton::kLeftKnee, skeleton::kRightKnee, skeleton::kLeftAnkle, skeleton::kRightAnkle})
      body.visibility[joint] = 0;
  }
  const Match match = Compare(Textbook("squat"), "squat", attempt);
  EXPECT_EQ(Similarities(match).count(Part::kLegs), 0U);
  EXPECT_GT(match.similarity, 0.9);
  for (const Deviation& deviation : match.deviations) EXPECT_NE(deviation.joint, skeleton::kLeftKnee);
}

}  // namespace
}  // namespace trackfit::reference
