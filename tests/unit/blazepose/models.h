// The BlazePose networks for tests; tools/setup fetches them.
#ifndef TRACKFIT_TESTS_UNIT_BLAZEPOSE_MODELS_H_
#define TRACKFIT_TESTS_UNIT_BLAZEPOSE_MODELS_H_

#include <stdexcept>
#include <string>
#include <utility>

#include "blazepose/pose_engine.h"

namespace trackfit::testing {

inline constexpr const char* kBlazePoseFolder = "deploy/models/blazepose";

// Throws when the models are missing, so that the test fails with the advice to run tools/setup.
inline blazepose::PoseModels LoadModels(
    blazepose::ModelComplexity complexity = blazepose::ModelComplexity::kLite) {
  auto models = blazepose::LoadPoseModels(kBlazePoseFolder, complexity);
  if (!models.ok()) throw std::runtime_error(std::string(models.status().message()));
  return *std::move(models);
}

inline blazepose::PoseEngine MakeEngine(
    blazepose::ModelComplexity complexity = blazepose::ModelComplexity::kLite) {
  auto engine = blazepose::PoseEngine::Create(LoadModels(complexity));
  if (!engine.ok()) throw std::runtime_error(std::string(engine.status().message()));
  return *std::move(engine);
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_UNIT_BLAZEPOSE_MODELS_H_
