// The BlazePose networks of several workers.
#ifndef TRACKFIT_BLAZEPOSE_POSE_ENGINES_H_
#define TRACKFIT_BLAZEPOSE_POSE_ENGINES_H_

#include <cstddef>
#include <filesystem>
#include <vector>

#include "absl/status/statusor.h"
#include "blazepose/pose_engine.h"

namespace trackfit::blazepose {

// One engine per worker. Workers may ask for theirs at the same time; an engine is used by its worker only.
class PoseEngines {
 public:
  // `workers` replicas of `engine`.
  PoseEngines(const PoseEngine& engine, int workers);

  // Loads the networks once and makes `workers` engines of them, each of which has run already, so that no
  // client waits for that. Errors: those of LoadPoseModels() and PoseEngine::Create().
  static absl::StatusOr<PoseEngines> LoadWarm(const std::filesystem::path& directory,
                                              ModelComplexity complexity, int workers);

  // `worker` is within [0, workers).
  PoseEngine& OfWorker(int worker) { return engines_[static_cast<std::size_t>(worker)]; }

 private:
  std::vector<PoseEngine> engines_;
};

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_POSE_ENGINES_H_
