// Trains a ProtoGCN on sampled windows: SGD with Nesterov momentum, cosine schedule, averaged weights.
#ifndef TRACKFIT_TRAINING_TRAINER_H_
#define TRACKFIT_TRAINING_TRAINER_H_

#include <torch/script.h>
#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "training/window_sampler.h"

namespace trackfit::training {

struct TrainingConfig {
  int epochs = 30;        // 0: there is nothing to do
  int freeze_epochs = 0;  // of these, the first ones train the classifier only
  int samples_per_epoch = 1000;
  int batch_size = 16;
  double learning_rate = 0.03;  // at its peak
  double warmup_share = 0.05;   // of all steps, rising linearly; then a cosine down to 0
  double momentum = 0.9;
  double weight_decay = 5e-4;  // of matrices and kernels only
  double label_smoothing = 0.05;
  double gradient_clip = 2;  // L2 norm
  double reconstruction_weight = 5;
  double reconstruction_start =
      0.15;  // share of all steps after which it is trained: the graph must have settled
  double names_weight =
      0;                   // telling all movements apart by name, the many of the background class among them
  double form_weight = 0;  // correct from incorrect, by the cosine to a prototype of the class
  double joint_weight = 0;      // of what the joint head learns; needs one
  bool joints_only = false;     // the joint head alone learns, all else stays as it is
  double contrast_weight = 0;   // class-specific contrast of the reconstructed graphs
  double average_decay = 0.99;  // per step, of the averaged weights that are evaluated and kept
  uint64_t seed = 1;
  std::string device = "cpu";  // "cpu", "cuda" or "auto": CUDA where there is one

  absl::Status Validate() const;
  int64_t steps_per_epoch() const { return (samples_per_epoch + batch_size - 1) / batch_size; }
  int64_t steps() const { return steps_per_epoch() * epochs; }
};

// What TrainingConfig::device names. FAILED_PRECONDITION for "cuda" where there is none.
absl::StatusOr<torch::Device> FindDevice(const std::string& name);

struct Losses {
  double classification = 0;
  double names = 0;
  double form = 0;
  double joints = 0;
  double contrast = 0;
  double reconstruction = 0;  // mean square error over the graph's variance: 1 = no better than a constant
  double accuracy = 0;        // of the training windows, in [0, 1]
};

struct Batch {
  torch::Tensor windows;  // [N, 1, T, V, 3]
  torch::Tensor labels;   // [N], int64
  // Only needed by the losses that have a weight.
  torch::Tensor names{};         // [N], int64: Sample::name
  torch::Tensor forms{};         // [N]: Sample::form
  torch::Tensor joint_faults{};  // [N, V]: Sample::joint_faults
};
Batch DrawBatch(const WindowSampler& sampler, int size, Random& random);

// One training run. Not thread-safe. Two runs with equal weights, data and configuration give equal results;
// one that is saved and resumed gives what an uninterrupted one gives.
class Trainer {
 public:
  // `network` as BuildNetwork makes it; it is moved to the device and trained in place. `names`: how many
  // movements are told apart by name (WindowSampler::names()); 0 where names_weight is 0. INVALID_ARGUMENT
  // for a weight of joints without a joint head.
  static absl::StatusOr<std::unique_ptr<Trainer>> Create(torch::jit::Module network, TrainingConfig config,
                                                         int names = 0);

  // One epoch; `progress` is called after each step with the steps done and the means so far.
  absl::StatusOr<Losses> RunEpoch(const WindowSampler& sampler,
                                  const std::function<void(int64_t, const Losses&)>& progress);
  // One optimiser step on a given batch: the losses before it.
  absl::StatusOr<Losses> Step(const Batch& batch);

  int epoch() const { return epoch_; }  // finished epochs
  bool done() const { return epoch_ >= config_.epochs; }
  double LearningRate() const;

  // The state between two epochs: weights, averages, momentum. Written all at once.
  absl::Status Save(const std::filesystem::path& path) const;
  // INVALID_ARGUMENT when the file belongs to another network, seed or number of steps per epoch; then
  // nothing has changed.
  absl::Status Resume(const std::filesystem::path& path);

  const torch::jit::Module& network() const { return network_; }
  const torch::Device& device() const { return device_; }
  // A copy of the network with the averaged weights, in evaluation mode, on the CPU.
  torch::jit::Module AveragedNetwork() const;

 private:
  // What only training needs: its weights are learned with the network's and left behind at the end.
  struct Companions {
    torch::Tensor names_weight, names_bias;       // [names, F], [names]
    torch::Tensor prototypes, sharpness, offset;  // [classes, F], [classes], [classes]: of correct executions
    torch::Tensor memory;                         // [classes, contrast channels]: mean contrast features
  };

  Trainer(torch::jit::Module network, TrainingConfig config, int names, torch::Device device);
  std::vector<torch::Tensor> CompanionState() const;
  absl::StatusOr<Losses> Descend(const torch::Tensor& loss, Losses losses);
  torch::Tensor FormLoss(const torch::Tensor& pooled, const Batch& batch) const;
  torch::Tensor JointLoss(const torch::Tensor& joints, const torch::Tensor& faults) const;
  torch::Tensor ContrastLoss(const torch::Tensor& recon_mean, const torch::Tensor& labels);
  bool Frozen() const { return epoch_ < config_.freeze_epochs; }
  double Progress() const;  // share of all steps done
  void PreparePhase();
  void UpdateAverage();

  torch::jit::Module network_;
  TrainingConfig config_;
  Companions companions_;
  torch::Device device_;
  bool decodes_joints_ = false;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> recognition_;     // of parameters_: all others
  std::vector<torch::Tensor> reconstruction_;  // of parameters_: those that the reconstruction trains
  std::vector<torch::Tensor> state_;           // parameters and floating-point buffers
  std::vector<torch::Tensor> average_;         // of state_
  std::unique_ptr<torch::optim::SGD> optimizer_;
  int epoch_ = 0;
  int64_t step_ = 0;
};

// The parameters of the classifier begin with this: with other classes they mean something else.
inline constexpr const char* kClassifierPrefix = "cls_head.fc_cls.";

struct CopiedWeights {
  int copied = 0;
  int afresh = 0;  // of `to`, left as they were
};
// Copies every parameter and buffer of `from` that has a namesake of the same shape in `to`, but the
// classifier only where `same_classes`, and a joint head only to one of its kind.
CopiedWeights CopyWeights(const torch::jit::Module& from, torch::jit::Module& to, bool same_classes);

}  // namespace trackfit::training

#endif  // TRACKFIT_TRAINING_TRAINER_H_
