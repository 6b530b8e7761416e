#include "blazepose/pose_engine.h"

#include <array>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace trackfit::blazepose {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"lite", "full", "heavy"};

absl::StatusOr<std::shared_ptr<const TfliteModel>> LoadShared(const std::filesystem::path& path) {
  absl::StatusOr<TfliteModel> model = TfliteModel::Load(path);
  if (absl::IsNotFound(model.status())) {
    return absl::NotFoundError(
        absl::StrCat("BlazePose model ", path.string(), " is missing: run tools/setup"));
  }
  if (!model.ok()) return model.status();
  return std::make_shared<const TfliteModel>(*std::move(model));
}

}  // namespace

absl::StatusOr<ModelComplexity> ParseModelComplexity(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (name == kNames[i]) return static_cast<ModelComplexity>(i);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("model must be lite, full or heavy, not '", std::string(name), "'"));
}

std::string_view ModelComplexityName(ModelComplexity complexity) {
  return kNames[static_cast<size_t>(complexity)];
}

absl::StatusOr<PoseModels> LoadPoseModels(const std::filesystem::path& directory,
                                          ModelComplexity complexity) {
  auto detector = LoadShared(directory / "pose_detection.tflite");
  if (!detector.ok()) return detector.status();
  auto landmarks =
      LoadShared(directory / ("pose_landmark_" + std::string(ModelComplexityName(complexity)) + ".tflite"));
  if (!landmarks.ok()) return landmarks.status();
  return PoseModels{*std::move(detector), *std::move(landmarks)};
}

absl::StatusOr<PoseEngine> PoseEngine::Create(const PoseModels& models) {
  absl::StatusOr<PersonDetector> detector = PersonDetector::Create(*models.detector);
  if (!detector.ok()) return detector.status();
  absl::StatusOr<LandmarkModel> landmarks = LandmarkModel::Create(*models.landmarks);
  if (!landmarks.ok()) return landmarks.status();
  return PoseEngine(*std::move(detector), *std::move(landmarks));
}

PoseEngine PoseEngine::Replica() const { return PoseEngine(detector_.Replica(), landmarks_.Replica()); }

PoseEngine::PoseEngine(PersonDetector detector, LandmarkModel landmarks)
    : detector_(std::move(detector)), landmarks_(std::move(landmarks)) {}

}  // namespace trackfit::blazepose
