// How well the coach judges form: named faults, conditions one by one, correct against incorrect.
#ifndef TRACKFIT_COACH_EVALUATION_FORM_FIGURES_H_
#define TRACKFIT_COACH_EVALUATION_FORM_FIGURES_H_

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "coach_evaluation/form_faults.h"
#include "coach_evaluation/form_limits.h"
#include "coach_evaluation/form_samples.h"
#include "evaluation/confusion_matrix.h"

namespace trackfit::coach_evaluation {

// A sample with what the coach says of it.
struct JudgedSample {
  const FormSample* sample = nullptr;
  std::vector<repetitions::FindingLevel> levels;  // of its findings
};

// As the exercises' files have it.
std::vector<JudgedSample> JudgeAsShipped(const std::vector<FormSample>& samples);
// Each group with the limits that are fitted to the other groups of all data sets; what cannot be fitted is
// judged as shipped.
std::vector<JudgedSample> JudgeLeaveOneGroupOut(const std::vector<FormSample>& samples,
                                                const FaultTable& faults);

// Of one fault in one data set.
struct FaultFigures {
  std::string fault;
  int repetitions = 0;
  int judged = 0;    // its first condition is, or another finds it
  int found = 0;     // one of its conditions is clearly off
  int slightly = 0;  // or slightly
};

// Of one condition in one data set.
struct ConditionFigures {
  std::string code;
  int judged = 0;
  std::array<int, 3> shown{};       // by view: repetitions
  std::array<int, 3> not_judged{};  // of them
  int clearly = 0;
  int rightly = 0;       // of those, with a fault that it tells
  int with_fault = 0;    // judged, with a fault that it tells
  int false_alarms = 0;  // clearly off in repetitions without any fault
  int faultless = 0;     // judged
};

struct FormFigures {
  std::string data_set;
  std::string exercise;
  int repetitions = 0;
  // Classes are "correct" and the faults that the data set has; repetitions with a fault that has no name are
  // left out.
  evaluation::ConfusionMatrix named{{}};
  std::vector<FaultFigures> faults;
  std::vector<ConditionFigures> conditions;
  int faultless = 0;
  int false_alarms = 0;  // faultless repetitions of which something is clearly off
  double agreement = 0;  // share whose label is the coach's word: correct or not
  std::map<std::string, double> agreement_by_group;
  double auc = 0;  // of the mean score of a clip, correct against incorrect; NaN when one is missing
};

std::vector<FormFigures> FiguresOfForm(const std::vector<JudgedSample>& judged, const FaultTable& faults);

std::string FormText(const std::vector<FormFigures>& figures);
nlohmann::ordered_json FormJson(const std::vector<FormFigures>& figures);

}  // namespace trackfit::coach_evaluation

#endif  // TRACKFIT_COACH_EVALUATION_FORM_FIGURES_H_
