#include "synthesis/renderer.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

namespace trackfit::synthesis {
namespace {

struct Scene {
  Motion motion;
  std::vector<Camera> path;
};

Scene MakeScene(const std::string& exercise, uint64_t seed = 2) {
  Scene scene{*SynthesizeMotion({.exercise = exercise, .repetitions = 1, .seed = seed}), {}};
  CameraOptions options = ShowcaseCamera(scene.motion, seed);
  options.width = 320;
  options.height = 240;
  scene.path = *MakeCameraPath(options, scene.motion);
  return scene;
}

// An image of the figure with one part of the outfit in pure green, which nothing else in the scene has.
cv::Mat DrawWithGreen(const Scene& scene, int frame, Paint Appearance::*part) {
  Appearance look = DrawAppearance(1);
  look.shirt = look.shorts = look.shoes = look.soles = {0.5, 0.5, 0.5};
  look.long_trousers = look.long_sleeves = false;
  look.*part = {0, 1, 0};
  return *Renderer(scene.motion, look).Render(frame, scene.path[frame]);
}

bool IsGreen(const cv::Mat& image, double x, double y) {
  const auto& pixel = image.at<cv::Vec3b>(static_cast<int>(y), static_cast<int>(x));
  return pixel[1] > 60 && pixel[0] < pixel[1] / 2 && pixel[2] < pixel[1] / 2;
}

TEST(Renderer, DrawsTheTrunkWhereTheProjectionPutsIt) {
  for (const std::string exercise : {"squat", "push_up", "pull_up", "standing_idle"}) {
    const Scene scene = MakeScene(exercise);
    const cv::Mat image = DrawWithGreen(scene, 0, &Appearance::shirt);
    const Joints& j = scene.motion.frames[0];
    const Vec3 shoulders = Middle(j[skeleton::kLeftShoulder], j[skeleton::kRightShoulder]);
    const Vec3 hips = Middle(j[skeleton::kLeftHip], j[skeleton::kRightHip]);
    const PixelPoint belly = Project(scene.path[0], Lerp(hips, shoulders, 0.4));
    EXPECT_TRUE(IsGreen(image, belly.x, belly.y)) << exercise;
    EXPECT_FALSE(IsGreen(image, 3, 3)) << exercise;
  }
}

TEST(Renderer, DrawsShoesAroundTheFeet) {
  const Scene scene = MakeScene("squat");
  const cv::Mat image = DrawWithGreen(scene, 0, &Appearance::shoes);
  for (const int foot : {skeleton::kLeftFootIndex, skeleton::kRightFootIndex}) {
    const Joints& j = scene.motion.frames[0];
    const PixelPoint p = Project(scene.path[0], j[foot] + Vec3{0, 0.02, 0});
    EXPECT_TRUE(IsGreen(image, p.x, p.y)) << foot;
  }
}

TEST(Renderer, HidesWhatLiesBehind) {
  // From the front, the ponytail and the back of the head cannot show through the face.
  Scene scene = MakeScene("standing_idle");
  CameraOptions front{.width = 320, .height = 240, .yaw_degrees = 0, .pitch_degrees = 0};
  scene.path = *MakeCameraPath(front, scene.motion);
  const PixelPoint nose = Project(scene.path[0], scene.motion.frames[0][skeleton::kNose]);
  EXPECT_FALSE(IsGreen(DrawWithGreen(scene, 0, &Appearance::hair), nose.x, nose.y));
  front.yaw_degrees = 180;
  scene.path = *MakeCameraPath(front, scene.motion);
  const PixelPoint behind = Project(scene.path[0], scene.motion.frames[0][skeleton::kNose]);
  EXPECT_TRUE(IsGreen(DrawWithGreen(scene, 0, &Appearance::hair), behind.x, behind.y));
}

TEST(Renderer, DrawsTheSameImageForTheSameInputAndOtherClothesForAnotherSeed) {
  const Scene scene = MakeScene("bench_press");
  const auto draw = [&](uint64_t seed) {
    return *Renderer(scene.motion, DrawAppearance(seed)).Render(5, scene.path[5]);
  };
  EXPECT_EQ(cv::norm(draw(1), draw(1)), 0);
  EXPECT_GT(cv::norm(draw(1), draw(2), cv::NORM_L1), 1e5);
}

TEST(Renderer, FillsAImageOfTheCamerasSize) {
  const Scene scene = MakeScene("lat_pulldown");
  const cv::Mat image = *Renderer(scene.motion, DrawAppearance(1)).Render(0, scene.path[0]);
  EXPECT_EQ(image.size(), cv::Size(320, 240));
  EXPECT_EQ(image.type(), CV_8UC3);
}

TEST(Renderer, RefusesFramesThatAreNotThere) {
  const Scene scene = MakeScene("squat");
  const Renderer renderer(scene.motion, DrawAppearance(1));
  EXPECT_EQ(renderer.Render(-1, scene.path[0]).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(renderer.Render(100000, scene.path[0]).status().code(), absl::StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace trackfit::synthesis
