#include "protogcn/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace trackfit::protogcn {
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
  for (int i = 0; i < 400; ++i) observations.push_back(Observe(i % 4 == 0 ? 1 : 0, {6, 0}, {1}));
  EXPECT_NEAR(FitTemperature(observations), 5, 0.01) << "6 / log(3) is beyond the limit of 5";
  observations.clear();
  for (int i = 0; i < 400; ++i) observations.push_back(Observe(i % 4 == 0 ? 1 : 0, {3, 0}, {1}));
  EXPECT_NEAR(FitTemperature(observations), 3 / std::log(3.0), 0.01);
  EXPECT_EQ(FitTemperature({}), 1);
}

TEST(Calibrate, MakesPrototypesTablesAndAThreshold) {
  ModelMetadata metadata;
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
  const ClassCalibration& squat = metadata.calibration[0];
  EXPECT_NEAR(squat.cosine.front(), diagonal, 1e-5);
  EXPECT_NEAR(squat.cosine.back(), 1.4F * diagonal, 1e-5);
  ASSERT_EQ(squat.joint_error.size(), 2U);
  EXPECT_NEAR(squat.joint_error[1].front(), 1, 1e-6);
  EXPECT_NEAR(squat.joint_error[1].back(), 3, 1e-6);
  EXPECT_GE(metadata.known_threshold, 0.3);
  EXPECT_LE(metadata.known_threshold, 0.7);
}

TEST(Calibrate, NamesTheClassThatIsMissing) {
  ModelMetadata metadata;
  metadata.classes = {"squat", "push_up"};
  const std::vector<Observation> observations = {Observe(0, {4, 0}, {1, 0})};
  EXPECT_THAT(std::string(Calibrate(observations, observations, metadata).message()),
              ::testing::HasSubstr("push_up"));
}

}  // namespace
}  // namespace trackfit::protogcn
