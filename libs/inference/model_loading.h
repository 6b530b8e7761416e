// Makes ProtoGCN ready to serve.
#ifndef TRACKFIT_INFERENCE_MODEL_LOADING_H_
#define TRACKFIT_INFERENCE_MODEL_LOADING_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "assessment/assessor.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace trackfit::inference {

// Sets LibTorch's threads for the whole process and measures its matrix product; a loud warning if it is
// slow. To be called once, before any other thread uses LibTorch.
void PrepareToServe(const telemetry::Logger& log, telemetry::Metrics& metrics);

// The model in the archive at `path`; errors as ProtogcnAssessor::Load.
absl::StatusOr<std::shared_ptr<const assessment::Assessor>> LoadModel(const std::string& path,
                                                                      const std::string& version);

}  // namespace trackfit::inference

#endif  // TRACKFIT_INFERENCE_MODEL_LOADING_H_
