#include "protogcn/class_probabilities.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "support/small_network.h"

namespace trackfit::protogcn {
namespace {

const std::vector<float> kLogits = {2, 0, 1};

TEST(ClassProbabilities, AreThePlainSoftmaxBeforeCalibration) {
  const auto p = ClassProbabilities(kLogits, testing::SmallMetadata());
  const double sum = std::exp(2) + 1 + std::exp(1);
  EXPECT_NEAR(p[0], std::exp(2) / sum, 1e-6);
  EXPECT_NEAR(p[1], 1 / sum, 1e-6);
  EXPECT_NEAR(p[2], std::exp(1) / sum, 1e-6);
}

TEST(ClassProbabilities, CalibrateWhichAndWhetherApart) {
  ModelMetadata metadata = testing::SmallMetadata();
  metadata.temperature = 0.5;
  const auto sharper = ClassProbabilities(kLogits, metadata);
  EXPECT_NEAR(sharper[2], ClassProbabilities(kLogits, testing::SmallMetadata())[2], 1e-6)
      << "as likely none of them";
  EXPECT_NEAR(sharper[0] / sharper[1], std::exp(4), 1e-3);

  metadata.known_scale = 2;
  metadata.known_offset = -1;
  const auto p = ClassProbabilities(kLogits, metadata);
  const double margin = std::log(std::exp(2) + 1) - 1;
  EXPECT_NEAR(p[2], 1 - 1 / (1 + std::exp(-(2 * margin - 1))), 1e-6);
  EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-6);
  EXPECT_NEAR(p[0] / p[1], std::exp(4), 1e-3);
}

TEST(ClassProbabilities, WithoutABackgroundSomethingIsAlwaysKnown) {
  ModelMetadata metadata = testing::SmallMetadata();
  metadata.background_class = "";
  metadata.temperature = 2;
  const auto p = ClassProbabilities(kLogits, metadata);
  EXPECT_NEAR(p[0] + p[1] + p[2], 1, 1e-6);
  EXPECT_NEAR(p[0] / p[2], std::exp(0.5), 1e-5);
}

TEST(ClassProbabilities, SurviveHugeLogits) {
  const auto p = ClassProbabilities(std::vector<float>{900, -900, 0}, testing::SmallMetadata());
  EXPECT_EQ(p[0], 1);
  EXPECT_EQ(p[2], 0);
  ModelMetadata cold = testing::SmallMetadata();
  cold.temperature = 1e-310;
  EXPECT_TRUE(std::isfinite(ClassProbabilities(kLogits, cold)[0]));
}

}  // namespace
}  // namespace trackfit::protogcn
