// Serves /metrics over HTTP.
#ifndef TRACKFIT_TELEMETRY_METRICS_ENDPOINT_H_
#define TRACKFIT_TELEMETRY_METRICS_ENDPOINT_H_

#include <prometheus/exposer.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "telemetry/metrics.h"

namespace trackfit::telemetry {

// Serves while it lives.
class MetricsEndpoint {
 public:
  // `address` is host:port; port 0 picks a free one. UNAVAILABLE, naming the address, when it cannot be
  // bound.
  static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> Start(const std::string& address,
                                                                const Metrics& metrics);

  int port() const { return port_; }

 private:
  MetricsEndpoint(std::unique_ptr<prometheus::Exposer> exposer, int port)
      : exposer_(std::move(exposer)), port_(port) {}

  std::unique_ptr<prometheus::Exposer> exposer_;
  int port_;
};

}  // namespace trackfit::telemetry

#endif  // TRACKFIT_TELEMETRY_METRICS_ENDPOINT_H_
