// A trained network, ready to serve: frozen, warmed up and shared by all workers.
#ifndef TRACKFIT_PROTOGCN_MODEL_H_
#define TRACKFIT_PROTOGCN_MODEL_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "protogcn/model_archive.h"
#include "protogcn/network.h"

namespace trackfit::protogcn {

struct Prediction {
  std::vector<float> logits;         // [classes], as the classifier gives them
  std::vector<float> probabilities;  // [classes], see ClassProbabilities
  std::vector<float> embedding;      // [F], the pooled feature, L2-normalised
  // [V], per node of the layout, from the source that metadata().joint_error names; the larger the worse, not
  // calibrated.
  std::vector<float> joint_error;
};

class Model {
 public:
  // Loads an archive, freezes its network, checks that freezing has not changed the results, and warms up.
  // NOT_FOUND, DATA_LOSS or INVALID_ARGUMENT say what is wrong with the file.
  static absl::StatusOr<std::unique_ptr<Model>> Load(const std::string& path);

  // The same for a network in memory, e.g. one in training, of which it keeps a copy. The same errors as
  // Load.
  static absl::StatusOr<std::unique_ptr<Model>> FromNetwork(const Network& network, ModelMetadata metadata);

  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const ModelMetadata& metadata() const;

  // `window` is row-major [T, V, C] with T, V and C of metadata().network. INVALID_ARGUMENT when its length
  // differs or a value is not finite; INTERNAL when LibTorch fails. Thread-safe.
  absl::StatusOr<Prediction> Run(std::span<const float> window) const;

 private:
  struct Impl;
  explicit Model(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

// One thread per inference: workers, not operators, share the cores. Call once, before the first inference.
void ConfigureThreads();

// Speed of a 512 x 512 x 512 single-precision matrix product on one thread, in GFLOP/s. A reference BLAS
// stays below 10, an optimised one is above 30.
double MeasureBlas();

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_MODEL_H_
