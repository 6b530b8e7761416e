#include "reference/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "attempts.h"
#include "reference/comparison.h"
#include "reference/depth.h"

namespace trackfit::reference {
namespace {

const RecordingOptions kSquat{.exercise = "squat", .name = "my squat", .source = "a test"};

std::vector<Take> Takes(const Scene& scene) {
  std::vector<Take> takes;
  for (const repetitions::Attempt& attempt : Attempts(scene)) takes.push_back({attempt, 90});
  return takes;
}

TEST(Record, TakesTheBestRepetitions) {
  std::vector<Take> takes = Takes({.exercise = "squat", .repetitions = 4});
  std::vector<Take> shallow = Takes({.exercise = "squat", .fault = "shallow", .repetitions = 4});
  for (Take& take : shallow) take.score = 40;
  shallow.insert(shallow.end(), takes.begin(), takes.end());
  RecordingOptions options = kSquat;
  options.most = 4;
  const auto reference = Record(shallow, options);
  ASSERT_TRUE(reference.ok());
  EXPECT_EQ(reference->repetitions, 4);
  const auto expected = Record(takes, kSquat);
  EXPECT_TRUE(reference->ToJson() == expected->ToJson());
}

TEST(Record, TellsHowMuchTheRepetitionsDiffer) {
  const auto alike = Record({Takes({.exercise = "squat"})[0]}, kSquat);
  std::vector<Take> takes = Takes({.exercise = "squat", .yaw = 80, .style_variation = 0});
  takes.push_back(Takes({.exercise = "squat", .fault = "shallow", .yaw = 80, .style_variation = 0})[0]);
  const auto different = Record(takes, {.exercise = "squat", .name = "n", .source = "s", .depth_error = 0});
  constexpr int kLeftKneeAngle = 6;
  ASSERT_EQ(AngleNames()[kLeftKneeAngle], "left_knee");
  EXPECT_EQ(alike->spread[kPhases / 2][kLeftKneeAngle], 0);
  EXPECT_GT(different->spread[kPhases / 2][kLeftKneeAngle], 8);
  EXPECT_LT(different->spread[0][kLeftKneeAngle], 3);
}

TEST(Record, TellsTheAnglesOfTheMeanRepetition) {
  const auto reference = Record(Takes({.exercise = "squat", .yaw = 30, .style_variation = 0}),
                                {.exercise = "squat", .name = "n", .source = "s", .depth_error = 0});
  const auto angles = reference->Angles();
  for (const int knee : {6, 7}) {
    EXPECT_GT(angles[0][knee], 160);
    EXPECT_LT(angles[kPhases / 2][knee], 70);
    EXPECT_GT(angles[kPhases - 1][knee], 160);
  }
  EXPECT_LT(angles[0][8], 15);            // the trunk stands
  EXPECT_GT(angles[kPhases / 2][8], 20);  // and leans
}

TEST(Record, WantsAWholeRepetition) {
  EXPECT_EQ(Record({}, kSquat).status().code(), absl::StatusCode::kInvalidArgument);
  std::vector<Take> takes = Takes({.exercise = "squat", .repetitions = 1});
  takes[0].attempt.end = takes[0].attempt.begin + 3;
  EXPECT_EQ(Record(takes, kSquat).status().message(), "there is no whole repetition of squat");
}

TEST(Record, WantsShouldersHipsAndALimbOfEachKind) {
  std::vector<Take> takes = Takes({.exercise = "squat", .repetitions = 1});
  for (repetitions::Body& body : takes[0].attempt.frames) {
    body.visibility[skeleton::kLeftKnee] = 0;
  }
  EXPECT_TRUE(Record(takes, kSquat).ok());
  for (repetitions::Body& body : takes[0].attempt.frames) body.visibility[skeleton::kRightKnee] = 0;
  EXPECT_EQ(Record(takes, kSquat).status().message(), "no knee is seen in the repetitions of squat");
  for (repetitions::Body& body : takes[0].attempt.frames) body.visibility[skeleton::kLeftHip] = 0;
  EXPECT_EQ(Record(takes, kSquat).status().message(), "the left hip is not seen in the repetitions of squat");
}

// How much bones change their length, and left from right, over the phases: mean of the deviations.
float BoneError(const std::vector<Figure>& phases, const std::vector<Figure>& truth) {
  float sum = 0;
  for (int phase = 0; phase < kPhases; ++phase) {
    for (int node = 0; node < kNodeCount; ++node)
      sum += std::abs(phases[phase].nodes[node].z - truth[phase].nodes[node].z);
  }
  return sum / (kPhases * kNodeCount);
}

TEST(CorrectDepth, BringsDepthNearerToTheTruth) {
  for (const char* exercise : {"squat", "push_up", "bench_press", "lat_pulldown"}) {
    std::vector<Figure> truth = Perform(Attempts({.exercise = exercise, .yaw = 45})[0]).figures;
    std::vector<Figure> wrong = truth;
    for (Figure& figure : wrong) {
      for (int node = 0; node < kNodeCount; ++node) {
        Vector& v = figure.nodes[node];
        v.z = 1.4F * v.z + 0.15F * v.y + (node % 3 == 0 ? 0.15F : -0.1F);
      }
    }
    std::vector<Figure> corrected = wrong;
    CorrectDepth(corrected);
    EXPECT_LT(BoneError(corrected, truth), 0.75F * BoneError(wrong, truth)) << exercise;
    for (int node = 0; node < kNodeCount; ++node)
      EXPECT_EQ(corrected[5].nodes[node].x, wrong[5].nodes[node].x);
  }
}

}  // namespace
}  // namespace trackfit::reference
