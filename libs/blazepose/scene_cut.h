// Notices when a film is cut: from one picture to the next everything looks different.
#ifndef TRACKFIT_BLAZEPOSE_SCENE_CUT_H_
#define TRACKFIT_BLAZEPOSE_SCENE_CUT_H_

#include <array>
#include <opencv2/core/mat.hpp>
#include <opencv2/core/types.hpp>
#include <optional>

namespace trackfit::blazepose {

// A picture at 32 x 32: brightness and two colour differences per cell, in units of the picture's mean
// brightness, so that exposure does not matter. Sampled, not averaged: its cost does not grow with the
// picture.
class Thumbnail {
 public:
  static constexpr int kSize = 32;

  // `bgr` is 8-bit with three channels, not empty.
  explicit Thumbnail(const cv::Mat& bgr);

  // How much of what is to be seen differs: 0 for the same picture, about 1 for two that have nothing to do
  // with each other. A camera that moved by up to two cells is forgiven.
  float Difference(const Thumbnail& other) const;

 private:
  // The difference when this picture is moved by `shift` cells.
  float DifferenceAt(const Thumbnail& other, cv::Point shift) const;

  std::array<float, 3 * kSize * kSize> cells_;
};

// State of one stream; not thread-safe, copyable.
class SceneCutDetector {
 public:
  // Takes the next picture (8-bit, three channels, not empty; all of one size) and says whether the film was
  // cut right before it: the difference is large, and far larger than in the moments before. Shaking cameras,
  // dissolves and passers-by are none.
  bool IsCut(const cv::Mat& bgr);

 private:
  std::optional<Thumbnail> last_;
  float unrest_ = 0;  // the largest recent difference, fading
};

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_SCENE_CUT_H_
