// A single model that never changes, for sessions in tests.
#ifndef TRACKFIT_TESTS_SUPPORT_SERVING_H_
#define TRACKFIT_TESTS_SUPPORT_SERVING_H_

#include <chrono>
#include <memory>
#include <utility>

#include "model_store/served_models.h"

namespace trackfit::testing {

// As the default model, "protogcn".
inline std::shared_ptr<const model_store::ServedModels> Serving(model_store::AssessorPtr assessor) {
  auto served = std::make_shared<model_store::ServedModels>("protogcn");
  served->Serve("protogcn", {std::move(assessor)}, std::chrono::seconds(0));
  return served;
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_SERVING_H_
