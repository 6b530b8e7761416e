#include <cstdint>

#include "training/loss_terms_torch.h"

namespace trackfit::training {
namespace {

// As torch::nn::functional::normalize, whose options GCC 12 takes for uninitialised under the sanitizers.
torch::Tensor UnitRows(const torch::Tensor& rows) { return rows / rows.norm(2, {1}, true).clamp_min(1e-12); }

}  // namespace

torch::Tensor ReconstructionLoss(const torch::Tensor& prn_graph, const torch::Tensor& recon_graph,
                                 const torch::Tensor& graph) {
  constexpr double kMinVariance = 1e-4;  // an untrained graph is nearly constant
  const torch::Tensor target = graph.detach();
  const torch::Tensor variance = target.var().clamp_min(kMinVariance);
  const torch::Tensor error = torch::mse_loss(prn_graph, target) + torch::mse_loss(recon_graph, target);
  return 0.5 * error / variance;
}

torch::Tensor FormLoss(const AuxiliaryHeads& heads, const torch::Tensor& pooled, const Batch& batch) {
  const torch::Tensor known = batch.forms.ge(0).to(torch::kFloat);
  const torch::Tensor prototypes = UnitRows(heads.prototypes).index_select(0, batch.labels);
  const torch::Tensor cosine = (UnitRows(pooled) * prototypes).sum(1);
  const torch::Tensor logits =
      heads.sharpness.index_select(0, batch.labels) * (cosine - heads.offset.index_select(0, batch.labels));
  const torch::Tensor losses =
      torch::binary_cross_entropy_with_logits(logits, batch.forms.clamp_min(0), {}, {}, at::Reduction::None);
  return (losses * known).sum() / known.sum().clamp_min(1);
}

torch::Tensor ContrastLoss(AuxiliaryHeads& heads, const torch::Tensor& features,
                           const torch::Tensor& labels) {
  constexpr double kTemperature = 0.125, kMemory = 0.9;
  const torch::Tensor unit = UnitRows(features);
  torch::Tensor loss =
      torch::cross_entropy_loss(torch::matmul(unit, heads.memory.clone().t()) / kTemperature, labels);
  torch::NoGradGuard no_grad;
  for (int64_t i = 0; i < labels.size(0); ++i) {
    torch::Tensor mean = heads.memory[labels[i].item<int64_t>()];
    mean.mul_(kMemory).add_(unit[i].detach(), 1 - kMemory);
    mean.div_(mean.norm().clamp_min(1e-6));
  }
  return loss;
}

torch::Tensor JointLoss(const torch::Tensor& joints, const torch::Tensor& faults, bool decoder) {
  if (decoder) {
    const torch::Tensor right = faults.eq(0).to(torch::kFloat);
    return (joints * right).sum() / right.sum().clamp_min(1);
  }
  constexpr double kFaultWeight = 4;
  const torch::Tensor known = faults.ge(0).to(torch::kFloat);
  const torch::Tensor losses = torch::binary_cross_entropy_with_logits(
      joints, faults.clamp_min(0), known, torch::full({1}, kFaultWeight, faults.options()),
      at::Reduction::Sum);
  return losses / known.sum().clamp_min(1);
}

}  // namespace trackfit::training
