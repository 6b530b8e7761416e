// The trainer's tensors. Compiles LibTorch; trainer.h does not.
#ifndef TRACKFIT_TRAINING_TRAINER_TORCH_H_
#define TRACKFIT_TRAINING_TRAINER_TORCH_H_

#include <torch/types.h>

#include <string>

#include "absl/status/statusor.h"
#include "training/trainer.h"

namespace trackfit::training {

struct Batch {
  torch::Tensor windows;  // [N, 1, T, V, 3]
  torch::Tensor labels;   // [N], int64
  // Only needed by the losses that have a weight.
  torch::Tensor names{};         // [N], int64: Sample::name
  torch::Tensor forms{};         // [N]: Sample::form
  torch::Tensor joint_faults{};  // [N, V]: Sample::joint_faults
};
Batch DrawBatch(const WindowSampler& sampler, int size, Random& random);

// The device that TrainingConfig::device names. FAILED_PRECONDITION for "cuda" where it is not available.
absl::StatusOr<torch::Device> FindDevice(const std::string& name);

}  // namespace trackfit::training

#endif  // TRACKFIT_TRAINING_TRAINER_TORCH_H_
