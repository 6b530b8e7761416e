// The colours of everything that is drawn on an image.
#ifndef TRACKFIT_DRAWING_PALETTE_H_
#define TRACKFIT_DRAWING_PALETTE_H_

#include "drawing/canvas.h"
#include "trackfit/v1/common.pb.h"

namespace trackfit::drawing::palette {

inline constexpr Colour kInk{11, 16, 26};
inline constexpr Colour kWhite{248, 250, 252};
inline constexpr Colour kMuted{186, 197, 212};
inline constexpr Colour kLeft{56, 189, 248};    // the person's own left
inline constexpr Colour kRight{167, 139, 250};  // the person's own right
inline constexpr Colour kOff{251, 146, 60};     // a joint that is off
inline constexpr Colour kVeryOff{248, 84, 84};  // a joint that is far off
inline constexpr Colour kNotJudged{120, 132, 150};

inline Colour Level(v1::QualityLevel level) {
  switch (level) {
    case v1::QUALITY_LEVEL_POOR:
      return {248, 96, 96};
    case v1::QUALITY_LEVEL_FAIR:
      return {251, 176, 52};
    case v1::QUALITY_LEVEL_GOOD:
      return {163, 214, 72};
    case v1::QUALITY_LEVEL_EXCELLENT:
      return {45, 212, 160};
    default:
      return kNotJudged;
  }
}

}  // namespace trackfit::drawing::palette

#endif  // TRACKFIT_DRAWING_PALETTE_H_
