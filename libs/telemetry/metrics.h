// The Prometheus metrics of one process. Names follow Prometheus' conventions: base units, `_seconds`,
// `_total`. Labels have few distinct values, so never a session or an address.
#ifndef TRACKFIT_TELEMETRY_METRICS_H_
#define TRACKFIT_TELEMETRY_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace trackfit::telemetry {

using Labels = std::map<std::string, std::string>;

// Histogram buckets in seconds for one frame or call (1 ms to 10 s), and for whole streams (1 s to 1 h).
const std::vector<double>& WorkBuckets();
const std::vector<double>& StreamBuckets();

// Thread-safe. The same name and labels always return the same instrument. References are valid as long as
// the Metrics object.
class Metrics {
 public:
  // Sets `trackfit_build_info{service,version}` to 1.
  Metrics(const std::string& service, const std::string& version);

  prometheus::Counter& Counter(const std::string& name, const std::string& help, const Labels& labels = {});
  prometheus::Gauge& Gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  prometheus::Histogram& Histogram(const std::string& name, const std::string& help,
                                   const std::vector<double>& buckets = WorkBuckets(),
                                   const Labels& labels = {});

  // The text served at /metrics.
  std::string Text() const;

 private:
  std::shared_ptr<prometheus::Registry> registry_;
};

// Observes the seconds from construction to destruction.
class Timer {
 public:
  explicit Timer(prometheus::Histogram& seconds)
      : seconds_(seconds), start_(std::chrono::steady_clock::now()) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() {
    seconds_.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count());
  }

 private:
  prometheus::Histogram& seconds_;
  std::chrono::steady_clock::time_point start_;
};

// Counts and times one RPC from start to end: trackfit_calls_started_total{method},
// trackfit_calls_total{method,code} and trackfit_call_duration_seconds{method}.
class CallGuard {
 public:
  CallGuard(Metrics& metrics, const std::string& method, const std::vector<double>& buckets);
  CallGuard(const CallGuard&) = delete;
  CallGuard& operator=(const CallGuard&) = delete;
  // Counts the call under the last code that was set.
  ~CallGuard();

  // For example "OK" or "RESOURCE_EXHAUSTED".
  void set_code(const std::string& code) { code_ = code; }
  double seconds() const;

 private:
  Metrics& metrics_;
  std::string method_;
  std::string code_ = "CANCELLED";
  prometheus::Histogram& duration_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace trackfit::telemetry

#endif  // TRACKFIT_TELEMETRY_METRICS_H_
