// How a network is trained: the length of the run, the optimiser, the weights of the losses.
#ifndef TRACKFIT_TRAINING_TRAINING_CONFIG_H_
#define TRACKFIT_TRAINING_TRAINING_CONFIG_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace trackfit::training {

struct TrainingConfig {
  int epochs = 30;        // 0: nothing is trained
  int freeze_epochs = 0;  // the first of these epochs train the classifier only
  int samples_per_epoch = 1000;
  int batch_size = 16;
  double learning_rate = 0.03;  // at its peak
  double warmup_share = 0.05;   // of all steps, in which it rises linearly; then a cosine down to 0
  double momentum = 0.9;
  double weight_decay = 5e-4;  // of matrices and kernels only
  double label_smoothing = 0.05;
  double gradient_clip = 2;  // L2 norm
  double reconstruction_weight = 5;
  // Share of all steps after which the reconstruction is trained: the graph must have settled.
  double reconstruction_start = 0.15;
  // Of telling all movements apart by name, the many in the background class among them.
  double names_weight = 0;
  double form_weight = 0;       // of telling correct from incorrect by the cosine to a prototype of the class
  double joint_weight = 0;      // of the joint head's loss; needs a joint head
  bool joints_only = false;     // only the joint head is trained, all else stays as it is
  double contrast_weight = 0;   // of the class-specific contrast of the reconstructed graphs
  double average_decay = 0.99;  // per step, of the averaged weights, which are evaluated and kept
  uint64_t seed = 1;
  std::string device = "cpu";  // "cpu", "cuda" or "auto": CUDA if available

  absl::Status Validate() const;
  int64_t steps_per_epoch() const { return (samples_per_epoch + batch_size - 1) / batch_size; }
  int64_t steps() const { return steps_per_epoch() * epochs; }
};

}  // namespace trackfit::training

#endif  // TRACKFIT_TRAINING_TRAINING_CONFIG_H_
