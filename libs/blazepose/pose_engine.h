// The BlazePose networks: the files they are loaded from, and the instances that workers run.
#ifndef TRACKFIT_BLAZEPOSE_POSE_ENGINE_H_
#define TRACKFIT_BLAZEPOSE_POSE_ENGINE_H_

#include <filesystem>
#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "blazepose/landmark_model.h"
#include "blazepose/person_detector.h"
#include "tflite/tflite_model.h"

namespace trackfit::blazepose {

// Landmark networks from the fastest to the most accurate.
enum class ModelComplexity { kLite, kFull, kHeavy };

// "lite", "full" or "heavy"; InvalidArgument otherwise.
absl::StatusOr<ModelComplexity> ParseModelComplexity(std::string_view name);
std::string_view ModelComplexityName(ModelComplexity complexity);

// The networks as loaded from their files. Immutable and cheap to copy; safe to share between threads.
struct PoseModels {
  std::shared_ptr<const tflite::TfliteModel> detector;
  std::shared_ptr<const tflite::TfliteModel> landmarks;
  std::filesystem::path detector_path;  // where they were loaded from, for messages
  std::filesystem::path landmarks_path;
};

// Loads pose_detection.tflite and pose_landmark_<complexity>.tflite. NotFound, with the advice to run
// tools/setup, when one is missing; InvalidArgument when one is damaged.
absl::StatusOr<PoseModels> LoadPoseModels(const std::filesystem::path& directory, ModelComplexity complexity);

// One runnable instance of the networks: a few megabytes of scratch memory, and packed weights that all
// replicas share. Holds no state of the streams it serves, so any engine of the same models continues any
// stream with bit-identical results. Not thread-safe: one per worker.
class PoseEngine {
 public:
  // The models are not needed afterwards. INVALID_ARGUMENT naming the file when one is not the network that
  // its name says.
  static absl::StatusOr<PoseEngine> Create(const PoseModels& models);

  // Another engine with the same weights, for another worker.
  PoseEngine Replica() const;

  PersonDetector& detector() { return detector_; }
  LandmarkModel& landmarks() { return landmarks_; }

 private:
  PoseEngine(PersonDetector detector, LandmarkModel landmarks);

  PersonDetector detector_;
  LandmarkModel landmarks_;
};

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_POSE_ENGINE_H_
