#include "pose_engines.h"

#include <opencv2/core/mat.hpp>
#include <utility>

namespace trackfit::extractor_server {
namespace {

// The first run of a network touches all its memory; no client should wait for that.
absl::Status WarmUp(blazepose::PoseEngine& engine) {
  const cv::Mat grey(256, 256, CV_8UC3, cv::Scalar::all(128));
  const auto person = engine.detector().Detect(grey, 0.5f);
  if (!person.ok()) return person.status();
  return engine.landmarks().Detect(grey, blazepose::Letterbox(grey.size())).status();
}

}  // namespace

absl::StatusOr<PoseEngines> PoseEngines::Create(const std::string& models_dir, const std::string& model,
                                                int workers) {
  const auto complexity = blazepose::ParseModelComplexity(model);
  if (!complexity.ok()) return complexity.status();
  const auto models = blazepose::LoadPoseModels(models_dir, *complexity);
  if (!models.ok()) return models.status();
  auto first = blazepose::PoseEngine::Create(*models);
  if (!first.ok()) return first.status();
  PoseEngines engines;
  engines.engines_.push_back(*std::move(first));
  while (static_cast<int>(engines.engines_.size()) < workers) {
    engines.engines_.push_back(engines.engines_.front().Replica());
  }
  for (blazepose::PoseEngine& engine : engines.engines_) {
    if (absl::Status warm = WarmUp(engine); !warm.ok()) return warm;
  }
  return engines;
}

}  // namespace trackfit::extractor_server
