#include "blazepose/pose_engines.h"

#include <opencv2/core/mat.hpp>

namespace trackfit::blazepose {
namespace {

// The first run of a network touches all its memory.
absl::Status WarmUp(PoseEngine& engine) {
  const cv::Mat grey(256, 256, CV_8UC3, cv::Scalar::all(128));
  const auto person = engine.detector().Detect(grey, 0.5f);
  if (!person.ok()) return person.status();
  return engine.landmarks().Detect(grey, Letterbox(grey.size())).status();
}

}  // namespace

PoseEngines::PoseEngines(const PoseEngine& engine, int workers) {
  engines_.reserve(static_cast<std::size_t>(workers));
  for (int worker = 0; worker < workers; ++worker) engines_.push_back(engine.Replica());
}

absl::StatusOr<PoseEngines> PoseEngines::LoadWarm(const std::filesystem::path& directory,
                                                  ModelComplexity complexity, int workers) {
  const auto models = LoadPoseModels(directory, complexity);
  if (!models.ok()) return models.status();
  const auto engine = PoseEngine::Create(*models);
  if (!engine.ok()) return engine.status();
  PoseEngines engines(*engine, workers);
  for (PoseEngine& each : engines.engines_) {
    if (absl::Status warm = WarmUp(each); !warm.ok()) return warm;
  }
  return engines;
}

}  // namespace trackfit::blazepose
