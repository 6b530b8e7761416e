// Draws a motion as a shaded mannequin in a plain gym, in software.
#ifndef TRACKFIT_SYNTHESIS_RENDERER_H_
#define TRACKFIT_SYNTHESIS_RENDERER_H_

#include <cstdint>
#include <memory>
#include <opencv2/core/mat.hpp>

#include "absl/status/statusor.h"
#include "synthesis/camera.h"
#include "synthesis/mesh.h"
#include "synthesis/motion.h"

namespace trackfit::synthesis {

// Colours and outfit of person and room.
struct Appearance {
  Paint skin, hair, shirt, shorts, shoes, soles, eyes, lips;
  Paint wall, floor, padding, plates;
  bool long_hair = false;
  bool long_sleeves = false;
  bool long_trousers = false;
};

Appearance DrawAppearance(uint64_t seed);

// Renders frames of one motion, which must outlive it. Render is const and safe to call from several threads.
class Renderer {
 public:
  Renderer(const Motion& motion, const Appearance& appearance);

  // 8-bit BGR image of camera.width x camera.height. OUT_OF_RANGE when there is no such frame.
  absl::StatusOr<cv::Mat> Render(int frame, const Camera& camera) const;

 private:
  const Motion& motion_;
  Appearance appearance_;
  Mesh fixtures_;
};

}  // namespace trackfit::synthesis

#endif  // TRACKFIT_SYNTHESIS_RENDERER_H_
