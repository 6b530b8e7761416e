#include "evaluation/form.h"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "dataset/labels.h"
#include "evaluation/recognition.h"

namespace trackfit::evaluation {
namespace {

using dataset::Clip;

bool FormIsKnown(const Clip& clip) {
  return clip.kind == dataset::SourceKind::kRecorded && (clip.form == "correct" || clip.form == "incorrect");
}

}  // namespace

absl::StatusOr<std::vector<FormClip>> JudgeForm(const std::vector<AssessorPtr>& assessors,
                                                const std::vector<Clip>& clips,
                                                const std::function<int(const Clip&)>& fold_of,
                                                const RunOptions& run) {
  struct Job {
    const Clip* clip;
    std::string exercise;
    int fold;
  };
  std::vector<Job> jobs;
  const std::vector<std::string> classes = ClassesOf(*assessors.front());
  for (const Clip& clip : clips) {
    const auto label = dataset::LabelOf(clip, classes);
    if (!FormIsKnown(clip) || !label || label->index + 1 == static_cast<int>(classes.size())) continue;
    if (const int fold = fold_of(clip); fold >= 0) jobs.push_back({&clip, classes[label->index], fold});
  }
  std::vector<std::optional<FormClip>> judged(jobs.size());
  const absl::Status status = ForEach(static_cast<int>(jobs.size()), run, [&](int i) -> absl::Status {
    const Job& job = jobs[i];
    const AssessorPtr& assessor = assessors.size() > 1 ? assessors.at(job.fold) : assessors.front();
    const auto overall = AssessPoses(assessor, ToPoseSequence(*job.clip), job.exercise);
    if (!overall.ok()) return overall.status();
    if (!*overall) return absl::OkStatus();
    judged[i] = FormClip{.id = job.clip->id,
                         .exercise = job.exercise,
                         .group = job.clip->group,
                         .fold = job.fold,
                         .correct = job.clip->correct(),
                         .score = (*overall)->quality.score,
                         .cosine = (*overall)->quality.cosine};
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  std::vector<FormClip> result;
  for (std::optional<FormClip>& clip : judged) {
    if (clip) result.push_back(*std::move(clip));
  }
  return result;
}

std::vector<FormResult> Summarise(const std::vector<FormClip>& clips) {
  struct Scores {
    std::vector<double> correct, incorrect, correct_cosine, incorrect_cosine;
    std::vector<Scored> scored;
  };
  std::map<std::string, Scores> by_exercise;
  for (const FormClip& clip : clips) {
    Scores& scores = by_exercise[clip.exercise];
    (clip.correct ? scores.correct : scores.incorrect).push_back(clip.score);
    (clip.correct ? scores.correct_cosine : scores.incorrect_cosine).push_back(clip.cosine);
    scores.scored.push_back({.score = clip.score, .positive = clip.correct, .fold = clip.fold});
  }
  std::vector<FormResult> results;
  for (const auto& [exercise, scores] : by_exercise) {
    if (scores.correct.empty() || scores.incorrect.empty()) continue;
    results.push_back({.exercise = exercise,
                       .correct = static_cast<int>(scores.correct.size()),
                       .incorrect = static_cast<int>(scores.incorrect.size()),
                       .auc = Auroc(scores.correct, scores.incorrect),
                       .cosine_auc = Auroc(scores.correct_cosine, scores.incorrect_cosine),
                       .accuracy = AccuracyAcrossFolds(scores.scored),
                       .roc = RocCurve(scores.correct, scores.incorrect)});
  }
  return results;
}

std::string ToText(const std::vector<FormResult>& results) {
  std::string text;
  for (const FormResult& result : results) {
    absl::StrAppendFormat(
        &text, "  %-20s %4d correct, %4d incorrect: AUC %.3f (cosine %.3f), %d of %d right, %.1f %%\n",
        result.exercise, result.correct, result.incorrect, result.auc, result.cosine_auc,
        result.accuracy.right, result.accuracy.total, 100 * result.accuracy.accuracy());
  }
  return text;
}

nlohmann::json ToJson(const std::vector<FormResult>& results, const std::vector<FormClip>& clips) {
  nlohmann::json exercises = nlohmann::json::object(), judged = nlohmann::json::array();
  for (const FormResult& result : results) {
    nlohmann::json roc = nlohmann::json::array();
    for (const RocPoint& point : result.roc) roc.push_back({point.false_positives, point.true_positives});
    exercises[result.exercise] = {
        {"correct", result.correct},       {"incorrect", result.incorrect},          {"auc", result.auc},
        {"cosine_auc", result.cosine_auc}, {"accuracy", result.accuracy.accuracy()}, {"roc", roc}};
  }
  for (const FormClip& clip : clips) {
    judged.push_back({{"id", clip.id},
                      {"exercise", clip.exercise},
                      {"group", clip.group},
                      {"fold", clip.fold},
                      {"correct", clip.correct},
                      {"score", clip.score},
                      {"cosine", clip.cosine}});
  }
  return {{"exercises", exercises}, {"clips", judged}};
}

}  // namespace trackfit::evaluation
