// The terms of the training loss beside the classification. Compiles LibTorch.
#ifndef TRACKFIT_TRAINING_LOSS_TERMS_TORCH_H_
#define TRACKFIT_TRAINING_LOSS_TERMS_TORCH_H_

#include <torch/types.h>

#include "training/trainer_torch.h"

namespace trackfit::training {

// Heads that exist only in training: their weights are learned together with the network's and dropped at the
// end. Undefined where the loss has no weight.
struct AuxiliaryHeads {
  torch::Tensor names_weight, names_bias;       // [names, F], [names]
  torch::Tensor prototypes, sharpness, offset;  // [classes, F], [classes], [classes]: of correct executions
  torch::Tensor memory;                         // [classes, contrast channels]: mean contrast features
};

// Mean square error of the two reconstructions of `graph`, the prototypes' output before and after the last
// layer, in units of the graph's variance: 1 is no better than a constant. The graph gets no gradient: only
// the reconstruction learns.
torch::Tensor ReconstructionLoss(const torch::Tensor& prn_graph, const torch::Tensor& recon_graph,
                                 const torch::Tensor& graph);

// Whether an execution is correct, by the cosine between `pooled` and the class's prototype, which is also
// what the served quality score is based on.
torch::Tensor FormLoss(const AuxiliaryHeads& heads, const torch::Tensor& pooled, const Batch& batch);

// A decoder learns from the joints that are right. The other head learns from both kinds; joints at fault are
// few, so each counts as several that are right.
torch::Tensor JointLoss(const torch::Tensor& joints, const torch::Tensor& faults, bool decoder);

// Class-specific contrast, after upstream's and FR-Head's: the contrastive feature of a window should be
// nearest to the mean feature of its own class. The means are a memory of earlier windows, which this
// updates.
torch::Tensor ContrastLoss(AuxiliaryHeads& heads, const torch::Tensor& features, const torch::Tensor& labels);

}  // namespace trackfit::training

#endif  // TRACKFIT_TRAINING_LOSS_TERMS_TORCH_H_
