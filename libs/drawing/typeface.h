// Text as coverage bitmaps, by FreeType: OpenCV 4.6 itself has only stroke fonts.
#ifndef TRACKFIT_DRAWING_TYPEFACE_H_
#define TRACKFIT_DRAWING_TYPEFACE_H_

#include <memory>
#include <opencv2/core.hpp>
#include <string>

#include "absl/status/statusor.h"

namespace trackfit::drawing {

// Not thread-safe.
class Typeface {
 public:
  enum class Weight { kRegular, kBold };

  // The first of the usual sans-serif fonts of Debian that is installed; NOT_FOUND names the package
  // otherwise.
  static absl::StatusOr<Typeface> Find(Weight weight);

  Typeface(Typeface&&) noexcept;
  Typeface& operator=(Typeface&&) noexcept;
  ~Typeface();

  // Pixels that the ASCII `text` advances at a font size of `size` pixels. Other characters show as '?'.
  float Width(const std::string& text, float size) const;

  // Height of capital letters in pixels.
  float CapHeight(float size) const;

  struct Bitmap {
    cv::Mat1b coverage;  // 0..255
    cv::Point origin;    // of the bitmap's top left, relative to the whole pixel at the start of the baseline
  };

  // `fraction` in [0, 1) shifts the text right by a part of a pixel.
  Bitmap Render(const std::string& text, float size, float fraction) const;

 private:
  struct Face;
  explicit Typeface(std::unique_ptr<Face> face);

  std::unique_ptr<Face> face_;
};

}  // namespace trackfit::drawing

#endif  // TRACKFIT_DRAWING_TYPEFACE_H_
