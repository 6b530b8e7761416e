// Everything that determines a training run.
#ifndef TRACKFIT_EXPERIMENT_RUN_CONFIG_H_
#define TRACKFIT_EXPERIMENT_RUN_CONFIG_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "exercises/vocabulary.h"
#include "protogcn/architecture.h"
#include "protogcn/window_shape.h"
#include "training/training_config.h"
#include "training/window_sampler.h"

namespace trackfit::experiment {

struct DataConfig {
  std::vector<std::string> landmarks;
  std::string split;
  std::string dataset;
  std::vector<std::string> classes = exercises::Builtin().classes();
  int folds = 0;
  int hold_out_fold = 0;
};

// NetworkConfig with the defaults of training runs.
protogcn::NetworkConfig DefaultNetwork();

struct RunConfig {
  std::string output;
  std::string init;
  std::string version = "1";
  DataConfig data;
  // Nodes, bones and classes follow from the layout and the data: see NetworkOf().
  protogcn::NetworkConfig network = DefaultNetwork();
  std::string modality = "joint";
  std::string normalization = "torso";
  std::string joint_mapping = "layout";
  double rate_hz = 30;
  int window_poses = 0;
  // The shape follows from the network: see ShapeOf().
  training::SamplerConfig sampling;
  training::TrainingConfig training;
  std::string keep = "best";
  int validate_every = 2;

  std::set<std::string> given;  // keys that a file or the command line has set
};

// INVALID_ARGUMENT for an unknown layout, normalisation, modality or joint mapping.
absl::StatusOr<protogcn::WindowShape> ShapeOf(const RunConfig& config);
absl::StatusOr<protogcn::NetworkConfig> NetworkOf(const RunConfig& config);

}  // namespace trackfit::experiment

#endif  // TRACKFIT_EXPERIMENT_RUN_CONFIG_H_
