// The gateway in this process, over real sockets.
#ifndef TRACKFIT_TESTS_INTEGRATION_SUPPORT_GATEWAY_H_
#define TRACKFIT_TESTS_INTEGRATION_SUPPORT_GATEWAY_H_

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "gateway_options.h"
#include "gateway_service.h"
#include "http_edge.h"
#include "rpc/runtime.h"
#include "rpc/server.h"
#include "runtime/ticker.h"
#include "support/health_client.h"
#include "upstreams.h"

namespace trackfit::testing {

class Gateway {
 public:
  Gateway(const std::string& extractor, const std::string& inferencer,
          const gateway_server::GatewayOptions& base = gateway_server::GatewayOptions()) {
    gateway_server::GatewayOptions options = base;
    if (!options.server.listen.starts_with("127.0.0.1:")) options.server.listen = "127.0.0.1:0";
    options.server.metrics_listen = "127.0.0.1:0";
    options.http.listen = "127.0.0.1:0";
    options.server.log_level = "error";
    options.server.drain_grace = 1;
    options.extractor = extractor;
    options.inferencer = inferencer;
    runtime_ = *rpc::Runtime::Create("gateway", options.server);
    ticker_ = std::make_unique<runtime::Ticker>(std::chrono::milliseconds(20));
    upstreams_ = std::make_unique<gateway_server::Upstreams>(
        extractor, inferencer, gateway_server::UpstreamSecurity{}, *ticker_, runtime_->log());
    service_ = std::make_unique<gateway_server::GatewayService>(*runtime_, options, *upstreams_, *ticker_);
    edge_ = *gateway_server::HttpEdge::Start(*runtime_, options.http, *service_);
    server_ = *rpc::Server::Start(
        *runtime_, *service_, v1::GatewayService::service_full_name(),
        [this] { return upstreams_->reached(); }, edge_->side_ports(), [this] { service_->Drain(); });
  }
  int port() const { return server_->port(); }
  int http_port() const { return edge_->port(); }
  std::string MetricsText() { return runtime_->metrics().Text(); }
  bool BecomesReady() {
    for (int waited = 0; waited < 500 && !server_->ready(); ++waited) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      server_->UpdateHealth();
    }
    return server_->ready();
  }
  std::string Health() const {
    return CheckHealth(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port()), grpc::InsecureChannelCredentials()),
        v1::GatewayService::service_full_name());
  }
  rpc::Server& server() { return *server_; }

 private:
  std::unique_ptr<rpc::Runtime> runtime_;
  std::unique_ptr<runtime::Ticker> ticker_;
  std::unique_ptr<gateway_server::Upstreams> upstreams_;
  std::unique_ptr<gateway_server::GatewayService> service_;
  std::unique_ptr<gateway_server::HttpEdge> edge_;
  std::unique_ptr<rpc::Server> server_;
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_INTEGRATION_SUPPORT_GATEWAY_H_
