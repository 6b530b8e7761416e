// Renders several mannequins in one room, seen by a fixed camera.
#ifndef TRACKFIT_TESTS_SUPPORT_STAGE_H_
#define TRACKFIT_TESTS_SUPPORT_STAGE_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <opencv2/core.hpp>
#include <string>
#include <utility>
#include <vector>

#include "synthesis/camera.h"
#include "synthesis/motion.h"
#include "synthesis/renderer.h"

namespace trackfit::testing {

// Where a mannequin stands: metres to the right of the centre and towards the camera, and its rotation.
struct Place {
  double right = 0;
  double towards = 0;
  double turned_degrees = 0;  // 0 faces the camera, 90 the image's right
};

class Mannequin {
 public:
  Mannequin(const std::string& exercise, uint64_t seed)
      : motion_(*synthesis::SynthesizeMotion({.exercise = exercise, .repetitions = 8, .seed = seed})),
        look_(synthesis::DrawAppearance(seed)) {}

  // The mannequin at a place, in frame `frame` of its motion, in an otherwise empty room.
  cv::Mat Render(int frame, const Place& place, const synthesis::Appearance& room,
                 const synthesis::Camera& camera) const {
    synthesis::Motion moved = motion_;
    moved.frames = {motion_.frames[static_cast<std::size_t>(frame) % motion_.frames.size()]};
    const double angle = place.turned_degrees * M_PI / 180;
    for (synthesis::Vec3& joint : moved.frames.front()) {
      joint = {joint.x * std::cos(angle) + joint.z * std::sin(angle) + place.right, joint.y,
               joint.z * std::cos(angle) - joint.x * std::sin(angle) + place.towards};
    }
    synthesis::Appearance look = look_;
    look.wall = room.wall;
    look.floor = room.floor;
    return *synthesis::Renderer(moved, look).Render(0, camera);
  }

 private:
  synthesis::Motion motion_;
  synthesis::Appearance look_;
};

class Stage {
 public:
  explicit Stage(uint64_t seed = 1, cv::Size size = {640, 480}) : room_(synthesis::DrawAppearance(seed)) {
    camera_ = {
        .position = {0, 1.1, 4.2}, .focal = 1.1 * size.width, .width = size.width, .height = size.height};
    empty_ = Mannequin("standing_idle", 1).Render(0, {.right = 100}, room_, camera_);
  }

  const cv::Mat& empty() const { return empty_; }

  // The room with all mannequins at their places, the furthest first.
  cv::Mat Render(int frame, const std::vector<std::pair<const Mannequin*, Place>>& people) const {
    cv::Mat picture = empty_.clone();
    for (const auto& [person, place] : people) {
      const cv::Mat alone = person->Render(frame, place, room_, camera_);
      for (int y = 0; y < picture.rows; ++y) {
        for (int x = 0; x < picture.cols; ++x) {
          const auto& pixel = alone.at<cv::Vec3b>(y, x);
          const auto& wall = empty_.at<cv::Vec3b>(y, x);
          for (int channel = 0; channel < 3; ++channel) {
            if (std::abs(pixel[channel] - wall[channel]) > 3) picture.at<cv::Vec3b>(y, x) = pixel;
          }
        }
      }
    }
    return picture;
  }

  // The image position of the point at hip height above a place.
  cv::Point2d HipsAt(const Place& place) const {
    const synthesis::PixelPoint point = synthesis::Project(camera_, {place.right, 0.9, place.towards});
    return {point.x, point.y};
  }

 private:
  synthesis::Appearance room_;
  synthesis::Camera camera_;
  cv::Mat empty_;
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_STAGE_H_
