#include "blazepose/scene_cut.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "support/stage.h"

namespace trackfit::blazepose {
namespace {

using trackfit::testing::Mannequin;
using trackfit::testing::Stage;

// A wall of coloured patches, moved by `shift` pixels.
cv::Mat Patches(uint64_t seed, int shift = 0) {
  cv::RNG random(seed);
  cv::Mat image(480, 640, CV_8UC3, cv::Scalar(120, 130, 140));
  for (int i = 0; i < 150; ++i) {
    const cv::Rect patch(random.uniform(-100, 640) + shift, random.uniform(-100, 480), 110, 90);
    const cv::Scalar colour(random.uniform(0, 256), random.uniform(0, 256), random.uniform(0, 256));
    cv::rectangle(image, patch, colour, cv::FILLED);
  }
  return image;
}

int CutsIn(const std::vector<cv::Mat>& film) {
  SceneCutDetector detector;
  int cuts = 0;
  for (const cv::Mat& picture : film) cuts += detector.IsCut(picture) ? 1 : 0;
  return cuts;
}

TEST(SceneCutDetector, DetectsOnlyTheCut) {
  SceneCutDetector detector;
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(detector.IsCut(Patches(1, 4 * i))) << i;
  EXPECT_TRUE(detector.IsCut(Patches(2)));
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(detector.IsCut(Patches(2, -4 * i))) << i;
  EXPECT_TRUE(detector.IsCut(Patches(3)));
}

TEST(SceneCutDetector, IgnoresChangesOfExposure) {
  std::vector<cv::Mat> film;
  for (const double gain : {1.0, 0.5, 0.9, 0.4, 1.0}) film.push_back(Patches(1) * gain);
  EXPECT_EQ(CutsIn(film), 0);
}

TEST(SceneCutDetector, IgnoresAShakingCamera) {
  std::vector<cv::Mat> film;
  for (int i = 0; i < 20; ++i) film.push_back(Patches(1, i % 2 == 0 ? 0 : 30));
  EXPECT_EQ(CutsIn(film), 0);
}

TEST(SceneCutDetector, IgnoresADissolve) {
  std::vector<cv::Mat> film;
  for (int i = 0; i <= 10; ++i) film.push_back(Patches(1) * (1 - 0.1 * i) + Patches(2) * (0.1 * i));
  EXPECT_EQ(CutsIn(film), 0);
}

TEST(SceneCutDetector, IgnoresNoiseInTheDark) {
  std::vector<cv::Mat> film;
  cv::RNG random(7);
  for (int i = 0; i < 20; ++i) {
    cv::Mat picture(480, 640, CV_8UC3);
    random.fill(picture, cv::RNG::UNIFORM, 0, 6);
    film.push_back(picture);
  }
  EXPECT_EQ(CutsIn(film), 0);
}

TEST(SceneCutDetector, IgnoresAPasserbyCloseToTheCamera) {
  const Stage stage;
  const Mannequin walker("walking_on_the_spot", 2);
  std::vector<cv::Mat> film;
  for (int i = 0; i < 20; ++i) {
    film.push_back(
        stage.Render(i, {{&walker, {.right = -1 + 0.1 * i, .towards = 2.6, .turned_degrees = 90}}}));
  }
  EXPECT_EQ(CutsIn(film), 0);
}

TEST(SceneCutDetector, AcceptsImagesOfAnySize) {
  for (const cv::Size size : {cv::Size(1, 1), cv::Size(7, 500), cv::Size(1000, 31)}) {
    SceneCutDetector detector;
    EXPECT_FALSE(detector.IsCut(cv::Mat(size, CV_8UC3, cv::Scalar(1, 2, 3))));
    EXPECT_FALSE(detector.IsCut(cv::Mat(size, CV_8UC3, cv::Scalar(1, 2, 3))));
  }
}

}  // namespace
}  // namespace trackfit::blazepose
