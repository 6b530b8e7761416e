// How well a model recognises clips it has not seen: decisions per clip, confusion matrices, rejection.
#ifndef TRACKFIT_PROTOGCN_EVALUATION_H_
#define TRACKFIT_PROTOGCN_EVALUATION_H_

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "protogcn/dataset.h"
#include "protogcn/model.h"
#include "protogcn/window_sampler.h"

namespace trackfit::protogcn {

// Rows are the truth, columns the decision.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(std::vector<std::string> classes);

  void Add(int truth, int decision);
  int At(int truth, int decision) const { return counts_[truth][decision]; }
  int Total(int truth) const;
  int Total() const;
  int Correct() const;
  double Recall(int truth) const;  // 0 when there is nothing to recall
  double Accuracy() const;
  // A table for people: one row per class that occurs.
  std::string ToText() const;
  nlohmann::json ToJson() const;

 private:
  std::vector<std::string> classes_;
  std::vector<std::vector<int>> counts_;
};

// The windows that serving would assess: of film the last `frames` poses, first after `min_frames`, then
// every `stride`; a piece shorter than min_frames as one. Of a photo pair one window of an eased to-and-fro
// (3 s a cycle).
struct ServedWindows {
  WindowShape shape;
  int min_frames = 60;
  int stride = 15;

  // Ready for the network, each [frames, nodes, 3]; empty when nobody is seen.
  std::vector<std::vector<float>> Of(const Clip& clip) const;
};

using WindowFunction = std::function<absl::StatusOr<Prediction>(std::span<const float> window)>;

struct ClipDecision {
  std::string id;
  std::string exercise;
  SourceKind kind = SourceKind::kRecorded;
  int truth = 0;
  bool stand_in = false;
  std::vector<float> probabilities;  // mean over the clip's windows
  int decision = 0;                  // the most probable class
};

// Decisions on all clips that have a label; clips without a window are left out. `background` is the model's
// class for other movements.
absl::StatusOr<std::vector<ClipDecision>> Decide(const std::vector<Clip>& clips,
                                                 const std::vector<std::string>& classes,
                                                 const ServedWindows& windows, const WindowFunction& run,
                                                 const std::string& background = kBackgroundClass);

// The figures that count: `sequences` and `photos` hold the exercises themselves, `background` everything
// else, and stand-ins (curls with other implements) stand apart.
struct Evaluation {
  explicit Evaluation(const std::vector<std::string>& classes)
      : sequences(classes), photos(classes), exercises(classes), background(classes), stand_ins(classes) {}

  ConfusionMatrix sequences;   // exercises, film
  ConfusionMatrix photos;      // exercises, photo pairs
  ConfusionMatrix exercises;   // both
  ConfusionMatrix background;  // its recall is the rate of rejection
  ConfusionMatrix stand_ins;
  int left_out = 0;  // clips that MovesLikeAClass: neither answer would be wrong
};
Evaluation Summarize(const std::vector<ClipDecision>& decisions, const std::vector<std::string>& classes,
                     const std::string& background = kBackgroundClass);
std::string EvaluationToText(const Evaluation& evaluation);
nlohmann::json EvaluationToJson(const Evaluation& evaluation, const std::vector<ClipDecision>& decisions);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_EVALUATION_H_
