#include "http_edge.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "caller.h"
#include "rpc/listener.h"
#include "rpc/operator_pages.h"
#include "web/host.h"
#include "web/origin.h"
#include "web/static_files.h"
#include "web/web_socket_stream.h"

namespace trackfit::gateway_server {
namespace {

using AnalyzeStream = web::WebSocketStream<v1::AnalyzeRequest, v1::AnalyzeResponse>;

// The app, or a page that says where it would be.
web::HttpHandler AppPages(const std::string& folder, const telemetry::Logger& log) {
  auto files = web::StaticFiles::Load(folder);
  if (files.ok()) {
    log.Info("web app", {{"folder", folder}, {"files", static_cast<int64_t>(files->count())}});
    return [files = *std::move(files)](const web::HttpRequest& request) { return files.Answer(request); };
  }
  log.Warning("no web app", {{"reason", files.status().message()}});
  return [folder](const web::HttpRequest&) {
    web::HttpResponse response{
        .status = 404,
        .body =
            absl::StrCat("TrackFit's gateway is running, and its WebSocket /v1/analyze works.\n\n",
                         "There is no web app here: it was not found in ", folder,
                         " when the gateway started.\nBuild it with `cmake --build build/release --target "
                         "web_page`, or name its folder with --web-root; then start the gateway again.\n")};
    web::AddSecurityHeaders(response);
    return response;
  };
}

web::HttpResponse OtherOrigin(const web::HttpRequest& request) {
  return {.status = 403,
          .body = absl::StrCat("pages of ", request.Header("origin"),
                               " may not use this gateway; see --http-allowed-origins\n")};
}

web::HttpResponse OtherHost(const web::HttpRequest& request) {
  return {.status = 421,
          .body = absl::StrCat("this gateway does not go by the name ", request.Header("host"),
                               "; see --http-hosts\n")};
}

// Behind the handshake, for browsers do not tell a page why one failed.
void OpenSocket(rpc::Runtime& runtime, GatewayService& service, const web::HttpRequest& request,
                const std::shared_ptr<web::WebSocket>& socket) {
  const std::string authorization = AuthorizationOf(request);
  const absl::Status welcome = Precheck(service.gatekeeper(), authorization, request.peer);
  if (!welcome.ok()) return AnalyzeStream::Refuse(runtime.stream_resources(), "Analyze", *socket, welcome);
  AnalyzeStream::Open(runtime.stream_resources(), "Analyze", request, authorization, socket,
                      service.analyze());
}

// Where there are keys, the web port is for their tenants, and metrics are the operator's.
web::HttpResponse NoMetrics(const web::HttpRequest&) {
  return {.status = 403,
          .body = "this gateway asks for API keys, so metrics are at --metrics-listen alone\n"};
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpEdge>> HttpEdge::Start(rpc::Runtime& runtime, const HttpOptions& options,
                                                          GatewayService& service) {
  std::unique_ptr<HttpEdge> edge(new HttpEdge(runtime));
  if (options.listen.empty()) return edge;
  if (absl::Status listening = edge->Listen(runtime, options, service); !listening.ok()) {
    return absl::Status(listening.code(), absl::StrCat("--http-listen: ", listening.message()));
  }
  return edge;
}

HttpEdge::~HttpEdge() {
  if (uploads_ != nullptr) uploads_->Stop();
}

absl::Status HttpEdge::Listen(rpc::Runtime& runtime, const HttpOptions& options, GatewayService& service) {
  const auto origins = web::OriginCheck::Create(options.allowed_origins);
  if (!origins.ok()) return origins.status();
  const auto hosts = web::HostCheck::Create(options.hosts);
  if (!hosts.ok()) return hosts.status();
  const auto refuse = [origins =
                           *origins](const web::HttpRequest& request) -> std::optional<web::HttpResponse> {
    if (origins.Allows(request)) return std::nullopt;
    return OtherOrigin(request);
  };
  uploads_ = std::make_unique<UploadPage>(runtime, options.uploads, service, refuse);
  const rpc::ServerOptions& server = runtime.options();
  const rpc::ConnectionLimits limits = rpc::LimitsFor(server, runtime.descriptor_limit() / 2);
  web::HttpServerConfig config;
  config.pages = rpc::OperatorPages(runtime);
  if (service.gatekeeper() != nullptr) config.pages["/metrics"] = NoMetrics;
  config.other_pages = AppPages(options.web_root, runtime.log());
  config.web_sockets["/v1/analyze"] = {
      .refuse = refuse,
      .on_open =
          [&runtime, &service](const web::HttpRequest& request,
                               const std::shared_ptr<web::WebSocket>& socket) {
            OpenSocket(runtime, service, request, socket);
          },
      .subprotocol = "trackfit.v1",
  };
  config.post_pages["/v1/analyze"] = uploads_->Page();
  config.refuse = [hosts = *hosts](const web::HttpRequest& request) -> std::optional<web::HttpResponse> {
    if (hosts.Allows(request)) return std::nullopt;
    return OtherHost(request);
  };
  config.tls = runtime.tls();
  if (!options.certificate.empty()) {
    auto own = runtime.credentials().Add("http", options.Files());
    if (!own.ok()) return own.status();
    config.tls = *std::move(own);
  }
  config.web_socket_limits.max_message_bytes = static_cast<std::size_t>(server.max_message_mb) << 20;
  config.web_socket_limits.max_partial_bytes = server.TransportBytes();
  config.max_connections = limits.connections;
  config.max_connections_per_peer = limits.per_peer;
  config.max_silent = limits.silent;
  config.on_exception = [&runtime](const std::string& what) {
    runtime.ReportException(runtime.log(), absl::InternalError(what));
  };
  config.on_refused = [this](net::Refusal refusal) { refusals_.Count(refusal); };
  config.on_count = [&open = runtime.metrics().Gauge("trackfit_gateway_http_connections",
                                                     "Connections to the web port that are open.")](
                        int count) { open.Set(count); };
  auto started = web::HttpServer::Start(options.listen, std::move(config));
  if (!started.ok()) return started.status();
  server_ = *std::move(started);
  return absl::OkStatus();
}

std::vector<rpc::SidePort> HttpEdge::side_ports() {
  if (server_ == nullptr) return {};
  return {{.name = "http",
           .port = server_->port(),
           .probe = [this](std::chrono::milliseconds limit) { return server_->Probe(limit); },
           .start = [this](const std::string& grpc) { uploads_->Serve(grpc); },
           .stop =
               [this] {
                 server_->StopListening();
                 uploads_->Drain();
               }}};
}

}  // namespace trackfit::gateway_server
