#include "telemetry/metrics.h"

#include <prometheus/text_serializer.h>

namespace trackfit::telemetry {

const std::vector<double>& WorkBuckets() {
  static const std::vector<double> kBuckets = {0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015,
                                               0.02,  0.03,  0.05,  0.075, 0.1,    0.15, 0.2,
                                               0.3,   0.5,   0.75,  1,     2.5,    5,    10};
  return kBuckets;
}

const std::vector<double>& StreamBuckets() {
  static const std::vector<double> kBuckets = {1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600};
  return kBuckets;
}

Metrics::Metrics(const std::string& service, const std::string& version)
    : registry_(std::make_shared<prometheus::Registry>()) {
  Gauge("trackfit_build_info", "Always 1; the labels say what is running.",
        {{"service", service}, {"version", version}})
      .Set(1);
}

prometheus::Counter& Metrics::Counter(const std::string& name, const std::string& help,
                                      const Labels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*registry_).Add(labels);
}

prometheus::Gauge& Metrics::Gauge(const std::string& name, const std::string& help, const Labels& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*registry_).Add(labels);
}

prometheus::Histogram& Metrics::Histogram(const std::string& name, const std::string& help,
                                          const std::vector<double>& buckets, const Labels& labels) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(*registry_).Add(labels, buckets);
}

std::string Metrics::Text() const { return prometheus::TextSerializer().Serialize(registry_->Collect()); }

CallGuard::CallGuard(Metrics& metrics, const std::string& method, const std::vector<double>& buckets)
    : metrics_(metrics),
      method_(method),
      duration_(metrics.Histogram("trackfit_call_duration_seconds",
                                  "Time from the start of a call to its end.", buckets,
                                  {{"method", method}})) {
  metrics_.Counter("trackfit_calls_started_total", "Calls that began.", {{"method", method_}}).Increment();
}

CallGuard::~CallGuard() {
  duration_.Observe(seconds());
  metrics_
      .Counter("trackfit_calls_total", "Calls that ended, by status code.",
               {{"method", method_}, {"code", code_}})
      .Increment();
}

double CallGuard::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

}  // namespace trackfit::telemetry
