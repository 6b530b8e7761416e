#include "support/small_network.h"

#include <torch/script.h>

#include <cmath>

#include "skeleton/layout.h"

namespace trackfit::testing {

protogcn::NetworkConfig SmallConfig() {
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

protogcn::ModelMetadata SmallMetadata() {
  protogcn::ModelMetadata metadata;
  metadata.version = "7";
  metadata.network = SmallConfig();
  metadata.classes = {"squat", "push_up", "other"};
  metadata.background_class = "other";
  metadata.min_frames = 8;
  return metadata;
}

protogcn::Network MakeNetwork(const protogcn::NetworkConfig& config) {
  protogcn::Network network = protogcn::BuildNetwork(config).value();
  torch::NoGradGuard no_grad;
  torch::manual_seed(7);
  for (const auto& item : network.module().named_parameters()) {
    if (item.value.dim() == 1) item.value.add_(torch::randn_like(item.value) * 0.1);
  }
  for (const auto& item : network.module().named_buffers()) {
    if (item.value.is_floating_point()) item.value.add_(torch::rand_like(item.value) * 0.2);
  }
  return network;
}

void FixLogits(const protogcn::Network& network, const std::vector<float>& logits) {
  torch::NoGradGuard no_grad;
  const torch::jit::Module classifier =
      network.module().attr("cls_head").toModule().attr("fc_cls").toModule();
  classifier.attr("weight").toTensor().zero_();
  classifier.attr("bias").toTensor().copy_(torch::tensor(logits));
}

std::map<std::string, std::vector<float>> WeightsOf(const protogcn::Network& network) {
  std::map<std::string, std::vector<float>> weights;
  for (const auto& item : network.module().named_parameters()) {
    const torch::Tensor values = item.value.detach().contiguous();
    weights[item.name] = {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
  }
  return weights;
}

bool AllClose(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!(std::abs(a[i] - b[i]) <= 1e-6F + 1e-4F * std::abs(b[i]))) return false;
  }
  return true;
}

}  // namespace trackfit::testing
