// What is counted of models that come and go.
#ifndef TRACKFIT_MODEL_STORE_MODEL_METRICS_H_
#define TRACKFIT_MODEL_STORE_MODEL_METRICS_H_

#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "telemetry/metrics.h"

namespace trackfit::model_store {

enum class Refusal {
  kBroken,        // cannot be loaded
  kUnfit,         // is a model, but not one that sessions could use
  kWrongAnswers,  // fails, or gives figures that no assessment can have
  kSlow,          // takes too long beside the served version
  kCanaryFile,    // its file `canary` holds no share
};

// As it is written in the label `reason`.
const char* Name(Refusal reason);

// Thread-safe; the metrics outlive it. A process that has seen kMaxVersions versions labels further ones
// `other`: series stay until it ends.
class ModelMetrics {
 public:
  static constexpr std::size_t kMaxVersions = 100;

  explicit ModelMetrics(telemetry::Metrics& metrics);

  telemetry::Metrics& metrics() { return metrics_; }

  void CountLoad(const std::string& model);
  void CountRefusal(Refusal reason);
  void CountSession(const std::string& model, const std::string& version);
  prometheus::Counter& Windows(const std::string& model, const std::string& version);
  // The share of new sessions that a version gets from now on; `is_served`: it is one that can get some.
  void SetShare(const std::string& model, const std::string& version, bool is_served, double share);

 private:
  telemetry::Labels LabelsOf(const std::string& model, const std::string& version);

  telemetry::Metrics& metrics_;
  std::mutex mutex_;
  std::set<std::pair<std::string, std::string>> labelled_;
};

}  // namespace trackfit::model_store

#endif  // TRACKFIT_MODEL_STORE_MODEL_METRICS_H_
