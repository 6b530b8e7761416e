#include "protogcn/evaluation.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "protogcn/motion_from_photos.h"

namespace trackfit::protogcn {
namespace {

using skeleton::Pose;

constexpr int kMinPieceFrames = 2;
constexpr int kCellWidth = 9;

// A column's heading: the class's name, cut to fit.
std::string Heading(const std::string& name) { return name.substr(0, kCellWidth - 1); }

std::string Percent(double share) { return absl::StrFormat("%.1f %%", 100 * share); }

}  // namespace

ConfusionMatrix::ConfusionMatrix(std::vector<std::string> classes)
    : classes_(std::move(classes)), counts_(classes_.size(), std::vector<int>(classes_.size())) {}

void ConfusionMatrix::Add(int truth, int decision) { ++counts_[truth][decision]; }

int ConfusionMatrix::Total(int truth) const {
  return std::accumulate(counts_[truth].begin(), counts_[truth].end(), 0);
}

int ConfusionMatrix::Total() const {
  int total = 0;
  for (size_t truth = 0; truth < counts_.size(); ++truth) total += Total(static_cast<int>(truth));
  return total;
}

int ConfusionMatrix::Correct() const {
  int correct = 0;
  for (size_t truth = 0; truth < counts_.size(); ++truth) correct += counts_[truth][truth];
  return correct;
}

double ConfusionMatrix::Recall(int truth) const {
  const int total = Total(truth);
  return total > 0 ? static_cast<double>(counts_[truth][truth]) / total : 0;
}

double ConfusionMatrix::Accuracy() const {
  const int total = Total();
  return total > 0 ? static_cast<double>(Correct()) / total : 0;
}

std::string ConfusionMatrix::ToText() const {
  std::string text = absl::StrFormat("  %-20s", "");
  for (const std::string& name : classes_) absl::StrAppendFormat(&text, "%*s", kCellWidth, Heading(name));
  absl::StrAppendFormat(&text, "%*s\n", kCellWidth + 2, "recall");
  for (size_t truth = 0; truth < classes_.size(); ++truth) {
    const int row = static_cast<int>(truth);
    if (Total(row) == 0) continue;
    absl::StrAppendFormat(&text, "  %-20s", classes_[truth]);
    for (const int count : counts_[truth]) {
      absl::StrAppendFormat(&text, "%*s", kCellWidth, count > 0 ? absl::StrCat(count) : ".");
    }
    absl::StrAppendFormat(&text, "%*s\n", kCellWidth + 2, Percent(Recall(row)));
  }
  return text;
}

nlohmann::json ConfusionMatrix::ToJson() const {
  nlohmann::json recall = nlohmann::json::object();
  for (size_t truth = 0; truth < classes_.size(); ++truth) {
    const int row = static_cast<int>(truth);
    if (Total(row) > 0) recall[classes_[truth]] = Recall(row);
  }
  return {{"classes", classes_},
          {"matrix", counts_},
          {"total", Total()},
          {"accuracy", Accuracy()},
          {"recall", recall}};
}

std::vector<std::vector<float>> ServedWindows::Of(const Clip& clip) const {
  if (clip.kind == SourceKind::kPhotoPair) {
    std::vector<Pose> ends = {clip.poses.front(), MendSides(clip.poses.front(), clip.poses.back())};
    return {shape.Tensor(ToAndFro(ends[0], ends[1], Tempo{}, shape.poses, shape.rate_hz))};
  }
  std::vector<std::vector<float>> windows;
  for (const std::vector<Pose>& piece : UniformPieces(clip, shape.rate_hz)) {
    const int length = static_cast<int>(piece.size());
    if (length < kMinPieceFrames) continue;
    const std::span<const Pose> poses(piece);
    if (length < min_frames) windows.push_back(shape.Tensor(poses));
    for (int end = min_frames; end <= length; end += stride) {
      const int first = std::max(0, end - shape.poses);
      windows.push_back(shape.Tensor(poses.subspan(first, end - first)));
    }
  }
  return windows;
}

absl::StatusOr<std::vector<ClipDecision>> Decide(const std::vector<Clip>& clips,
                                                 const std::vector<std::string>& classes,
                                                 const ServedWindows& windows, const WindowFunction& run,
                                                 const std::string& background) {
  std::vector<ClipDecision> decisions;
  for (const Clip& clip : clips) {
    const std::optional<ClassLabel> label = LabelOf(clip, classes, background);
    if (!label) continue;
    const std::vector<std::vector<float>> inputs = windows.Of(clip);
    if (inputs.empty()) continue;
    std::vector<float> mean(classes.size());
    for (const std::vector<float>& input : inputs) {
      const absl::StatusOr<Prediction> prediction = run(input);
      if (!prediction.ok()) return prediction.status();
      for (size_t i = 0; i < mean.size(); ++i) {
        mean[i] += prediction->probabilities[i] / static_cast<float>(inputs.size());
      }
    }
    const auto best = std::max_element(mean.begin(), mean.end());
    decisions.push_back({.id = clip.id,
                         .exercise = clip.exercise,
                         .kind = clip.kind,
                         .truth = label->index,
                         .stand_in = label->stand_in,
                         .probabilities = mean,
                         .decision = static_cast<int>(best - mean.begin())});
  }
  return decisions;
}

Evaluation Summarize(const std::vector<ClipDecision>& decisions, const std::vector<std::string>& classes,
                     const std::string& background) {
  Evaluation evaluation(classes);
  for (const ClipDecision& clip : decisions) {
    if (classes[clip.truth] == background) {
      evaluation.background.Add(clip.truth, clip.decision);
    } else if (clip.stand_in) {
      evaluation.stand_ins.Add(clip.truth, clip.decision);
    } else {
      evaluation.exercises.Add(clip.truth, clip.decision);
      (clip.kind == SourceKind::kPhotoPair ? evaluation.photos : evaluation.sequences)
          .Add(clip.truth, clip.decision);
    }
  }
  return evaluation;
}

std::string EvaluationToText(const Evaluation& evaluation) {
  std::string text;
  const auto add = [&text](const char* title, const ConfusionMatrix& matrix) {
    if (matrix.Total() == 0) return;
    absl::StrAppendFormat(&text, "%s: %d of %d right, %s\n%s\n", title, matrix.Correct(), matrix.Total(),
                          Percent(matrix.Accuracy()), matrix.ToText());
  };
  add("Film of the exercises", evaluation.sequences);
  add("Photo pairs of the exercises", evaluation.photos);
  add("Film and photo pairs together", evaluation.exercises);
  add("Other movements (right = rejected)", evaluation.background);
  add("Curls with other implements", evaluation.stand_ins);
  if (evaluation.left_out > 0) {
    absl::StrAppendFormat(&text, "Left out: %d other movements that no skeleton can tell from an exercise\n",
                          evaluation.left_out);
  }
  return text;
}

nlohmann::json EvaluationToJson(const Evaluation& evaluation, const std::vector<ClipDecision>& decisions) {
  nlohmann::json clips = nlohmann::json::array();
  for (const ClipDecision& clip : decisions) {
    clips.push_back({{"id", clip.id},
                     {"exercise", clip.exercise},
                     {"source", SourceKindName(clip.kind)},
                     {"truth", clip.truth},
                     {"decision", clip.decision},
                     {"probabilities", clip.probabilities}});
  }
  return {{"sequences", evaluation.sequences.ToJson()},
          {"photos", evaluation.photos.ToJson()},
          {"exercises", evaluation.exercises.ToJson()},
          {"background", evaluation.background.ToJson()},
          {"stand_ins", evaluation.stand_ins.ToJson()},
          {"left_out", evaluation.left_out},
          {"clips", clips}};
}

}  // namespace trackfit::protogcn
