#include "blazepose/pose_engine.h"

#include <array>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace trackfit::blazepose {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"lite", "full", "heavy"};

absl::Status Missing(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    return absl::NotFoundError(absl::StrCat("BlazePose model ", path.string(),
                                            " may not be read by this user; see its permissions"));
  }
  const std::filesystem::path folder = path.parent_path();
  return absl::NotFoundError(absl::StrCat(
      "BlazePose model ", path.string(), " is missing",
      std::filesystem::is_directory(folder, error) ? ""
                                                   : absl::StrCat("; ", folder.string(), " is not a folder"),
      ": run tools/setup, or name the folder that holds the models with --models-dir"));
}

absl::Status WrongModel(const std::filesystem::path& path, const absl::Status& status) {
  return absl::Status(
      status.code(),
      absl::StrCat(path.string(), " is not the BlazePose model that its name says (", status.message(),
                   "); were two files swapped? tools/setup fetches the right ones"));
}

absl::StatusOr<std::shared_ptr<const tflite::TfliteModel>> LoadShared(const std::filesystem::path& path) {
  absl::StatusOr<tflite::TfliteModel> model = tflite::TfliteModel::Load(path);
  if (absl::IsNotFound(model.status())) return Missing(path);
  if (!model.ok()) {
    return absl::Status(
        model.status().code(),
        absl::StrCat(model.status().message(), "; replace it by the file that tools/setup fetches"));
  }
  return std::make_shared<const tflite::TfliteModel>(*std::move(model));
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
  PoseModels models;
  models.detector_path = directory / "pose_detection.tflite";
  models.landmarks_path =
      directory / ("pose_landmark_" + std::string(ModelComplexityName(complexity)) + ".tflite");
  auto detector = LoadShared(models.detector_path);
  if (!detector.ok()) return detector.status();
  auto landmarks = LoadShared(models.landmarks_path);
  if (!landmarks.ok()) return landmarks.status();
  models.detector = *std::move(detector);
  models.landmarks = *std::move(landmarks);
  return models;
}

absl::StatusOr<PoseEngine> PoseEngine::Create(const PoseModels& models) {
  absl::StatusOr<PersonDetector> detector = PersonDetector::Create(*models.detector);
  if (!detector.ok()) return WrongModel(models.detector_path, detector.status());
  absl::StatusOr<LandmarkModel> landmarks = LandmarkModel::Create(*models.landmarks);
  if (!landmarks.ok()) return WrongModel(models.landmarks_path, landmarks.status());
  return PoseEngine(*std::move(detector), *std::move(landmarks));
}

PoseEngine PoseEngine::Replica() const { return PoseEngine(detector_.Replica(), landmarks_.Replica()); }

PoseEngine::PoseEngine(PersonDetector detector, LandmarkModel landmarks)
    : detector_(std::move(detector)), landmarks_(std::move(landmarks)) {}

}  // namespace trackfit::blazepose
