#include "protogcn/window_shape.h"

#include <utility>

namespace trackfit::protogcn {

std::vector<float> WindowShape::Tensor(std::span<const skeleton::Pose> window) const {
  std::vector<float> tensor = skeleton::WindowTensor(window, layout, frames, normalization);
  skeleton::ApplyModality(modality, layout, normalization, tensor);
  return tensor;
}

absl::StatusOr<WindowShape> WindowShapeOf(const ModelMetadata& metadata) {
  auto layout = skeleton::FindLayout(metadata.network.layout);
  if (!layout.ok()) return layout.status();
  if (!metadata.joint_mapping.empty()) layout->sources = metadata.joint_mapping;
  const auto normalization = skeleton::ParseNormalization(metadata.normalization);
  if (!normalization.ok()) return normalization.status();
  const auto modality = skeleton::ParseModality(metadata.modality);
  if (!modality.ok()) return modality.status();
  return WindowShape{.layout = *std::move(layout),
                     .normalization = *normalization,
                     .frames = metadata.network.window,
                     .poses = metadata.poses_per_window(),
                     .rate_hz = metadata.rate_hz,
                     .modality = *modality};
}

}  // namespace trackfit::protogcn
