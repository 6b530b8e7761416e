// Detects scene cuts: from one frame to the next everything looks different.
#ifndef TRACKFIT_BLAZEPOSE_SCENE_CUT_H_
#define TRACKFIT_BLAZEPOSE_SCENE_CUT_H_

#include <array>
#include <opencv2/core/mat.hpp>
#include <opencv2/core/types.hpp>
#include <optional>

namespace trackfit::blazepose {

// A frame reduced to 32 x 32 cells: brightness and two colour differences each, divided by the frame's mean
// brightness, so that exposure does not matter. Sampled, not averaged, so that the cost does not depend on
// the image size.
class Thumbnail {
 public:
  static constexpr int kSize = 32;

  // `bgr` is 8-bit with three channels, not empty.
  explicit Thumbnail(const cv::Mat& bgr);

  // Fraction of the content that differs: 0 for equal frames, about 1 for unrelated ones. Camera motion of up
  // to two cells is compensated.
  float Difference(const Thumbnail& other) const;

 private:
  // The difference when this frame is shifted by `shift` cells.
  float DifferenceAt(const Thumbnail& other, cv::Point shift) const;

  std::array<float, 3 * kSize * kSize> cells_;
};

// State of one stream. Not thread-safe; copyable.
class SceneCutDetector {
 public:
  // Takes the next frame (8-bit, three channels, not empty; all of one size) and returns whether there is a
  // cut right before it: the difference is large, and much larger than it was recently. Shaking cameras,
  // dissolves and passers-by do not count as cuts.
  bool IsCut(const cv::Mat& bgr);

 private:
  std::optional<Thumbnail> last_;
  float recent_peak_ = 0;  // the largest recent difference, with decay
};

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_SCENE_CUT_H_
