// The gateway: what client apps talk to. Joins an extractor and an inferencer into one stream of frames in,
// results out.
#include <chrono>

#include "gateway_options.h"
#include "gateway_service.h"
#include "http_edge.h"
#include "rpc/server.h"
#include "rpc/server_main.h"
#include "runtime/ticker.h"
#include "upstreams.h"

namespace trackfit::gateway_server {
namespace {

int Serve(const GatewayOptions& options, rpc::Runtime& runtime, rpc::TerminationSignal& signal) {
  runtime::Ticker ticker(std::chrono::milliseconds(100), [&runtime](const absl::Status& failed) {
    runtime.ReportException(runtime.log(), failed);
  });
  UpstreamSecurity security;
  if (!options.upstream_tls.ca.empty()) {
    auto loaded = runtime.credentials().Add("upstream", options.upstream_tls.Files());
    if (!loaded.ok()) return rpc::RefuseFlags("trackfit-gateway", loaded.status());
    security = {*std::move(loaded), options.upstream_tls.name};
  }
  Upstreams upstreams(options.extractor, options.inferencer, security, ticker, runtime.log());
  GatewayService service(runtime, options, upstreams, ticker);
  const auto edge = HttpEdge::Start(runtime, options.http, service);
  if (!edge.ok()) {
    runtime.log().Error("cannot serve", {{"reason", edge.status().message()}});
    return 1;
  }
  return rpc::ServeUntilSignal(
      signal, runtime, service, v1::GatewayService::service_full_name(),
      [&upstreams] { return upstreams.reached(); }, (*edge)->side_ports(), [&service] { service.Drain(); });
}

}  // namespace
}  // namespace trackfit::gateway_server

int main(int argc, char** argv) {
  return trackfit::rpc::ServerMain(argc, argv, {"gateway", "frames in, skeletons and assessments out"},
                                   trackfit::gateway_server::Serve);
}
