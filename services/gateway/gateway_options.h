// The gateway's flags.
#ifndef TRACKFIT_SERVICES_GATEWAY_GATEWAY_OPTIONS_H_
#define TRACKFIT_SERVICES_GATEWAY_GATEWAY_OPTIONS_H_

#include <CLI/App.hpp>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "gateway/analysis_session.h"
#include "rpc/server_options.h"

namespace trackfit::gateway_server {

struct GatewayOptions {
  GatewayOptions();

  rpc::ServerOptions server;
  std::string extractor = "localhost:8001";   // host:port
  std::string inferencer = "localhost:8002";  // host:port
  double upstream_timeout = 20;               // seconds; see gateway::AnalysisOptions
  int64_t max_frame_bytes = 4 << 20;          // largest file; see gateway::AnalysisOptions
  int64_t max_raw_frame_bytes = 12 << 20;     // holds 4K in NV12 and I420, 1080p in any format

  void Register(CLI::App& app);
  // INVALID_ARGUMENT naming the flag and its limits.
  absl::Status Validate() const;
  gateway::AnalysisOptions Analysis() const;
};

}  // namespace trackfit::gateway_server

#endif  // TRACKFIT_SERVICES_GATEWAY_GATEWAY_OPTIONS_H_
