#include "model_store/model_metrics.h"

namespace trackfit::model_store {
namespace {

prometheus::Counter& Refusals(telemetry::Metrics& metrics, Refusal reason) {
  return metrics.Counter("trackfit_model_refusals_total",
                         "Versions of models that were found and are not served, by why.",
                         {{"reason", Name(reason)}});
}

}  // namespace

const char* Name(Refusal reason) {
  switch (reason) {
    case Refusal::kBroken:
      return "broken";
    case Refusal::kUnfit:
      return "unfit";
    case Refusal::kWrongAnswers:
      return "wrong_answers";
    case Refusal::kSlow:
      return "slow";
    case Refusal::kCanaryFile:
      break;
  }
  return "canary_file";
}

ModelMetrics::ModelMetrics(telemetry::Metrics& metrics) : metrics_(metrics) {
  for (const Refusal reason :
       {Refusal::kBroken, Refusal::kUnfit, Refusal::kWrongAnswers, Refusal::kSlow, Refusal::kCanaryFile}) {
    Refusals(metrics_, reason);
  }
}

void ModelMetrics::CountLoad(const std::string& model) {
  metrics_
      .Counter("trackfit_model_loads_total", "Versions of models that were loaded and passed their checks.",
               {{"model", model}})
      .Increment();
}

void ModelMetrics::CountRefusal(Refusal reason) { Refusals(metrics_, reason).Increment(); }

void ModelMetrics::CountSession(const std::string& model, const std::string& version) {
  metrics_
      .Counter("trackfit_model_sessions_total", "Streams and clips that began with a version of a model.",
               LabelsOf(model, version))
      .Increment();
}

prometheus::Counter& ModelMetrics::Windows(const std::string& model, const std::string& version) {
  return metrics_.Counter("trackfit_model_windows_total", "Windows assessed by a version of a model.",
                          LabelsOf(model, version));
}

void ModelMetrics::SetShare(const std::string& model, const std::string& version, bool is_served,
                            double share) {
  const telemetry::Labels labels = LabelsOf(model, version);
  metrics_.Gauge("trackfit_model_info", "1 for versions that new sessions get, 0 for those before.", labels)
      .Set(is_served ? 1 : 0);
  metrics_.Gauge("trackfit_model_share", "Share of new sessions that get a version.", labels).Set(share);
}

telemetry::Labels ModelMetrics::LabelsOf(const std::string& model, const std::string& version) {
  const std::lock_guard lock(mutex_);
  const auto key = std::pair(model, version);
  const bool is_named =
      labelled_.contains(key) || (labelled_.size() < kMaxVersions && labelled_.insert(key).second);
  return {{"model", model}, {"model_version", is_named ? version : "other"}};
}

}  // namespace trackfit::model_store
