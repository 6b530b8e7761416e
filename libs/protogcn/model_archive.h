// The metadata of a model archive, which holds them beside the network as TorchScript.
#ifndef TRACKFIT_PROTOGCN_MODEL_ARCHIVE_H_
#define TRACKFIT_PROTOGCN_MODEL_ARCHIVE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "protogcn/architecture.h"
#include "protogcn/form_model.h"

namespace trackfit::protogcn {

// Statistics of correct executions of one class: held-out clips and new movements of the mannequin. Tables
// are evenly spaced quantiles, ascending, the first the minimum and the last the maximum; empty = not
// calibrated.
struct ClassCalibration {
  std::vector<float> cosine;  // cosine between embedding and prototype
  // Per node of the layout: raw joint error. Empty where the errors of all nodes are on one scale, as logits
  // of faults are.
  std::vector<std::vector<float>> joint_error;
  // Of the worst node's percentile in joint_error, or of its raw error where that is empty: among many joints
  // one is always an outlier.
  std::vector<float> worst_joint;
  // Where executions are labelled correct or incorrect: the model of the difference, and its logits.
  FormModel form;
  std::vector<float> form_logit;
};

// The source of a joint's error.
enum class JointErrorSource {
  kGraph,  // |graph - reconstructed graph| along the node's row and column, as upstream; always available
  kHead,   // the output of the joint head (NetworkConfig::joint_head)
};
// "graph" or "head"; INVALID_ARGUMENT names the known ones.
absl::StatusOr<JointErrorSource> ParseJointErrorSource(const std::string& name);
std::string JointErrorSourceName(JointErrorSource source);

// Stored as metadata.json inside the archive.
struct ModelMetadata {
  std::string version;               // of the model, e.g. "1"
  NetworkConfig network;             // layout, window, nodes and the rest of the shape
  std::vector<std::string> classes;  // in the order of the logits
  std::string background_class;      // the class for "none of these"; "" = there is none
  // Per node the BlazePose joints to average; empty = the layout's own.
  std::vector<std::vector<int>> joint_mapping;
  double rate_hz = 30;   // of the poses in a window
  int window_poses = 0;  // of one window, before it is resampled to network.window frames; 0 = as many
  int min_frames = 60;   // fewest frames that are assessed
  std::string normalization = "torso";         // skeleton::NormalizationName
  std::string modality = "joint";              // "joint", "bone" or "k_bone"
  std::vector<std::vector<float>> prototypes;  // per class the mean embedding [F], L2-normalised; or empty
  std::vector<ClassCalibration> calibration;   // per class; or empty
  JointErrorSource joint_error = JointErrorSource::kGraph;
  double temperature = 1;        // divides the logits before the softmax over the exercises
  double known_scale = 1;        // multiplies the exercises' margin over the background; with
  double known_offset = 0;       // this added, the logit of there being an exercise (ClassProbabilities)
  double known_threshold = 0.5;  // least probability of being an exercise at all, for `known`
  std::map<std::string, std::string> provenance;  // how the model was made: data, command, seed, ...
  std::map<std::string, double> metrics;          // e.g. "validation.accuracy"

  int poses_per_window() const { return window_poses > 0 ? window_poses : network.window; }

  // INVALID_ARGUMENT naming the field and its limit.
  absl::Status Validate() const;
};

std::string MetadataToJson(const ModelMetadata& metadata);

// INVALID_ARGUMENT for text that is not JSON, lacks a field, has one of the wrong type or does not validate.
absl::StatusOr<ModelMetadata> MetadataFromJson(const std::string& json);

// Reads only the metadata of an archive. NOT_FOUND or DATA_LOSS for a file that is absent or broken.
absl::StatusOr<ModelMetadata> ReadMetadata(const std::string& path);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_MODEL_ARCHIVE_H_
