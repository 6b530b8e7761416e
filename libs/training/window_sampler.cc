#include "training/window_sampler.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "dataset/labels.h"
#include "dataset/motion_from_photos.h"
#include "dataset/synthetic_clips.h"
#include "dataset/views.h"
#include "exercises/vocabulary.h"
#include "training/disturbance.h"

namespace trackfit::training {
namespace {

using skeleton::Pose;

constexpr size_t kMinPieceFrames = 20;
constexpr double kRepetitionPause = 1.5;   // seconds; a longer one interrupts the exercise
constexpr double kRepetitionMargin = 0.5;  // seconds around marked repetitions that are neither
constexpr const char* kIdle = "idle";

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

// Part of a clip, with its span of the repetitions that are marked.
dataset::Clip PartOf(const dataset::Clip& clip, int first, int last) {
  dataset::Clip part = clip;
  part.poses.assign(clip.poses.begin() + first, clip.poses.begin() + last + 1);
  part.repetitions.clear();
  return part;
}

// A clip with marked repetitions shows its exercise in these, and not between sets: people walk up, rest,
// talk.
struct ClipParts {
  std::vector<dataset::Clip> exercise;
  std::vector<dataset::Clip> idle;
};
ClipParts PartsOf(const dataset::Clip& clip, double default_rate) {
  const auto frames = static_cast<int>(clip.poses.size());
  if (clip.repetitions.empty()) return {.exercise = {clip}, .idle = {}};
  const double fps = clip.fps > 0 ? clip.fps : default_rate;
  const int pause = static_cast<int>(kRepetitionPause * fps),
            margin = static_cast<int>(kRepetitionMargin * fps);
  ClipParts parts;
  int idle_from = 0;
  const auto add_idle = [&](int until) {
    if (until - idle_from >= static_cast<int>(fps)) parts.idle.push_back(PartOf(clip, idle_from, until));
  };
  for (size_t i = 0; i < clip.repetitions.size();) {
    const int first = std::clamp(clip.repetitions[i].first, 0, frames - 1);
    int last = std::clamp(clip.repetitions[i].last, first, frames - 1);
    for (++i; i < clip.repetitions.size() && clip.repetitions[i].first - last <= pause; ++i)
      last = std::clamp(clip.repetitions[i].last, last, frames - 1);
    add_idle(first - margin);
    parts.exercise.push_back(PartOf(clip, first, last));
    idle_from = std::min(last + margin, frames - 1);
  }
  add_idle(frames - 1);
  return parts;
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
  for (const double share : {recorded_share, rendered_share, photo_share, synthetic_share, mannequin_share,
                             background_share, idle_share}) {
    if (!(share >= 0)) return absl::InvalidArgumentError("shares must not be negative");
  }
  for (const auto& [name, share] : {std::pair{"synthetic_faults", synthetic_faults},
                                    {"disturbed_share", disturbed_share},
                                    {"travel_share", travel_share}}) {
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
  std::map<std::string, std::set<std::string>> recordings;  // ids by the original's
  for (const dataset::Clip& clip : clips) recordings[dataset::OriginalId(clip.id)].insert(clip.id);
  for (const dataset::Clip& clip : clips)
    sampler.AddClip(clip, recordings[dataset::OriginalId(clip.id)].size());
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

void WindowSampler::AddClip(const dataset::Clip& whole, size_t alternatives) {
  const auto background =
      std::find(classes_.begin(), classes_.end(), exercises::Builtin().background()) - classes_.begin();
  const ClipParts parts = PartsOf(whole, config_.shape.rate_hz);
  for (const dataset::Clip& part : parts.exercise) AddPart(part, alternatives);
  if (background == std::ssize(classes_)) return;
  for (dataset::Clip idle : parts.idle) {
    idle.exercise = classes_[background];
    idle.fault = kIdle;
    AddPart(idle, alternatives);
  }
}

void WindowSampler::AddPart(const dataset::Clip& clip, size_t alternatives) {
  const std::optional<dataset::ClassLabel> label = dataset::LabelOf(clip, classes_);
  if (!label) return;
  const bool background = classes_[label->index] == exercises::Builtin().background();
  Piece piece{.label = label->index,
              .kind = clip.kind,
              .source = clip.source,
              .group = clip.group,
              .weight = label->weight / static_cast<double>(alternatives),
              .poses = {},
              .synthetic_exercise = {},
              .idle = false,
              .metric = clip.metric,
              .pinned = !clip.metric && dataset::HipsArePinned(clip.poses),
              .exercise = clip.exercise,
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
    const bool background = classes_[label] == exercises::Builtin().background();
    const auto add = [&](const std::string& exercise, bool idle, double weight) {
      pieces_.push_back({.label = static_cast<int>(label),
                         .kind = dataset::SourceKind::kSynthetic,
                         .source = "synthetic",
                         .group = idle ? absl::StrCat(kIdle, " ", exercise) : exercise,
                         .weight = weight,
                         .poses = {},
                         .synthetic_exercise = exercise,
                         .idle = idle,
                         .metric = false,
                         .pinned = false,
                         .exercise = exercise,
                         .name = NameOf(idle ? kIdle : exercise),
                         .form = -1,
                         .wrong_joints = {}});
    };
    const std::vector<std::string> names = dataset::SyntheticExercises(classes_[label]);
    for (const std::string& exercise : names) add(exercise, false, 1);
    if (!background || !(config_.idle_share > 0)) continue;
    std::vector<std::string> starts;
    for (const std::string& name : exercises::Builtin().classes()) {
      if (name == exercises::Builtin().background()) continue;
      for (const std::string& exercise : dataset::SyntheticExercises(name)) starts.push_back(exercise);
    }
    // A group's share is the square root of its weight.
    const double each =
        config_.idle_share * static_cast<double>(names.size()) / static_cast<double>(starts.size());
    for (const std::string& exercise : starts) add(exercise, true, each * each);
  }
}

// The share of a class is divided among the kinds present, then among the sources and within these among the
// groups, each by the square root of its size (so that no source, scene or person with many clips dominates
// the others), then among the group's pieces.
void WindowSampler::ComputeCumulativeWeights() {
  using KindKey = std::pair<int, dataset::SourceKind>;
  using SourceKey = std::tuple<int, dataset::SourceKind, std::string>;
  using GroupKey = std::tuple<int, dataset::SourceKind, std::string, std::string>;
  const auto key = [](const Piece& piece) {
    return GroupKey{piece.label, piece.kind, piece.source, piece.group};
  };
  std::map<GroupKey, double> group_weight;
  for (const Piece& piece : pieces_) group_weight[key(piece)] += piece.weight;
  std::map<SourceKey, double> source_weight;
  for (const auto& [group, weight] : group_weight)
    source_weight[{std::get<0>(group), std::get<1>(group), std::get<2>(group)}] += std::sqrt(weight);
  std::map<KindKey, double> kind_total;
  for (const auto& [source, weight] : source_weight)
    kind_total[{std::get<0>(source), std::get<1>(source)}] += std::sqrt(weight);
  std::map<int, double> class_total;
  for (const auto& [kind, total] : kind_total) class_total[kind.first] += KindShare(config_, kind.second);

  double sum = 0;
  cumulative_.reserve(pieces_.size());
  for (const Piece& piece : pieces_) {
    const double group = group_weight[key(piece)];
    const double source = source_weight[{piece.label, piece.kind, piece.source}];
    const double class_share =
        classes_[piece.label] == exercises::Builtin().background() ? config_.background_share : 1;
    const double kind_share = KindShare(config_, piece.kind) / class_total[piece.label];
    const double source_share = std::sqrt(source) / kind_total[{piece.label, piece.kind}];
    sum += class_share * kind_share * source_share * (std::sqrt(group) / source) * (piece.weight / group);
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
  std::vector<Pose> movement(begin, begin + static_cast<std::ptrdiff_t>(length));
  if (piece.metric) {
    dataset::Clip clip;
    clip.exercise = piece.exercise;
    clip.fps = config_.shape.rate_hz;
    clip.poses = std::move(movement);
    return dataset::SeenByCamera(clip, random()).poses;
  }
  if (piece.pinned && Uniform(random, 0, 1) < config_.travel_share)
    dataset::RestoreTravel(movement, piece.exercise);
  return movement;
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
    dataset::Clip clip =
        piece->idle ? dataset::MakeIdleClip(piece->synthetic_exercise, random()).value()
                    : dataset::MakeSyntheticClip(piece->synthetic_exercise, correct, random()).value();
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
