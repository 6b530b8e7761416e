#include "evaluation/tsne.h"

#include <gtest/gtest.h>

#include <cmath>

#include "synthesis/random.h"

namespace trackfit::evaluation {
namespace {

TEST(Tsne, KeepsClustersTogetherAndApart) {
  const synthesis::NamedRandom random(1);
  std::vector<std::vector<float>> points;
  for (int cluster = 0; cluster < 3; ++cluster) {
    for (int i = 0; i < 20; ++i) {
      std::vector<float> point(10);
      for (int k = 0; k < 10; ++k) {
        const double centre = k == cluster ? 1 : 0;
        point[k] = static_cast<float>(centre + 0.05 * random.Normal("p", 1000 * cluster + 10 * i + k));
      }
      points.push_back(point);
    }
  }
  const auto plane = Tsne(points);
  ASSERT_EQ(plane.size(), 60U);
  int with_own = 0;
  for (size_t i = 0; i < plane.size(); ++i) {
    size_t nearest = i == 0 ? 1 : 0;
    const auto distance = [&](size_t j) {
      return std::hypot(plane[i][0] - plane[j][0], plane[i][1] - plane[j][1]);
    };
    for (size_t j = 0; j < plane.size(); ++j) {
      if (j != i && distance(j) < distance(nearest)) nearest = j;
    }
    with_own += nearest / 20 == i / 20 ? 1 : 0;
  }
  EXPECT_GE(with_own, 58);
  EXPECT_EQ(Tsne(points), plane) << "the same every time";
}

TEST(Tsne, PutsUpWithFewAndEqualPoints) {
  EXPECT_TRUE(Tsne({}).empty());
  EXPECT_EQ(Tsne({{1, 0}, {0, 1}}).size(), 2U);
  for (const auto& point : Tsne(std::vector<std::vector<float>>(10, {1, 0}))) {
    EXPECT_TRUE(std::isfinite(point[0]) && std::isfinite(point[1]));
  }
}

}  // namespace
}  // namespace trackfit::evaluation
