// ProtoGCN as one TorchScript module, for training and for serving.
//
// Parameter and buffer names are those of the upstream state_dict ("backbone.gcn.0.gcn.A", ...,
// "cls_head.fc_cls.weight"). Methods of the module:
//
//   forward(x [N, M, T, V, C]) -> (logits [N, classes],
//                                  pooled [N, F],            the feature before the classifier, not
//                                  normalised graph [N, G, V, V],       the last stage's learned graph
//                                  recon_graph [N, G, V, V], its reconstruction from prototypes
//                                  recon_mean [N, V*V],      recon_graph averaged over channels
//                                  response [N, V*V, P])     softmax over the prototypes
//                                  and, with a joint head (NetworkConfig::joint_channels),
//                                  joints [N, V]             per node the logit that it is at fault or, from
//                                  a decoder (NetworkConfig::joint_head), how far it is from where the other
//                                  nodes predict it: the mean distance in the window's unit. Nodes between
//                                  joints, which coco_20 has, reveal the place of a hip or shoulder
//   reconstruct(graph [N, G, V, V]) -> (prn_graph [N, G, V, V], recon_graph, response)
//                                  prn_graph: the prototypes' output before the last convolution and ReLU
//   contrast(recon_mean [N, V*V]) -> [N, contrast_channels],
//                                  the feature of the class-specific contrastive loss
//
// train(true) switches on dropout and batch statistics; train(false) is what serving uses.
#ifndef TRACKFIT_PROTOGCN_NETWORK_H_
#define TRACKFIT_PROTOGCN_NETWORK_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "protogcn/architecture.h"

namespace torch::jit {  // whoever uses module() includes LibTorch; this header need not
struct Module;
}

namespace trackfit::protogcn {

// A handle, as LibTorch's modules are: copies share the weights.
class Network {
 public:
  explicit Network(const torch::jit::Module& module);

  torch::jit::Module& module() const { return *module_; }

 private:
  std::shared_ptr<torch::jit::Module> module_;
};

// A network in training mode, initialised for training from scratch; the same seed gives the same weights.
// INVALID_ARGUMENT for a config that does not validate.
absl::StatusOr<Network> BuildNetwork(const NetworkConfig& config, uint64_t seed = 0);

// Whether a network that is not frozen has a joint head that is a decoder.
bool DecodesJoints(const Network& network);

// A copy for serving that has forward() only: evaluation mode, batch normalisation folded, weights constant.
// The original is left unchanged.
absl::StatusOr<Network> FreezeNetwork(const Network& network);

struct CopiedWeights {
  int copied = 0;
  int kept = 0;  // of `to`, left as they were
};
// Copies every parameter and buffer of `from` to the one of `to` that has the same name and shape, but the
// classifier only where `same_classes`, and a joint head only to one of the same kind.
CopiedWeights CopyWeights(const Network& from, const Network& to, bool same_classes);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_NETWORK_H_
