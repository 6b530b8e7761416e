#include "training/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "support/small_network.h"

namespace trackfit::training {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

Observation Observe(int label, std::vector<float> logits, std::vector<float> embedding,
                    std::vector<float> joint_error = {0.1F, 0.2F}) {
  return {.label = label,
          .prediction = {.logits = std::move(logits),
                         .probabilities = {},
                         .embedding = std::move(embedding),
                         .joint_error = std::move(joint_error)}};
}

TEST(Quantiles, RunFromTheMinimumToTheMaximum) {
  EXPECT_THAT(Quantiles({3, 1, 2, 5, 4}, 5), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(Quantiles({10, 0}, 3), ElementsAre(0, 5, 10));
  EXPECT_TRUE(Quantiles({}, 3).empty());
}

TEST(FitTemperature, CoolsAnOverconfidentModel) {
  // Logits that claim 99.8 % while three in four are right: log(3) / temperature' should be the margin.
  std::vector<Observation> observations;
  for (int i = 0; i < 400; ++i) observations.push_back(Observe(i % 4 == 0 ? 1 : 0, {6, 0, 2}, {1}));
  EXPECT_NEAR(FitTemperature(observations, testing::SmallMetadata()), 5, 0.01)
      << "6 / log(3) is beyond the limit of 5";
  observations.clear();
  for (int i = 0; i < 400; ++i) observations.push_back(Observe(i % 4 == 0 ? 1 : 0, {3, 0, 2}, {1}));
  observations.push_back(Observe(2, {9, 0, 0}, {1}));
  EXPECT_NEAR(FitTemperature(observations, testing::SmallMetadata()), 3 / std::log(3.0), 0.01)
      << "whatever the background's logits and windows";
  EXPECT_EQ(FitTemperature({}, testing::SmallMetadata()), 1);
  EXPECT_EQ(FitTemperature(std::vector{Observe(2, {0, 0, 4}, {1})}, testing::SmallMetadata()), 1)
      << "no exercise";
}

TEST(FitKnown, MakesTheMarginAProbability) {
  // A margin of 4 where nine in ten are exercises, of -4 where one in ten is; hence 4 * scale = log(9).
  std::vector<Observation> observations;
  for (int i = 0; i < 1000; ++i) {
    const bool high = i % 2 == 0, exercise = i % 20 < 2 ? !high : high;
    const float margin = high ? 4 : -4;
    observations.push_back(Observe(exercise ? 0 : 2, {margin, -50, 0}, {1}));
  }
  const KnownFit fit = FitKnown(observations, testing::SmallMetadata());
  EXPECT_NEAR(fit.scale, std::log(9.0) / 4, 0.01);
  EXPECT_NEAR(fit.offset, 0, 0.01);
}

TEST(FitKnown, LeavesAModelAloneThatHasSeenOneSideOnly) {
  const std::vector<Observation> observations = {Observe(0, {4, 0, 0}, {1})};
  EXPECT_EQ(FitKnown(observations, testing::SmallMetadata()).scale, 1);
  EXPECT_EQ(FitKnown({}, testing::SmallMetadata()).offset, 0);
}

TEST(Calibrate, MakesPrototypesAndTables) {
  protogcn::ModelMetadata metadata;
  metadata.classes = {"squat", "other"};
  metadata.background_class = "other";
  const std::vector<Observation> train = {Observe(0, {4, 0}, {1, 0}), Observe(0, {4, 0}, {0, 1}),
                                          Observe(1, {0, 4}, {0, -1})};
  const std::vector<Observation> held_out = {Observe(0, {4, 0}, {1, 0}, {0.5F, 1}),
                                             Observe(0, {4, 0}, {0.6F, 0.8F}, {0.7F, 3}),
                                             Observe(1, {0, 4}, {0, -1})};
  ASSERT_TRUE(Calibrate(train, held_out, metadata).ok());
  const float diagonal = std::sqrt(0.5F);
  EXPECT_THAT(metadata.prototypes[0], ElementsAre(FloatNear(diagonal, 1e-5F), FloatNear(diagonal, 1e-5F)));
  const protogcn::ClassCalibration& squat = metadata.calibration[0];
  EXPECT_NEAR(squat.cosine.front(), diagonal, 1e-5);
  EXPECT_NEAR(squat.cosine.back(), 1.4F * diagonal, 1e-5);
  ASSERT_EQ(squat.joint_error.size(), 2U);
  EXPECT_NEAR(squat.joint_error[1].front(), 1, 1e-6);
  EXPECT_NEAR(squat.joint_error[1].back(), 3, 1e-6);
}

TEST(Calibrate, ComparesJointsByTablesUnlessTheirErrorsAreLogits) {
  const std::vector<Observation> observations = {Observe(0, {4, 0}, {1, 0}), Observe(1, {0, 4}, {0, 1})};
  protogcn::ModelMetadata metadata;
  metadata.classes = {"squat", "other"};
  metadata.joint_error = protogcn::JointErrorSource::kHead;
  metadata.network.joint_head = protogcn::kDecoderHead;
  ASSERT_TRUE(Calibrate(observations, observations, metadata).ok());
  EXPECT_EQ(metadata.calibration[0].joint_error.size(), 2U) << "distances differ from joint to joint";
  metadata.network.joint_head = protogcn::kFaultsHead;
  ASSERT_TRUE(Calibrate(observations, observations, metadata).ok());
  EXPECT_TRUE(metadata.calibration[0].joint_error.empty());
}

TEST(Calibrate, LeavesOutOfTheTablesWhatTheModelDoesNotRecognise) {
  protogcn::ModelMetadata metadata;
  metadata.classes = {"squat", "other"};
  const std::vector<Observation> train = {Observe(0, {4, 0}, {1, 0}), Observe(1, {0, 4}, {0, 1})};
  const std::vector<Observation> held_out = {Observe(0, {4, 0}, {1, 0}, {0.5F, 1}),
                                             Observe(0, {0, 4}, {0, 1}, {7, 9}), Observe(1, {4, 0}, {1, 0})};
  ASSERT_TRUE(Calibrate(train, held_out, metadata).ok());
  const protogcn::ClassCalibration& squat = metadata.calibration[0];
  EXPECT_EQ(squat.cosine.front(), 1) << "the minimum, so a cosine of 0 is below all";
  EXPECT_EQ(squat.joint_error[0].back(), 0.5F);
  EXPECT_TRUE(metadata.calibration[1].cosine.empty()) << "none of its windows is recognised";
  EXPECT_TRUE(metadata.calibration[1].joint_error.empty());
}

TEST(Calibrate, HoldsTheThresholdWithinItsLimits) {
  protogcn::ModelMetadata metadata;
  metadata.classes = {"squat", "other"};
  metadata.background_class = "other";
  const std::vector<Observation> sure = {Observe(0, {9, 0}, {1}), Observe(1, {0, 9}, {1})};
  ASSERT_TRUE(Calibrate(sure, sure, metadata).ok());
  EXPECT_EQ(metadata.known_threshold, kMaxKnownThreshold);
  EXPECT_GT(FitKnownThreshold(sure, metadata), 0.99) << "what the executions suggest";
}

TEST(FitKnownThreshold, KeepsNinetySevenPercentOfTheExecutions) {
  protogcn::ModelMetadata metadata;
  metadata.classes = {"squat", "other"};
  metadata.background_class = "other";
  std::vector<Observation> observations = {Observe(1, {0, 9}, {1})};  // no exercise
  for (int i = 0; i <= 100; ++i) {
    const double probability = 0.55 + 0.004 * i;
    observations.push_back(
        Observe(0, {static_cast<float>(std::log(probability / (1 - probability))), 0}, {1}));
  }
  EXPECT_NEAR(FitKnownThreshold(observations, metadata), 0.55 + 3 * 0.004, 1e-5);
}

TEST(Calibrate, NamesTheClassThatIsMissing) {
  protogcn::ModelMetadata metadata;
  metadata.classes = {"squat", "push_up"};
  const std::vector<Observation> observations = {Observe(0, {4, 0}, {1, 0})};
  EXPECT_THAT(std::string(Calibrate(observations, observations, metadata).message()),
              ::testing::HasSubstr("push_up"));
}

}  // namespace
}  // namespace trackfit::training
