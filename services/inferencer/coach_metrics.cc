#include "coach_metrics.h"

#include <variant>
#include <vector>

namespace trackfit::inferencer_server {
namespace {

using repetitions::FindingLevel;

const char* Name(FindingLevel level) {
  switch (level) {
    case FindingLevel::kGood:
      return "good";
    case FindingLevel::kSlightly:
      return "slightly";
    case FindingLevel::kClearly:
      return "clearly";
    case FindingLevel::kNotJudged:
      break;
  }
  return "not_judged";
}

const std::vector<double>& ScoreBuckets() {
  static const std::vector<double> kBuckets = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100};
  return kBuckets;
}

}  // namespace

CoachMetrics::CoachMetrics(telemetry::Metrics& metrics, const repetitions::Catalogue& catalogue)
    : metrics_(metrics) {
  for (const repetitions::Exercise& exercise : catalogue.exercises()) {
    for (const char* outcome : {"correct", "incorrect", "partial"}) Repetitions(exercise.name, outcome);
    Scores(exercise.name);
    for (const repetitions::Condition& condition : exercise.conditions) {
      for (const FindingLevel level :
           {FindingLevel::kGood, FindingLevel::kSlightly, FindingLevel::kClearly, FindingLevel::kNotJudged}) {
        Findings(condition.code, level);
      }
    }
  }
}

void CoachMetrics::Count(const coaching::Event& event) {
  const auto* counted = std::get_if<coaching::CountedRepetition>(&event);
  if (counted == nullptr) return;
  const repetitions::Repetition& repetition = counted->repetition;
  const char* const judged = repetition.correct ? "correct" : "incorrect";
  Repetitions(repetition.exercise, repetition.complete ? judged : "partial").Increment();
  if (repetition.complete) Scores(repetition.exercise).Observe(repetition.score);
  for (const repetitions::Finding& finding : repetition.findings) {
    Findings(finding.code, finding.level).Increment();
  }
}

prometheus::Counter& CoachMetrics::Repetitions(const std::string& exercise, const std::string& outcome) {
  return metrics_.Counter("trackfit_repetitions_total",
                          "Repetitions, by whether they were complete, and correct.",
                          {{"exercise", exercise}, {"outcome", outcome}});
}

prometheus::Counter& CoachMetrics::Findings(const std::string& code, FindingLevel level) {
  return metrics_.Counter("trackfit_findings_total",
                          "Conditions of correct form in repetitions, by how far off they were.",
                          {{"code", code}, {"level", Name(level)}});
}

prometheus::Histogram& CoachMetrics::Scores(const std::string& exercise) {
  return metrics_.Histogram("trackfit_repetition_score", "Scores of complete repetitions, 0 to 100.",
                            ScoreBuckets(), {{"exercise", exercise}});
}

}  // namespace trackfit::inferencer_server
