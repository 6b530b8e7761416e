// Serves /metrics over HTTP.
#ifndef TRACKFIT_TELEMETRY_METRICS_ENDPOINT_H_
#define TRACKFIT_TELEMETRY_METRICS_ENDPOINT_H_

#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "telemetry/metrics.h"

namespace trackfit::telemetry {

// Serves while it lives; one request at a time, each bounded in size and time.
//
// Not prometheus-cpp's Exposer: its web server starts threads with 100 KiB of stack, which glibc refuses in a
// process with LibTorch and OpenBLAS, whose thread-local storage alone is larger.
class MetricsEndpoint {
 public:
  // `address` is host:port; port 0 picks a free one. `metrics` must outlive the endpoint. UNAVAILABLE, naming
  // the address, when it cannot be bound.
  static absl::StatusOr<std::unique_ptr<MetricsEndpoint>> Start(const std::string& address,
                                                                const Metrics& metrics);
  ~MetricsEndpoint();
  MetricsEndpoint(const MetricsEndpoint&) = delete;
  MetricsEndpoint& operator=(const MetricsEndpoint&) = delete;

  int port() const { return port_; }

 private:
  // Owns the descriptors.
  MetricsEndpoint(int listener, int wake, int port, const Metrics& metrics);

  void Serve();

  const int listener_;
  const int wake_;  // an eventfd that ends Serve()
  const int port_;
  const Metrics& metrics_;
  std::thread thread_;
};

}  // namespace trackfit::telemetry

#endif  // TRACKFIT_TELEMETRY_METRICS_ENDPOINT_H_
