#include "evaluation/report.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace trackfit::evaluation {
namespace {

std::string Section(const std::string& title, const std::string& text) {
  if (text.empty()) return "";
  return absl::StrCat(title, "\n", std::string(title.size(), '-'), "\n", text, "\n");
}

}  // namespace

std::string ToText(const Report& report) {
  std::string text = absl::StrCat("Model ", report.model_version, ", subset ", report.subset, "\n\n");
  if (report.decisions) text += Section("Recognition, by clip", ToText(Summarise(*report.decisions)));
  if (report.form) {
    text += Section("Form by the quality score, thresholds from other groups of the subset",
                    ToText(Summarise(*report.form)));
  }
  if (report.form_by_folds) {
    text += Section(
        absl::StrCat("Form by the quality score, grouped ", report.folds, "-fold over the training clips"),
        ToText(Summarise(*report.form_by_folds)));
  }
  if (report.localisation) text += Section("Joints that are wrong", ToText(*report.localisation));
  if (report.robustness) text += Section("Robustness of the exercises", ToText(*report.robustness));
  if (report.stability) text += Section("The same recordings seen otherwise", ToText(*report.stability));
  if (report.speed) {
    text += Section(
        "Cost", absl::StrFormat("  one assessment on one thread: median %.1f ms, of the processor's "
                                "time %.1f ms; 90th percentile %.1f ms; %d windows\n"
                                "  archive: %.2f MB\n",
                                report.speed->median_ms, report.speed->median_cpu_ms, report.speed->p90_ms,
                                report.speed->windows, 1e-6 * static_cast<double>(report.archive_bytes)));
  }
  return text;
}

nlohmann::json ToJson(const Report& report) {
  nlohmann::json json = {{"model", report.model_version}, {"subset", report.subset}};
  if (report.decisions) {
    json["recognition"] = ToJson(Summarise(*report.decisions));
    json["classes"] = report.decisions->classes;
    json["clips"] = ToJson(*report.decisions);
  }
  if (report.form) json["form"] = ToJson(Summarise(*report.form), *report.form);
  if (report.form_by_folds) {
    json["form_by_folds"] = ToJson(Summarise(*report.form_by_folds), *report.form_by_folds);
    json["form_by_folds"]["folds"] = report.folds;
  }
  if (report.localisation) json["localisation"] = ToJson(*report.localisation);
  if (report.robustness) json["robustness"] = ToJson(*report.robustness);
  if (report.stability) json["stability"] = ToJson(*report.stability);
  if (report.speed) {
    json["speed"] = {{"median_ms", report.speed->median_ms},
                     {"median_cpu_ms", report.speed->median_cpu_ms},
                     {"p90_ms", report.speed->p90_ms},
                     {"windows", report.speed->windows}};
    json["archive_bytes"] = report.archive_bytes;
  }
  return json;
}

}  // namespace trackfit::evaluation
