// Draws training windows: balanced over classes, kinds of source and groups, each one randomly augmented. A
// recording and its variants (dataset::VariantId) count as one clip together.
#ifndef TRACKFIT_TRAINING_WINDOW_SAMPLER_H_
#define TRACKFIT_TRAINING_WINDOW_SAMPLER_H_

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dataset/clip.h"
#include "protogcn/window_shape.h"
#include "training/augmentation.h"

namespace trackfit::training {

struct SamplerConfig {
  protogcn::WindowShape shape;
  AugmentationConfig augmentation;
  // The length of a window before it is stretched to shape.frames: other tempos, and the shorter windows at
  // the beginning and end of streams.
  int min_source_frames = 45;
  int max_source_frames = 160;
  // Shares of a class's samples, as far as it has clips of that kind.
  double recorded_share = 3;
  double rendered_share = 1;
  double photo_share = 2;
  double synthetic_share = 2;
  double mannequin_share = 2;
  double background_share = 2;  // of the background class, relative to one exercise
  // Synthetic background that idles (the start position of an exercise, held), per one that moves.
  double idle_share = 0;
  double travel_share = 0.5;       // of windows whose hips are pinned: with the travel of the body restored
  double synthetic_faults = 0.35;  // share of synthetic clips with a fault
  double disturbed_share = 0;      // of the other windows: with one limb or joint made wrong

  absl::Status Validate() const;
};

struct Sample {
  std::vector<float> window;  // [frames, nodes, 3]
  int label = 0;
  int name = 0;   // of the movement, in [0, names()): exercises by class, other movements each on its own
  int form = -1;  // 1 correct, 0 incorrect, -1 unknown
  // Per node: 1 = at fault, 0 = not, -1 = unknown or absent.
  std::vector<float> joint_faults;
};

// Immutable and so thread-safe; all randomness comes from the caller.
class WindowSampler {
 public:
  // INVALID_ARGUMENT for a bad configuration or when a class has no clips at all. Clips without a label are
  // skipped.
  static absl::StatusOr<WindowSampler> Create(const std::vector<dataset::Clip>& clips,
                                              std::vector<std::string> classes, SamplerConfig config);

  Sample Draw(Random& random) const;

  // Number of usable clips, or pieces of clips, of a class and kind.
  int Count(int label, dataset::SourceKind kind) const;
  const std::vector<std::string>& classes() const { return classes_; }
  int names() const { return static_cast<int>(names_.size()); }
  const SamplerConfig& config() const { return config_; }

 private:
  // Either poses at a uniform rate, or (kPhotoPair) the two poses between which a movement is interpolated,
  // or (kSynthetic) a movement that is generated for every sample.
  struct Piece {
    int label = 0;
    dataset::SourceKind kind = dataset::SourceKind::kRecorded;
    std::string source;
    std::string group;
    double weight = 1;
    std::vector<skeleton::Pose> poses;
    std::string synthetic_exercise;
    bool idle = false;    // of the synthetic exercise only the start position, held
    bool metric = false;  // seen through another camera in every window
    bool pinned = false;  // the hips: the travel of the body is lost
    std::string exercise;
    int name = 0;
    int form = -1;
    std::vector<int> wrong_joints;
  };

  WindowSampler(std::vector<std::string> classes, SamplerConfig config)
      : classes_(std::move(classes)), config_(std::move(config)) {}

  // `alternatives`: of how many clips of one recording a draw takes one.
  void AddClip(const dataset::Clip& whole, size_t alternatives);
  void AddPart(const dataset::Clip& clip, size_t alternatives);
  void AddSynthetic();
  void ComputeCumulativeWeights();
  int NameOf(const std::string& name);
  std::vector<skeleton::Pose> MovementOf(const Piece& piece, int count, Random& random) const;
  void MarkJoints(const Piece& piece, const std::vector<int>& wrong, std::span<const skeleton::Pose> poses,
                  Sample& sample) const;

  std::vector<std::string> classes_;
  SamplerConfig config_;
  std::vector<Piece> pieces_;
  std::map<std::string, int> names_;
  std::vector<double> cumulative_;  // of the pieces' shares
};

}  // namespace trackfit::training

#endif  // TRACKFIT_TRAINING_WINDOW_SAMPLER_H_
