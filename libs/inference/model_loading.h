// Makes the newest model of a repository ready to serve.
#ifndef TRACKFIT_INFERENCE_MODEL_LOADING_H_
#define TRACKFIT_INFERENCE_MODEL_LOADING_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "assessment/assessor.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace trackfit::inference {

// Sets LibTorch's threads for the whole process, measures its matrix product (a loud warning if it is slow),
// and loads and warms the newest model that works, as a MeasuredAssessor; `metrics` must outlive it. To be
// called once, before any other thread uses LibTorch. Errors: those of ModelRepository::LoadNewest().
absl::StatusOr<std::shared_ptr<const assessment::Assessor>> LoadNewestModel(
    const std::string& model_repository, const telemetry::Logger& log, telemetry::Metrics& metrics);

}  // namespace trackfit::inference

#endif  // TRACKFIT_INFERENCE_MODEL_LOADING_H_
