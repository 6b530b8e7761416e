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
  // Upstream's PreNormalize2D: x and y scaled to [-1, 1] over the image. Channels x, y, visibility.
  kImage,
};

// "torso" or "image"; INVALID_ARGUMENT names the known ones.
absl::StatusOr<Normalization> ParseNormalization(const std::string& name);
std::string NormalizationName(Normalization normalization);

// Row-major [frames, layout.nodes(), 3]; `poses` uniform in time and not empty. Shorter or longer windows are
// stretched to `frames`, never padded.
std::vector<float> WindowTensor(std::span<const Pose> poses, const Layout& layout, int frames,
                                Normalization normalization);

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_NORMALIZE_H_
