// From a window of poses to the numbers a network sees.
#ifndef TRACKFIT_SKELETON_NORMALIZE_H_
#define TRACKFIT_SKELETON_NORMALIZE_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skeleton/layout.h"
#include "skeleton/pose.h"

namespace trackfit::skeleton {

enum class Normalization {
  // Isotropic image coordinates in picture widths (y times height / width; an unknown size counts as square),
  // so that a client may change its resolution. Origin at the window's mean mid-hip; unit = the window's
  // median 3-D torso length, but at least a quarter of the body's spread, for torsos that point at the
  // camera.
  // Channels x, y, z. A joint that is absent in part of the window is interpolated; one that is absent
  // throughout sits at the origin.
  kTorso,
  // As kTorso, but with depth on the scale of the picture (BlazePose's is kDepthScale times too deep,
  // measured
  // on rendered figures), so that the body is nearly rigid under turns of the camera; a joint that is absent
  // throughout sits at its neighbour towards the centre of the body: a bone of no length, not a point
  // elsewhere.
  kBody,
  // kBody without depth: channels x, y, 0.
  kFlat,
  // kBody turned about the vertical so that the window's mean line from the right hip and shoulder to the
  // left
  // ones lies in the picture: the same view of everybody, as far as depth can be trusted.
  kFacing,
  // Upstream's PreNormalize2D: x and y scaled to [-1, 1] over the image. Channels x, y, visibility.
  kImage,
};

// BlazePose's image depth over true depth, on the same scale as x.
inline constexpr float kDepthScale = 2.4F;

// "torso", "body", "flat", "facing" or "image"; INVALID_ARGUMENT names the known ones.
absl::StatusOr<Normalization> ParseNormalization(const std::string& name);
std::string NormalizationName(Normalization normalization);

// Row-major [frames, layout.nodes(), 3]; `poses` uniform in time and not empty. Shorter or longer windows are
// stretched to `frames`, never padded; where one frame stands for two poses or more, their mean.
std::vector<float> WindowTensor(std::span<const Pose> poses, const Layout& layout, int frames,
                                Normalization normalization);

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_NORMALIZE_H_
