#include "experiment/run_config.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "protogcn/checkpoint.h"
#include "skeleton/layout.h"
#include "skeleton/modality.h"
#include "skeleton/normalize.h"

namespace trackfit::experiment {

protogcn::NetworkConfig DefaultNetwork() {
  protogcn::NetworkConfig network;
  network.layout = "blazepose_33";
  network.base_channels = 32;
  network.num_stages = 6;
  network.inflate_stages = {3, 5};
  network.down_stages = {2, 3, 5};
  return network;
}

absl::StatusOr<protogcn::WindowShape> ShapeOf(const RunConfig& config) {
  auto layout = skeleton::FindLayout(config.network.layout);
  if (!layout.ok()) return layout.status();
  if (config.joint_mapping == "track_fit") {
    if (layout->name != "coco_20")
      return absl::InvalidArgumentError("network.joint_mapping track_fit is for network.layout coco_20");
    layout->sources = protogcn::TrackFitJointMapping();
  }
  const auto normalization = skeleton::ParseNormalization(config.normalization);
  if (!normalization.ok())
    return absl::InvalidArgumentError(absl::StrCat("network: ", normalization.status().message()));
  const auto modality = skeleton::ParseModality(config.modality);
  if (!modality.ok())
    return absl::InvalidArgumentError(absl::StrCat("network: ", modality.status().message()));
  return protogcn::WindowShape{.layout = *std::move(layout),
                               .normalization = *normalization,
                               .frames = config.network.window,
                               .poses = config.window_poses > 0 ? config.window_poses : config.network.window,
                               .rate_hz = config.rate_hz,
                               .modality = *modality};
}

absl::StatusOr<protogcn::NetworkConfig> NetworkOf(const RunConfig& config) {
  const auto layout = skeleton::FindLayout(config.network.layout);
  if (!layout.ok()) return layout.status();
  protogcn::NetworkConfig network = config.network;
  network.nodes = layout->nodes();
  network.bones = layout->bones;
  network.classes = static_cast<int>(config.data.classes.size());
  if (absl::Status status = network.Validate(); !status.ok()) return status;
  return network;
}

}  // namespace trackfit::experiment
