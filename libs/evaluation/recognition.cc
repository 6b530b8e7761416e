#include "evaluation/recognition.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "dataset/labels.h"
#include "exercises/vocabulary.h"

namespace trackfit::evaluation {
namespace {

using assessment::Assessment;
using dataset::Clip;

int IndexOf(const std::vector<std::string>& classes, const std::string& name) {
  const auto found = std::find(classes.begin(), classes.end(), name);
  // Whatever is not an exercise is the background, whatever the model calls it.
  return static_cast<int>(std::min(found, classes.end() - 1) - classes.begin());
}

ClipDecision DecisionOf(const Clip& clip, const dataset::ClassLabel& label, const Assessment& overall,
                        const std::vector<std::string>& classes) {
  ClipDecision decision{.id = clip.id,
                        .exercise = clip.exercise,
                        .form = clip.form,
                        .fault = clip.fault,
                        .kind = clip.kind,
                        .truth = label.index,
                        .stand_in = label.stand_in,
                        .decision = static_cast<int>(classes.size()) - 1,
                        .exercise_named = IndexOf(classes, overall.exercise),
                        .known_score = overall.known_score,
                        .probabilities = std::vector<float>(classes.size()),
                        .embedding = overall.embedding};
  if (overall.known) decision.decision = decision.exercise_named;
  for (const assessment::ClassScore& score : overall.classes)
    decision.probabilities[IndexOf(classes, score.exercise)] += score.probability;
  return decision;
}

nlohmann::json BinsToJson(const std::vector<ReliabilityBin>& reliability) {
  nlohmann::json bins = nlohmann::json::array();
  for (const ReliabilityBin& bin : reliability) {
    bins.push_back({{"low", bin.low},
                    {"high", bin.high},
                    {"count", bin.count},
                    {"confidence", bin.confidence},
                    {"accuracy", bin.accuracy}});
  }
  return bins;
}

}  // namespace

std::vector<std::string> ClassesOf(const assessment::Assessor& assessor) {
  std::vector<std::string> classes = assessor.exercises();
  classes.push_back(exercises::Builtin().background());
  return classes;
}

absl::StatusOr<Decisions> Decide(const AssessorPtr& assessor, const std::vector<Clip>& clips,
                                 const RunOptions& run) {
  Decisions result;
  result.classes = ClassesOf(*assessor);
  std::vector<std::pair<const Clip*, dataset::ClassLabel>> labelled;
  for (const Clip& clip : clips) {
    if (dataset::MovesLikeAClass(clip)) ++result.left_out;
    if (const auto label = dataset::LabelOf(clip, result.classes)) labelled.emplace_back(&clip, *label);
  }
  std::vector<std::optional<ClipDecision>> decisions(labelled.size());
  const absl::Status status = ForEach(static_cast<int>(labelled.size()), run, [&](int i) -> absl::Status {
    const auto& [clip, label] = labelled[i];
    const auto overall = AssessPoses(assessor, ToPoseSequence(*clip), "", run.knowledge);
    if (!overall.ok()) return overall.status();
    if (*overall) decisions[i] = DecisionOf(*clip, label, **overall, result.classes);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  for (std::optional<ClipDecision>& decision : decisions) {
    if (decision) {
      result.clips.push_back(*std::move(decision));
    } else {
      ++result.unanswered;
    }
  }
  return result;
}

bool IsFound(dataset::SourceKind kind) {
  using dataset::SourceKind;
  return kind == SourceKind::kRecorded || kind == SourceKind::kRendered || kind == SourceKind::kPhotoPair;
}

Recognition Summarise(const Decisions& decisions) {
  Recognition recognition(decisions.classes);
  recognition.unanswered = decisions.unanswered;
  recognition.left_out = decisions.left_out;
  const int other = static_cast<int>(decisions.classes.size()) - 1;
  std::vector<Answer> answers, exercise_answers;
  std::vector<double> known, unknown;
  for (const ClipDecision& clip : decisions.clips) {
    if (clip.stand_in || !IsFound(clip.kind)) {
      (IsFound(clip.kind) ? recognition.stand_ins : recognition.mannequin).Add(clip.truth, clip.decision);
      continue;
    }
    recognition.all.Add(clip.truth, clip.decision);
    const auto best = std::max_element(clip.probabilities.begin(), clip.probabilities.end());
    answers.push_back({.confidence = *best, .right = best - clip.probabilities.begin() == clip.truth});
    (clip.truth == other ? unknown : known).push_back(clip.known_score);
    if (clip.truth == other) {
      recognition.others.Add(clip.truth, clip.decision);
      continue;
    }
    recognition.exercises.Add(clip.truth, clip.decision);
    const float exercise = *std::max_element(clip.probabilities.begin(), clip.probabilities.end() - 1);
    const float any = 1 - clip.probabilities.back();
    exercise_answers.push_back(
        {.confidence = any > 0 ? exercise / any : 0, .right = clip.exercise_named == clip.truth});
    recognition.exercises_named.Add(clip.truth, clip.exercise_named);
    const bool photos = clip.kind == dataset::SourceKind::kPhotoPair;
    (photos ? recognition.photos : recognition.videos).Add(clip.truth, clip.decision);
  }
  recognition.reliability = Reliability(answers);
  recognition.calibration_error = ExpectedCalibrationError(recognition.reliability);
  recognition.exercise_reliability = Reliability(exercise_answers);
  recognition.exercise_calibration_error = ExpectedCalibrationError(recognition.exercise_reliability);
  recognition.known_auroc = Auroc(known, unknown);
  recognition.known_roc = RocCurve(known, unknown);
  return recognition;
}

std::string ToText(const Recognition& recognition) {
  std::string text;
  const auto add = [&text](const char* title, const ConfusionMatrix& matrix) {
    if (matrix.Total() == 0) return;
    absl::StrAppendFormat(&text, "%s: %d of %d right, %.1f %%\n%s\n", title, matrix.Correct(), matrix.Total(),
                          100 * matrix.Accuracy(), matrix.ToText());
  };
  add("Videos of the exercises", recognition.videos);
  add("Photo pairs of the exercises", recognition.photos);
  add("Videos and photo pairs together", recognition.exercises);
  add("Other movements (right = rejected)", recognition.others);
  add("Curls with other equipment", recognition.stand_ins);
  add("The mannequin", recognition.mannequin);
  if (recognition.exercises.Total() > 0) {
    absl::StrAppendFormat(&text, "The right exercise named, known or not: %d of %d, %.1f %%\n",
                          recognition.exercises_named.Correct(), recognition.exercises_named.Total(),
                          100 * recognition.exercises_named.Accuracy());
  }
  if (recognition.all.Total() > 0) {
    absl::StrAppendFormat(&text,
                          "Macro F1 %.3f, known against unknown AUROC %.3f\nExpected calibration error: "
                          "which exercise %.3f, any "
                          "class, others too %.3f\n",
                          recognition.all.MacroF1(), recognition.known_auroc,
                          recognition.exercise_calibration_error, recognition.calibration_error);
  }
  if (recognition.unanswered > 0) {
    absl::StrAppendFormat(&text, "Without an answer: %d clips that are shorter than half a second\n",
                          recognition.unanswered);
  }
  if (recognition.left_out > 0) {
    absl::StrAppendFormat(&text, "Left out: %d other movements that no skeleton can tell from an exercise\n",
                          recognition.left_out);
  }
  return text;
}

nlohmann::json ToJson(const Recognition& recognition) {
  nlohmann::json roc = nlohmann::json::array();
  for (const RocPoint& point : recognition.known_roc)
    roc.push_back({point.false_positives, point.true_positives});
  // "film" is what the file format calls videos.
  return {{"film", recognition.videos.ToJson()},
          {"photos", recognition.photos.ToJson()},
          {"exercises", recognition.exercises.ToJson()},
          {"exercises_named", recognition.exercises_named.ToJson()},
          {"others", recognition.others.ToJson()},
          {"stand_ins", recognition.stand_ins.ToJson()},
          {"mannequin", recognition.mannequin.ToJson()},
          {"all", recognition.all.ToJson()},
          {"macro_f1", recognition.all.MacroF1()},
          {"expected_calibration_error", recognition.calibration_error},
          {"exercise_calibration_error", recognition.exercise_calibration_error},
          {"exercise_reliability", BinsToJson(recognition.exercise_reliability)},
          {"reliability", BinsToJson(recognition.reliability)},
          {"known_auroc", recognition.known_auroc},
          {"known_roc", roc},
          {"unanswered", recognition.unanswered},
          {"left_out", recognition.left_out}};
}

nlohmann::json ToJson(const Decisions& decisions) {
  nlohmann::json clips = nlohmann::json::array();
  for (const ClipDecision& clip : decisions.clips) {
    clips.push_back({{"id", clip.id},
                     {"exercise", clip.exercise},
                     {"form", clip.form},
                     {"source", dataset::SourceKindName(clip.kind)},
                     {"stand_in", clip.stand_in},
                     {"truth", decisions.classes[clip.truth]},
                     {"decision", decisions.classes[clip.decision]},
                     {"exercise_named", decisions.classes[clip.exercise_named]},
                     {"known", clip.known(decisions.classes)},
                     {"known_score", clip.known_score},
                     {"probabilities", clip.probabilities}});
  }
  return clips;
}

}  // namespace trackfit::evaluation
