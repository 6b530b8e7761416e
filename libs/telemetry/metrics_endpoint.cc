#include "telemetry/metrics_endpoint.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"

namespace trackfit::telemetry {

absl::StatusOr<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Start(const std::string& address,
                                                                        const Metrics& metrics) {
  try {
    auto exposer = std::make_unique<prometheus::Exposer>(address);
    exposer->RegisterCollectable(metrics.registry());
    const int port = exposer->GetListeningPorts().at(0);
    return std::unique_ptr<MetricsEndpoint>(new MetricsEndpoint(std::move(exposer), port));
  } catch (const std::exception& error) {  // civetweb's
    return absl::UnavailableError(absl::StrCat("cannot serve metrics on ", address, "; is the port taken?"));
  }
}

}  // namespace trackfit::telemetry
