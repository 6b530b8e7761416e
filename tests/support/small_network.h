// A network small enough for tests.
#ifndef TRACKFIT_TESTS_SUPPORT_SMALL_NETWORK_H_
#define TRACKFIT_TESTS_SUPPORT_SMALL_NETWORK_H_

#include "protogcn/architecture.h"
#include "protogcn/model_archive.h"
#include "protogcn/network.h"
#include "skeleton/layout.h"

namespace trackfit::testing {

inline protogcn::NetworkConfig SmallConfig() {
  protogcn::NetworkConfig config;
  config.layout = "coco_20";
  config.nodes = 20;
  config.bones = skeleton::Coco20().bones;
  config.window = 16;
  config.base_channels = 24;
  config.num_stages = 3;
  config.inflate_stages = {3};
  config.down_stages = {3};
  config.num_prototypes = 10;
  config.contrast_channels = 16;
  config.classes = 3;
  return config;
}

// Adds noise to whatever is initialised to zero or one, so that nothing is trivially zero.
inline void Randomise(torch::jit::Module& network) {
  torch::NoGradGuard no_grad;
  torch::manual_seed(7);
  for (const auto& item : network.named_parameters()) {
    if (item.value.dim() == 1) item.value.add_(torch::randn_like(item.value) * 0.1);
  }
  for (const auto& item : network.named_buffers()) {
    if (item.value.is_floating_point()) item.value.add_(torch::rand_like(item.value) * 0.2);
  }
}

inline torch::jit::Module MakeNetwork(const protogcn::NetworkConfig& config) {
  torch::jit::Module network = protogcn::BuildNetwork(config).value();
  Randomise(network);
  return network;
}

inline protogcn::ModelMetadata SmallMetadata() {
  protogcn::ModelMetadata metadata;
  metadata.version = "7";
  metadata.network = SmallConfig();
  metadata.classes = {"squat", "push_up", "other"};
  metadata.background_class = "other";
  metadata.min_frames = 8;
  return metadata;
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_SMALL_NETWORK_H_
