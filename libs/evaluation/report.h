// The results of an evaluation, as text and as JSON.
#ifndef TRACKFIT_EVALUATION_REPORT_H_
#define TRACKFIT_EVALUATION_REPORT_H_

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "evaluation/form.h"
#include "evaluation/localisation.h"
#include "evaluation/recognition.h"
#include "evaluation/robustness.h"
#include "evaluation/speed.h"
#include "evaluation/stability.h"

namespace trackfit::evaluation {

// What was not measured is absent.
struct Report {
  std::string model_version;
  std::string subset;
  std::optional<Decisions> decisions;
  std::optional<std::vector<FormClip>> form;  // of the subset
  std::optional<std::vector<FormClip>>
      form_by_folds;  // of the training clips, each judged by a model trained without it
  int folds = 0;
  std::optional<Localisation> localisation;
  std::optional<std::vector<VariantResult>> robustness;
  std::optional<Stability> stability;
  std::optional<Speed> speed;
  int64_t archive_bytes = 0;
};

std::string ToText(const Report& report);
nlohmann::json ToJson(const Report& report);

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_REPORT_H_
