#include "coach_evaluation/form_figures.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "evaluation/metrics.h"

namespace trackfit::coach_evaluation {
namespace {

using repetitions::FindingLevel;

constexpr const char* kCorrect = "correct";

bool Clearly(const JudgedSample& judged) {
  return std::ranges::count(judged.levels, FindingLevel::kClearly) > 0;
}

// The worst level of a fault's conditions; kNotJudged when its first one is not judged and no other finds it.
FindingLevel LevelOf(const Fault& fault, const JudgedSample& judged) {
  FindingLevel worst = FindingLevel::kNotJudged;
  bool first_judged = false;
  const std::vector<repetitions::Condition>& conditions = judged.sample->exercise->conditions;
  for (size_t i = 0; i < conditions.size(); ++i) {
    if (std::ranges::count(fault.codes, conditions[i].code) == 0) continue;
    const FindingLevel level = judged.levels[i];
    if (level == FindingLevel::kNotJudged) continue;
    first_judged |= conditions[i].code == fault.codes.front();
    worst = worst == FindingLevel::kNotJudged ? level : std::max(worst, level);
  }
  return first_judged || worst == FindingLevel::kClearly ? worst : FindingLevel::kNotJudged;
}

// Index of the class that the coach says.
int Decision(const JudgedSample& judged, const std::vector<const Fault*>& classes) {
  for (size_t i = 0; i < classes.size(); ++i) {
    if (LevelOf(*classes[i], judged) == FindingLevel::kClearly) return static_cast<int>(i) + 1;
  }
  return 0;
}

bool Tells(const FaultTable& faults, const FormSample& sample, const std::string& code) {
  return std::ranges::any_of(faults.Of(sample.exercise->name), [&](const Fault& fault) {
    return fault.name == sample.fault && std::ranges::count(fault.codes, code) > 0;
  });
}

ConditionFigures FiguresOf(size_t index, const std::vector<const JudgedSample*>& samples,
                           const FaultTable& faults) {
  ConditionFigures figures;
  figures.code = samples.front()->sample->exercise->conditions[index].code;
  for (const JudgedSample* judged : samples) {
    const auto view = static_cast<size_t>(judged->sample->view);
    const FindingLevel level = judged->levels[index];
    ++figures.shown.at(view);
    if (level == FindingLevel::kNotJudged) {
      ++figures.not_judged.at(view);
      continue;
    }
    ++figures.judged;
    const bool clearly = level == FindingLevel::kClearly;
    const bool told = Tells(faults, *judged->sample, figures.code);
    figures.clearly += clearly;
    figures.with_fault += told;
    figures.rightly += clearly && told;
    figures.faultless += judged->sample->correct;
    figures.false_alarms += clearly && judged->sample->correct;
  }
  return figures;
}

double AucOf(const std::vector<const JudgedSample*>& samples) {
  std::map<std::string, std::pair<double, int>> scores;
  std::map<std::string, bool> correct;
  for (const JudgedSample* judged : samples) {
    auto& [sum, count] = scores[judged->sample->id];
    sum += judged->sample->repetition.score;
    ++count;
    correct[judged->sample->id] = judged->sample->correct;
  }
  std::vector<double> positives, negatives;
  for (const auto& [id, score] : scores) {
    (correct[id] ? positives : negatives).push_back(score.first / score.second);
  }
  return evaluation::Auroc(positives, negatives);
}

FormFigures FiguresOfSet(const std::vector<const JudgedSample*>& samples, const FaultTable& faults) {
  FormFigures figures;
  const FormSample& first = *samples.front()->sample;
  figures.data_set = first.data_set;
  figures.exercise = first.exercise->name;
  figures.repetitions = static_cast<int>(samples.size());
  std::vector<const Fault*> classes;
  std::vector<std::string> names = {kCorrect};
  for (const Fault& fault : faults.Of(figures.exercise)) {
    if (std::ranges::none_of(samples, [&](const JudgedSample* j) { return j->sample->fault == fault.name; }))
      continue;
    classes.push_back(&fault);
    names.push_back(fault.name);
    figures.faults.push_back({fault.name});
  }
  figures.named = evaluation::ConfusionMatrix(names);
  std::map<std::string, std::pair<int, int>> agreed;
  for (const JudgedSample* judged : samples) {
    const FormSample& sample = *judged->sample;
    const bool clearly = Clearly(*judged);
    auto& [right, all] = agreed[sample.group];
    right += sample.correct == (sample.repetition.complete && !clearly);
    ++all;
    figures.faultless += sample.correct;
    figures.false_alarms += sample.correct && clearly;
    if (sample.correct) figures.named.Add(0, Decision(*judged, classes));
    for (size_t i = 0; i < classes.size(); ++i) {
      if (sample.correct || sample.fault != classes[i]->name) continue;
      figures.named.Add(static_cast<int>(i) + 1, Decision(*judged, classes));
      const FindingLevel level = LevelOf(*classes[i], *judged);
      FaultFigures& fault = figures.faults[i];
      ++fault.repetitions;
      fault.judged += level != FindingLevel::kNotJudged;
      fault.found += level == FindingLevel::kClearly;
      fault.slightly += level == FindingLevel::kSlightly;
    }
  }
  int right = 0;
  for (const auto& [group, share] : agreed) {
    right += share.first;
    figures.agreement_by_group[group] = static_cast<double>(share.first) / share.second;
  }
  figures.agreement = static_cast<double>(right) / figures.repetitions;
  for (size_t i = 0; i < first.exercise->conditions.size(); ++i)
    figures.conditions.push_back(FiguresOf(i, samples, faults));
  figures.auc = AucOf(samples);
  return figures;
}

std::string Percent(int part, int whole) {
  return whole == 0 ? "-" : absl::StrFormat("%.1f %%", 100.0 * part / whole);
}

}  // namespace

std::vector<JudgedSample> JudgeAsShipped(const std::vector<FormSample>& samples) {
  std::vector<JudgedSample> judged;
  for (const FormSample& sample : samples) {
    JudgedSample& one = judged.emplace_back();
    one.sample = &sample;
    for (const repetitions::Finding& finding : sample.repetition.findings)
      one.levels.push_back(finding.level);
  }
  return judged;
}

std::vector<JudgedSample> JudgeLeaveOneGroupOut(const std::vector<FormSample>& samples,
                                                const FaultTable& faults) {
  std::vector<JudgedSample> judged;
  std::set<std::pair<const repetitions::Exercise*, std::string>> groups;
  for (const FormSample& sample : samples) groups.emplace(sample.exercise, sample.group);
  for (const auto& [exercise, group] : groups) {
    std::vector<const FormSample*> others;
    for (const FormSample& sample : samples) {
      if (sample.exercise == exercise && sample.group != group) others.push_back(&sample);
    }
    const FittedLimits limits = FitLimits(others, faults);
    for (const FormSample& sample : samples) {
      if (sample.exercise != exercise || sample.group != group) continue;
      JudgedSample& one = judged.emplace_back();
      one.sample = &sample;
      for (size_t i = 0; i < exercise->conditions.size(); ++i)
        one.levels.push_back(LevelWith(limits, sample, i));
    }
  }
  return judged;
}

std::vector<FormFigures> FiguresOfForm(const std::vector<JudgedSample>& judged, const FaultTable& faults) {
  std::map<std::pair<std::string, std::string>, std::vector<const JudgedSample*>> sets;
  for (const JudgedSample& one : judged) {
    sets[{one.sample->data_set, one.sample->exercise->name}].push_back(&one);
  }
  std::vector<FormFigures> figures;
  figures.reserve(sets.size());
  for (const auto& [key, samples] : sets) figures.push_back(FiguresOfSet(samples, faults));
  return figures;
}

std::string FormText(const std::vector<FormFigures>& figures) {
  std::string text;
  for (const FormFigures& set : figures) {
    absl::StrAppendFormat(&text, "%s, %s: %d repetitions\n", set.data_set, set.exercise, set.repetitions);
    absl::StrAppendFormat(
        &text, "  label correct or not is the coach's word: %.1f %%; AUC of the score by clip: %.3f\n",
        100 * set.agreement, set.auc);
    absl::StrAppend(&text,
                    "  false alarms in repetitions without fault: ", Percent(set.false_alarms, set.faultless),
                    " of ", set.faultless, "\n");
    if (!set.faults.empty()) {
      absl::StrAppendFormat(&text, "  macro F1 of correct and named faults: %.3f\n%s", set.named.MacroF1(),
                            set.named.ToText());
    }
    for (const FaultFigures& fault : set.faults) {
      absl::StrAppend(&text, "  ", fault.fault, ": ", fault.repetitions, " repetitions, judged ",
                      Percent(fault.judged, fault.repetitions), ", of these found ",
                      Percent(fault.found, fault.judged), ", at least slightly ",
                      Percent(fault.found + fault.slightly, fault.judged), "\n");
    }
    for (const ConditionFigures& condition : set.conditions) {
      absl::StrAppend(&text, "    ", condition.code, ": precision ",
                      Percent(condition.rightly, condition.clearly), ", recall ",
                      Percent(condition.rightly, condition.with_fault), ", false alarms ",
                      Percent(condition.false_alarms, condition.faultless), ", not judged from the front ",
                      Percent(condition.not_judged[0], condition.shown[0]), ", diagonally ",
                      Percent(condition.not_judged[1], condition.shown[1]), ", from the side ",
                      Percent(condition.not_judged[2], condition.shown[2]), "\n");
    }
  }
  return text;
}

nlohmann::ordered_json FormJson(const std::vector<FormFigures>& figures) {
  nlohmann::ordered_json sets = nlohmann::ordered_json::array();
  for (const FormFigures& set : figures) {
    nlohmann::ordered_json json = {{"data_set", set.data_set},
                                   {"exercise", set.exercise},
                                   {"repetitions", set.repetitions},
                                   {"agreement", set.agreement},
                                   {"agreement_by_group", set.agreement_by_group},
                                   {"auc", std::isfinite(set.auc) ? nlohmann::json(set.auc) : nullptr},
                                   {"faultless", set.faultless},
                                   {"false_alarms", set.false_alarms},
                                   {"macro_f1", set.named.MacroF1()},
                                   {"confusion", set.named.ToJson()},
                                   {"faults", nlohmann::json::array()},
                                   {"conditions", nlohmann::json::array()}};
    for (const FaultFigures& fault : set.faults) {
      json["faults"].push_back({{"fault", fault.fault},
                                {"repetitions", fault.repetitions},
                                {"judged", fault.judged},
                                {"found", fault.found},
                                {"slightly", fault.slightly}});
    }
    for (const ConditionFigures& condition : set.conditions) {
      json["conditions"].push_back({{"code", condition.code},
                                    {"judged", condition.judged},
                                    {"clearly", condition.clearly},
                                    {"rightly", condition.rightly},
                                    {"with_fault", condition.with_fault},
                                    {"false_alarms", condition.false_alarms},
                                    {"faultless", condition.faultless},
                                    {"shown_by_view", condition.shown},
                                    {"not_judged_by_view", condition.not_judged}});
    }
    sets.push_back(std::move(json));
  }
  return sets;
}

}  // namespace trackfit::coach_evaluation
