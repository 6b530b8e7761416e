#include "coach_evaluation/form_frames.h"

#include <cmath>
#include <limits>
#include <optional>

#include "absl/strings/str_format.h"
#include "evaluation/metrics.h"
#include "repetitions/body.h"
#include "repetitions/judge.h"

namespace trackfit::coach_evaluation {
namespace {

using repetitions::Statistic;

// How far beyond the good range's middle or only end a single frame is; NaN when the condition cannot be
// judged in it.
double OffIn(const skeleton::Pose& pose, const repetitions::Exercise& exercise,
             const repetitions::Condition& condition) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  const std::optional<repetitions::Body> body = repetitions::BodyScale().Measure(pose);
  if (!body) return kUnknown;
  repetitions::Attempt attempt;
  attempt.frames = {*body};
  attempt.phase = {0};
  const repetitions::Criterion* criterion = condition.In(ViewOf(attempt));
  if (criterion == nullptr || criterion->quantity.statistic > Statistic::kMost) return kUnknown;
  const double measured = Evaluate(criterion->quantity, exercise, attempt);
  if (criterion->good.low == -repetitions::kNoLimit) return measured - criterion->good.high;
  if (criterion->good.high == repetitions::kNoLimit) return criterion->good.low - measured;
  const double middle = (criterion->good.low + criterion->good.high) / 2;
  return std::abs(measured - middle);
}

}  // namespace

std::vector<FrameFigures> FiguresOfFrames(const repetitions::Catalogue& catalogue, const FaultTable& faults,
                                          const std::string& data_set,
                                          const std::vector<dataset::Clip>& clips) {
  std::vector<FrameFigures> all;
  for (const repetitions::Exercise& exercise : catalogue.exercises()) {
    for (const Fault& fault : faults.Of(exercise.name)) {
      for (const repetitions::Condition& condition : exercise.conditions) {
        if (condition.code != fault.codes.front()) continue;
        std::vector<double> faulty, correct;
        for (const dataset::Clip& clip : clips) {
          if (clip.poses.size() != 1 || clip.exercise != exercise.name) continue;
          const bool has_it = faults.Labelled(exercise.name, clip.fault) == &fault;
          if (!has_it && clip.form != "correct") continue;
          const double off = OffIn(clip.poses.front(), exercise, condition);
          if (std::isfinite(off)) (has_it ? faulty : correct).push_back(off);
        }
        if (faulty.empty() || correct.empty()) continue;
        all.push_back({data_set, exercise.name, fault.name, condition.code, static_cast<int>(faulty.size()),
                       static_cast<int>(correct.size()), evaluation::Auroc(faulty, correct)});
      }
    }
  }
  return all;
}

std::string FramesText(const std::vector<FrameFigures>& figures) {
  std::string text;
  for (const FrameFigures& one : figures) {
    absl::StrAppendFormat(&text, "%s, %s, single frames: %s by %s: AUC %.3f over %d with it and %d correct\n",
                          one.data_set, one.exercise, one.fault, one.code, one.auc, one.faulty, one.correct);
  }
  return text;
}

nlohmann::ordered_json FramesJson(const std::vector<FrameFigures>& figures) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const FrameFigures& one : figures) {
    json.push_back({{"data_set", one.data_set},
                    {"exercise", one.exercise},
                    {"fault", one.fault},
                    {"code", one.code},
                    {"faulty", one.faulty},
                    {"correct", one.correct},
                    {"auc", one.auc}});
  }
  return json;
}

}  // namespace trackfit::coach_evaluation
