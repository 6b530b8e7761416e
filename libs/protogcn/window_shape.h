// The windows of poses that a network sees: the same for training, evaluation and serving.
#ifndef TRACKFIT_PROTOGCN_WINDOW_SHAPE_H_
#define TRACKFIT_PROTOGCN_WINDOW_SHAPE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "protogcn/model_archive.h"
#include "skeleton/layout.h"
#include "skeleton/modality.h"
#include "skeleton/normalize.h"
#include "skeleton/pose.h"

namespace trackfit::protogcn {

struct WindowShape {
  skeleton::Layout layout = skeleton::Blazepose33();
  skeleton::Normalization normalization = skeleton::Normalization::kTorso;
  int frames = 100;  // that the network sees
  int poses = 100;   // of a whole window; resampled to `frames`
  double rate_hz = 30;
  skeleton::Modality modality = skeleton::Modality::kJoint;

  int64_t numbers() const { return int64_t{frames} * layout.nodes() * 3; }

  // The input tensor for `window`, poses that are uniform in time and not empty: [frames, nodes, 3],
  // normalised and converted to the modality.
  std::vector<float> Tensor(std::span<const skeleton::Pose> window) const;
};

// The windows that a model was trained on, with its own joint mapping if it has one. Always succeeds for
// metadata that pass Validate().
absl::StatusOr<WindowShape> WindowShapeOf(const ModelMetadata& metadata);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_WINDOW_SHAPE_H_
