// Running a network on tensors. Compiles LibTorch; network.h does not.
#ifndef TRACKFIT_PROTOGCN_NETWORK_TORCH_H_
#define TRACKFIT_PROTOGCN_NETWORK_TORCH_H_

#include <torch/script.h>

#include "protogcn/network.h"

namespace trackfit::protogcn {

struct NetworkOutput {
  torch::Tensor logits;
  torch::Tensor pooled;
  torch::Tensor graph;
  torch::Tensor recon_graph;
  torch::Tensor recon_mean;
  torch::Tensor response;
  torch::Tensor joints;  // undefined without a joint head
};

// Runs forward(); thread-safe for a frozen network. Throws c10::Error as LibTorch does, so that training
// loops stay plain.
NetworkOutput Forward(const Network& network, const torch::Tensor& input);

// |graph - recon_graph| averaged over channels; for each node the sum of its row and its column: [N, V].
torch::Tensor JointErrors(const torch::Tensor& graph, const torch::Tensor& recon_graph);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_NETWORK_TORCH_H_
