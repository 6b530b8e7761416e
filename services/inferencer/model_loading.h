// Brings the model to be served up to speed.
#ifndef TRACKFIT_SERVICES_INFERENCER_MODEL_LOADING_H_
#define TRACKFIT_SERVICES_INFERENCER_MODEL_LOADING_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "assessment/assessor.h"
#include "rpc/runtime.h"

namespace trackfit::inferencer_server {

// Sets LibTorch's threads, measures its matrix product (a loud warning if it is slow), and loads and warms
// the newest model that works. Errors as inference::ModelRepository::LoadNewest().
absl::StatusOr<std::shared_ptr<const assessment::Assessor>> LoadModel(rpc::Runtime& runtime,
                                                                      const std::string& model_repository);

}  // namespace trackfit::inferencer_server

#endif  // TRACKFIT_SERVICES_INFERENCER_MODEL_LOADING_H_
