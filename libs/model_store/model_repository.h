// Finds the newest working version of a model.
#ifndef TRACKFIT_INFERENCE_MODEL_REPOSITORY_H_
#define TRACKFIT_INFERENCE_MODEL_REPOSITORY_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "assessment/assessor.h"
#include "telemetry/log.h"

namespace trackfit::inference {

// Makes an assessor of the archive at `path`, warmed up; `version` is the name of its folder.
using ModelLoader = std::function<absl::StatusOr<std::shared_ptr<const assessment::Assessor>>(
    const std::string& path, const std::string& version)>;

// Versions are <root>/<number>/model.pt; folders with other names are ignored.
class ModelRepository {
 public:
  ModelRepository(std::filesystem::path root, ModelLoader loader, telemetry::Logger log);

  // The highest version that loads; a broken one is refused with a log line and the next lower is tried.
  // NOT_FOUND when there is no version at all, FAILED_PRECONDITION when none of them loads.
  absl::StatusOr<std::shared_ptr<const assessment::Assessor>> LoadNewest() const;

 private:
  const std::filesystem::path root_;
  const ModelLoader loader_;
  const telemetry::Logger log_;
};

}  // namespace trackfit::inference

#endif  // TRACKFIT_INFERENCE_MODEL_REPOSITORY_H_
