// ProtoGCN as one TorchScript module, for training and for serving.
//
// Parameter and buffer names are those of the upstream state_dict ("backbone.gcn.0.gcn.A", ...,
// "cls_head.fc_cls.weight"). Methods of the module:
//
//   forward(x [N, M, T, V, C]) -> (logits [N, classes],
//                                  pooled [N, F],            the feature under the classifier, not normalised
//                                  graph [N, G, V, V],       the last stage's learned graph
//                                  recon_graph [N, G, V, V], its reconstruction from prototypes
//                                  recon_mean [N, V*V],      recon_graph averaged over channels
//                                  response [N, V*V, P])     softmax over the prototypes
//                                  and, with a joint head (NetworkConfig::joint_channels),
//                                  joints [N, V]             per node the logit that it is at fault, or, of a
//                                  decoder (NetworkConfig::joint_head), how far it is from where the others
//                                  let expect it: the mean distance in the window's unit. Nodes between
//                                  joints, as coco_20 has them, give a hip or shoulder away
//   reconstruct(graph [N, G, V, V]) -> (prn_graph [N, G, V, V], recon_graph, response)
//                                  prn_graph: the prototypes' output before the last convolution and ReLU
//   contrast(recon_mean [N, V*V]) -> [N, contrast_channels],
//                                  the feature of the class-specific contrastive loss
//
// train(true) switches on dropout and batch statistics; train(false) is what serving uses.
#ifndef TRACKFIT_PROTOGCN_NETWORK_H_
#define TRACKFIT_PROTOGCN_NETWORK_H_

#include <torch/script.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "protogcn/architecture.h"

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

// A network in training mode, initialised for training from scratch; the same seed gives the same weights.
// INVALID_ARGUMENT for a config that does not validate.
absl::StatusOr<torch::jit::Module> BuildNetwork(const NetworkConfig& config, uint64_t seed = 0);

// Runs forward(). Throws c10::Error as LibTorch does, so that training loops stay plain.
NetworkOutput Forward(torch::jit::Module& network, const torch::Tensor& input);

// Whether a network that is not frozen has a joint head that is a decoder.
bool DecodesJoints(const torch::jit::Module& network);

// A copy for serving that has forward() only: evaluation mode, batch normalisation folded, weights constant.
// The original is left alone.
absl::StatusOr<torch::jit::Module> FreezeNetwork(const torch::jit::Module& network);

// |graph - recon_graph| averaged over channels; for each node the sum of its row and its column: [N, V].
torch::Tensor JointErrors(const torch::Tensor& graph, const torch::Tensor& recon_graph);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_NETWORK_H_
