// The gateway for browsers: the web app, its stream as a WebSocket, and the operators' pages.
#ifndef TRACKFIT_SERVICES_GATEWAY_HTTP_EDGE_H_
#define TRACKFIT_SERVICES_GATEWAY_HTTP_EDGE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway_options.h"
#include "gateway_service.h"
#include "rpc/refusal_log.h"
#include "rpc/runtime.h"
#include "rpc/server.h"
#include "upload_page.h"
#include "web/http_server.h"

namespace trackfit::gateway_server {

// GET / and the app's files, GET /metrics, GET /healthz, and /v1/analyze: docs/websocket.md.
class HttpEdge {
 public:
  // Listens from now on, on the address of --http-listen; where that is empty, it does nothing. The errors of
  // web::HttpServer::Start(). Runtime and service outlive it.
  static absl::StatusOr<std::unique_ptr<HttpEdge>> Start(rpc::Runtime& runtime, const HttpOptions& options,
                                                         GatewayService& service);

  HttpEdge(const HttpEdge&) = delete;
  HttpEdge& operator=(const HttpEdge&) = delete;
  // Gives what is on its way to clients a moment.
  ~HttpEdge();

  // For rpc::Server, which must not outlive it.
  std::vector<rpc::SidePort> side_ports();
  int port() const { return server_ == nullptr ? 0 : server_->port(); }  // 0: none

 private:
  explicit HttpEdge(rpc::Runtime& runtime) : refusals_(runtime) {}

  absl::Status Listen(rpc::Runtime& runtime, const HttpOptions& options, GatewayService& service);

  rpc::RefusalLog refusals_;
  std::unique_ptr<UploadPage> uploads_;  // outlives the connections
  std::unique_ptr<web::HttpServer> server_;
};

}  // namespace trackfit::gateway_server

#endif  // TRACKFIT_SERVICES_GATEWAY_HTTP_EDGE_H_
