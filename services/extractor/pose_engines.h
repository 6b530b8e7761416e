// The BlazePose networks of all workers.
#ifndef TRACKFIT_SERVICES_EXTRACTOR_POSE_ENGINES_H_
#define TRACKFIT_SERVICES_EXTRACTOR_POSE_ENGINES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "blazepose/pose_engine.h"

namespace trackfit::extractor_server {

// One engine per worker, each used by that worker only.
class PoseEngines {
 public:
  // Loads the networks once and makes `workers` warm engines of them. Errors as blazepose::LoadPoseModels().
  static absl::StatusOr<PoseEngines> Create(const std::string& models_dir, const std::string& model,
                                            int workers);

  blazepose::PoseEngine& OfWorker(int worker) { return engines_[static_cast<std::size_t>(worker)]; }

 private:
  std::vector<blazepose::PoseEngine> engines_;
};

}  // namespace trackfit::extractor_server

#endif  // TRACKFIT_SERVICES_EXTRACTOR_POSE_ENGINES_H_
