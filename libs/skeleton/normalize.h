// Converts a window of poses to a network's input tensor.
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
  // Isotropic image coordinates in units of the image width (y times height / width; an unknown size counts
  // as square), so that a client may change its resolution. The origin is the window's mean mid-hip; the unit
  // is the window's median 3-D torso length, but at least a quarter of the body's spread, because torsos may
  // point at the camera. Channels x, y, z. A joint absent in part of the window is interpolated; one absent
  // throughout is at the origin.
  kTorso,
  // As kTorso, but with depth on the scale of x and y (BlazePose's is kDepthScale times too large, measured
  // on rendered figures), so that the body is nearly rigid when the camera turns. A joint absent throughout
  // is at its neighbour towards the centre of the body: a bone of zero length instead of one to the origin.
  kBody,
  // kBody without depth: channels x, y, 0.
  kFlat,
  // kBody rotated about the vertical so that the window's mean line from the right hip and shoulder to the
  // left ones is parallel to the image: the same view of everybody, as far as depth can be trusted.
  kFacing,
  // Upstream's PreNormalize2D: x and y scaled to [-1, 1] over the image. Channels x, y, visibility.
  kImage,
};

// BlazePose's image depth over true depth, on the same scale as x.
inline constexpr float kDepthScale = 2.4F;

// "torso", "body", "flat", "facing" or "image"; INVALID_ARGUMENT lists the known ones.
absl::StatusOr<Normalization> ParseNormalization(const std::string& name);
std::string NormalizationName(Normalization normalization);

// Row-major [frames, layout.nodes(), 3]; `poses` are uniform in time and not empty. Shorter and longer
// windows are stretched to `frames`, never padded; windows of at least 1.5 times as many poses are averaged
// in pairs.
std::vector<float> WindowTensor(std::span<const Pose> poses, const Layout& layout, int frames,
                                Normalization normalization);

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_NORMALIZE_H_
