#include "training/window_sampler.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "dataset/labels.h"
#include "dataset/motion_from_photos.h"
#include "dataset/synthetic_clips.h"
#include "exercises/vocabulary.h"
#include "training/disturbance.h"

namespace trackfit::training {
namespace {

using skeleton::Pose;

constexpr size_t kMinPieceFrames = 20;

double Uniform(Random& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

dataset::Tempo DrawTempo(Random& random) {
  const double cycle = std::exp(Uniform(random, std::log(1.3), std::log(5.0)));
  const double rest_at_end = Uniform(random, 0, 0.25), rest_at_start = Uniform(random, 0, 0.25);
  const double out = (1 - rest_at_end - rest_at_start) * Uniform(random, 0.35, 0.65);
  return {.out = cycle * out,
          .rest_at_end = cycle * rest_at_end,
          .back = cycle * (1 - rest_at_end - rest_at_start - out),
          .rest_at_start = cycle * rest_at_start,
          .offset = Uniform(random, 0, cycle)};
}

double KindShare(const SamplerConfig& config, dataset::SourceKind kind) {
  switch (kind) {
    case dataset::SourceKind::kRecorded:
      return config.recorded_share;
    case dataset::SourceKind::kRendered:
      return config.rendered_share;
    case dataset::SourceKind::kPhotoPair:
      return config.photo_share;
    case dataset::SourceKind::kSynthetic:
      return config.synthetic_share;
    case dataset::SourceKind::kMannequin:
      return config.mannequin_share;
  }
  return 0;
}

// Photos show correct executions. Recordings usually do, too, but without a label that is not known.
int FormOf(const dataset::Clip& clip) {
  if (clip.form == "correct" || clip.kind == dataset::SourceKind::kPhotoPair) return 1;
  return clip.form == "incorrect" ? 0 : -1;
}

}  // namespace

absl::Status SamplerConfig::Validate() const {
  if (shape.frames < 2) return absl::InvalidArgumentError("window frames must be at least 2");
  if (min_source_frames < 2 || max_source_frames < min_source_frames) {
    return absl::InvalidArgumentError(absl::StrCat("source frames [", min_source_frames, ", ",
                                                   max_source_frames, "] must be an interval from 2 on"));
  }
  for (const double share :
       {recorded_share, rendered_share, photo_share, synthetic_share, mannequin_share, background_share}) {
    if (!(share >= 0)) return absl::InvalidArgumentError("shares must not be negative");
  }
  for (const auto& [name, share] :
       {std::pair{"synthetic_faults", synthetic_faults}, {"disturbed_share", disturbed_share}}) {
    if (!(share >= 0 && share <= 1)) {
      return absl::InvalidArgumentError(absl::StrCat(name, " is ", share, "; it must be within [0, 1]"));
    }
  }
  return augmentation.Validate();
}

absl::StatusOr<WindowSampler> WindowSampler::Create(const std::vector<dataset::Clip>& clips,
                                                    std::vector<std::string> classes, SamplerConfig config) {
  if (const absl::Status status = config.Validate(); !status.ok()) return status;
  WindowSampler sampler(std::move(classes), std::move(config));
  for (const dataset::Clip& clip : clips) sampler.AddClip(clip);
  sampler.AddSynthetic();
  std::erase_if(sampler.pieces_,
                [&](const Piece& piece) { return !(KindShare(sampler.config_, piece.kind) > 0); });
  for (size_t label = 0; label < sampler.classes_.size(); ++label) {
    const bool found = std::any_of(sampler.pieces_.begin(), sampler.pieces_.end(), [&](const Piece& piece) {
      return piece.label == static_cast<int>(label);
    });
    if (!found) {
      return absl::InvalidArgumentError(
          absl::StrCat("class \"", sampler.classes_[label], "\" has no training clips"));
    }
  }
  sampler.ComputeCumulativeWeights();
  return sampler;
}

int WindowSampler::NameOf(const std::string& name) {
  return names_.emplace(name, static_cast<int>(names_.size())).first->second;
}

void WindowSampler::AddClip(const dataset::Clip& clip) {
  const std::optional<dataset::ClassLabel> label = dataset::LabelOf(clip, classes_);
  if (!label) return;
  const bool background = classes_[label->index] == exercises::Builtin().background();
  Piece piece{.label = label->index,
              .kind = clip.kind,
              .group = clip.group,
              .weight = label->weight,
              .poses = {},
              .synthetic_exercise = {},
              .name = NameOf(background && !clip.fault.empty() ? clip.fault : classes_[label->index]),
              .form = background ? -1 : FormOf(clip),
              .wrong_joints = {clip.wrong_joints.begin(), clip.wrong_joints.end()}};
  if (clip.kind == dataset::SourceKind::kPhotoPair) {
    piece.poses = {clip.poses.front(), dataset::RepairSides(clip.poses.front(), clip.poses.back())};
    MakeSquare(piece.poses);
    pieces_.push_back(std::move(piece));
    return;
  }
  for (std::vector<Pose>& poses : dataset::UniformPieces(clip, config_.shape.rate_hz)) {
    if (poses.size() < kMinPieceFrames) continue;
    piece.poses = std::move(poses);
    pieces_.push_back(piece);
  }
}

void WindowSampler::AddSynthetic() {
  if (!(config_.synthetic_share > 0)) return;
  for (size_t label = 0; label < classes_.size(); ++label) {
    for (const std::string& exercise : dataset::SyntheticExercises(classes_[label])) {
      pieces_.push_back({.label = static_cast<int>(label),
                         .kind = dataset::SourceKind::kSynthetic,
                         .group = exercise,
                         .weight = 1,
                         .poses = {},
                         .synthetic_exercise = exercise,
                         .name = NameOf(exercise),
                         .form = -1,
                         .wrong_joints = {}});
    }
  }
}

// The share of a class is divided among the kinds present, then among the groups by the square root of their
// size (so that one scene with many clips does not dominate the others), then among the group's pieces.
void WindowSampler::ComputeCumulativeWeights() {
  using GroupKey = std::tuple<int, dataset::SourceKind, std::string>;
  std::map<GroupKey, double> group_weight;
  for (const Piece& piece : pieces_) group_weight[{piece.label, piece.kind, piece.group}] += piece.weight;
  std::map<std::pair<int, dataset::SourceKind>, double> kind_total;
  for (const auto& [key, weight] : group_weight)
    kind_total[{std::get<0>(key), std::get<1>(key)}] += std::sqrt(weight);
  std::map<int, double> class_total;
  for (const auto& [key, total] : kind_total) class_total[key.first] += KindShare(config_, key.second);

  double sum = 0;
  cumulative_.reserve(pieces_.size());
  for (const Piece& piece : pieces_) {
    const double group = group_weight[{piece.label, piece.kind, piece.group}];
    const double class_share =
        classes_[piece.label] == exercises::Builtin().background() ? config_.background_share : 1;
    const double kind_share = KindShare(config_, piece.kind) / class_total[piece.label];
    const double group_share = std::sqrt(group) / kind_total[{piece.label, piece.kind}];
    sum += class_share * kind_share * group_share * piece.weight / group;
    cumulative_.push_back(sum);
  }
}

std::vector<Pose> WindowSampler::MovementOf(const Piece& piece, int count, Random& random) const {
  if (piece.kind == dataset::SourceKind::kPhotoPair) {
    return dataset::ToAndFro(piece.poses[0], piece.poses[1], DrawTempo(random), count, config_.shape.rate_hz);
  }
  const std::vector<Pose>& poses = piece.poses;
  const size_t length = std::min(static_cast<size_t>(count), poses.size());
  const size_t first = std::uniform_int_distribution<size_t>(0, poses.size() - length)(random);
  const auto begin = poses.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(length)};
}

// In clips with a fault whose joints are not labelled, no joint is known to be right.
void WindowSampler::MarkJoints(const Piece& piece, const std::vector<int>& wrong, std::span<const Pose> poses,
                               Sample& sample) const {
  const skeleton::Layout& layout = config_.shape.layout;
  const bool known = piece.form != 0 || !wrong.empty();
  sample.joint_faults.assign(layout.nodes(), known ? 0.0F : -1.0F);
  for (int node = 0; node < layout.nodes(); ++node) {
    const auto any = [&](auto&& predicate) {
      return std::any_of(layout.sources[node].begin(), layout.sources[node].end(), predicate);
    };
    if (any([&](int joint) { return std::find(wrong.begin(), wrong.end(), joint) != wrong.end(); }))
      sample.joint_faults[node] = 1;
    if (any([&](int joint) { return !std::isfinite(poses[poses.size() / 2].landmarks[joint].x); }))
      sample.joint_faults[node] = -1;
  }
}

Sample WindowSampler::Draw(Random& random) const {
  const auto found =
      std::upper_bound(cumulative_.begin(), cumulative_.end(), Uniform(random, 0, cumulative_.back()));
  const size_t index = std::min<size_t>(found - cumulative_.begin(), pieces_.size() - 1);
  Piece made;
  const Piece* piece = &pieces_[index];
  if (!piece->synthetic_exercise.empty()) {
    const bool correct = Uniform(random, 0, 1) >= config_.synthetic_faults;
    dataset::Clip clip = dataset::MakeSyntheticClip(piece->synthetic_exercise, correct, random()).value();
    made = *piece;
    made.poses = std::move(clip.poses);
    made.form = clip.exercise == exercises::Builtin().background() ? -1 : FormOf(clip);
    made.wrong_joints.assign(clip.wrong_joints.begin(), clip.wrong_joints.end());
    piece = &made;
  }
  const int count =
      std::uniform_int_distribution<int>(config_.min_source_frames, config_.max_source_frames)(random);
  std::vector<Pose> movement = MovementOf(*piece, count, random);
  Sample sample{
      .window = {}, .label = piece->label, .name = piece->name, .form = piece->form, .joint_faults = {}};
  std::vector<int> wrong = piece->wrong_joints;
  if (sample.form != 0 && Uniform(random, 0, 1) < config_.disturbed_share) {
    MakeSquare(movement);
    wrong = Disturb(movement, random);
    if (!wrong.empty() && classes_[sample.label] != exercises::Builtin().background()) sample.form = 0;
  }
  const std::vector<Pose> poses = Augment(std::move(movement), config_.augmentation, random, &wrong);
  MarkJoints(*piece, wrong, poses, sample);
  sample.window = config_.shape.Tensor(poses);
  return sample;
}

int WindowSampler::Count(int label, dataset::SourceKind kind) const {
  return static_cast<int>(std::count_if(pieces_.begin(), pieces_.end(), [&](const Piece& piece) {
    return piece.label == label && piece.kind == kind;
  }));
}

}  // namespace trackfit::training
