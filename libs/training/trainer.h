// Trains a ProtoGCN on sampled windows: SGD with Nesterov momentum, cosine schedule, averaged weights.
#ifndef TRACKFIT_TRAINING_TRAINER_H_
#define TRACKFIT_TRAINING_TRAINER_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "protogcn/network.h"
#include "training/training_config.h"
#include "training/window_sampler.h"

namespace trackfit::training {

struct Batch;  // trainer_torch.h

struct Losses {
  double classification = 0;
  double names = 0;
  double form = 0;
  double joints = 0;
  double contrast = 0;
  double reconstruction = 0;  // mean square error over the graph's variance: 1 = no better than a constant
  double accuracy = 0;        // of the training windows, in [0, 1]
};

// One training run. Not thread-safe. Two runs with the same weights, data and configuration give the same
// results; one that is saved and resumed gives what an uninterrupted one gives.
class Trainer {
 public:
  // `network` as BuildNetwork makes it; it is moved to the device and trained in place. `names`: how many
  // movements are told apart by name (WindowSampler::names()); 0 where names_weight is 0. INVALID_ARGUMENT
  // for a joint_weight without a joint head, FAILED_PRECONDITION for a device that is not available.
  static absl::StatusOr<std::unique_ptr<Trainer>> Create(const protogcn::Network& network,
                                                         TrainingConfig config, int names = 0);
  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  // One epoch; `progress` is called after each step with the steps done and the means so far.
  absl::StatusOr<Losses> RunEpoch(const WindowSampler& sampler,
                                  const std::function<void(int64_t, const Losses&)>& progress);
  // One optimiser step on a given batch; returns the losses before it.
  absl::StatusOr<Losses> Step(const Batch& batch);

  int epoch() const;  // finished epochs
  bool done() const;
  double LearningRate() const;

  // The state between two epochs: weights, averages, momentum. Written all at once.
  absl::Status Save(const std::filesystem::path& path) const;
  // INVALID_ARGUMENT when the file belongs to another network, seed or number of steps per epoch; then
  // nothing has changed.
  absl::Status Resume(const std::filesystem::path& path);

  const protogcn::Network& network() const;
  // A copy of the network with the averaged weights, in evaluation mode, on the CPU.
  protogcn::Network AveragedNetwork() const;

 private:
  class Impl;
  explicit Trainer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

// How many threads each operation of a training step may use; call it before the first step.
void SetThreads(int threads);

}  // namespace trackfit::training

#endif  // TRACKFIT_TRAINING_TRAINER_H_
