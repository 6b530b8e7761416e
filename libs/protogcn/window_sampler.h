// Draws training windows: balanced over classes, kinds of source and groups, each one varied at random.
#ifndef TRACKFIT_PROTOGCN_WINDOW_SAMPLER_H_
#define TRACKFIT_PROTOGCN_WINDOW_SAMPLER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "protogcn/augmentation.h"
#include "protogcn/dataset.h"
#include "protogcn/window_shape.h"

namespace trackfit::protogcn {

struct SamplerConfig {
  WindowShape shape;
  AugmentationConfig augmentation;
  // The length of a window before it is stretched to shape.frames: other tempos, and what streams give at
  // their beginning and end.
  int min_source_frames = 45;
  int max_source_frames = 160;
  // Shares of a class's samples, as far as it has clips of that kind.
  double recorded_share = 3;
  double rendered_share = 1;
  double photo_share = 2;
  double synthetic_share = 2;
  double background_share = 2;     // of the background class, relative to one exercise
  double synthetic_faults = 0.35;  // share of synthetic clips with a fault

  absl::Status Validate() const;
};

struct Sample {
  std::vector<float> window;  // [frames, nodes, 3]
  int label = 0;
};

// Immutable and so thread-safe; all randomness comes from the caller.
class WindowSampler {
 public:
  // INVALID_ARGUMENT for a bad configuration or when a class has no clips at all. Clips without a label are
  // skipped.
  static absl::StatusOr<WindowSampler> Create(const std::vector<Clip>& clips,
                                              std::vector<std::string> classes, SamplerConfig config);

  Sample Draw(Random& random) const;

  // Usable clips and film pieces of a class and kind.
  int Count(int label, SourceKind kind) const;
  const std::vector<std::string>& classes() const { return classes_; }
  const SamplerConfig& config() const { return config_; }

 private:
  // Either uniform poses, or (kPhotoPair) the two poses between which the movement is made, or (kSynthetic) a
  // movement that is made anew for every sample.
  struct Piece {
    int label = 0;
    SourceKind kind = SourceKind::kRecorded;
    std::string group;
    double weight = 1;
    std::vector<skeleton::Pose> poses;
    std::string synthetic_exercise;
  };

  WindowSampler(std::vector<std::string> classes, SamplerConfig config)
      : classes_(std::move(classes)), config_(std::move(config)) {}

  void AddClip(const Clip& clip);
  void AddSynthetic();
  void ComputeCumulativeWeights();
  std::vector<skeleton::Pose> Film(const Piece& piece, int count, Random& random) const;

  std::vector<std::string> classes_;
  SamplerConfig config_;
  std::vector<Piece> pieces_;
  std::vector<double> cumulative_;  // of the pieces' shares
};

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_WINDOW_SAMPLER_H_
