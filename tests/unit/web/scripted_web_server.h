// A real web server on a free port whose WebSocket streams are driven by a test.
#ifndef TRACKFIT_TESTS_UNIT_WEB_SCRIPTED_WEB_SERVER_H_
#define TRACKFIT_TESTS_UNIT_WEB_SCRIPTED_WEB_SERVER_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "runtime/connection_lost.h"
#include "runtime/shutting_down.h"
#include "streaming/stream_handler.h"
#include "streaming/stream_resources.h"
#include "support/eventually.h"
#include "web/http_server.h"
#include "web/web_socket_stream.h"

namespace trackfit::web {

using testing::Eventually;

// In place of a message of Protocol Buffers; "bad" is none.
struct Text {
  std::string text;

  bool ParseFromString(const std::string& bytes) {
    text = bytes;
    return bytes != "bad";
  }
  std::string SerializeAsString() const { return text; }
  std::size_t ByteSizeLong() const { return text.size(); }
  std::string GetTypeName() const { return "Text"; }
};

using Session = streaming::StreamSession<Text>;

struct Script {
  std::function<void(const Session&, Text, streaming::InFlight)> on_request =
      [](const Session& session, Text request, streaming::InFlight) {
        session.responses->Write(std::move(request));
      };
  std::function<void(const Session&)> on_half_close = [](const Session& session) {
    session.responses->Write({"summary"});
    session.responses->Finish(absl::OkStatus());
  };
};

struct ServerLimits {
  WebSocketLimits sockets = {};
  int max_sessions = 1000;
  int max_in_flight = 4;
  std::size_t queued_bytes = 256 << 20;
  int max_connections = 1000;
};

class ScriptedWebServer {
 public:
  explicit ScriptedWebServer(Script script = {}, const ServerLimits& limits = {})
      : script_(std::move(script)),
        pool_({.workers = 2}),
        gate_({.max_sessions = limits.max_sessions}),
        budget_({.limit = limits.queued_bytes}),
        resources_{pool_,
                   gate_,
                   budget_,
                   streams_,
                   metrics_,
                   log_,
                   limits.max_in_flight,
                   limits.queued_bytes / 8,
                   [this](const telemetry::Logger&, const absl::Status&) { ++exceptions; }} {
    HttpServerConfig config;
    config.web_socket_limits = limits.sockets;
    config.max_connections = limits.max_connections;
    config.web_sockets["/v1/analyze"] = {
        .refuse = [](const HttpRequest& request) -> std::optional<HttpResponse> {
          if (request.Header("origin") != "http://evil.example") return std::nullopt;
          return HttpResponse{.status = 403, .body = "not you\n"};
        },
        .on_open =
            [this](const HttpRequest& request, const std::shared_ptr<WebSocket>& socket) {
              WebSocketStream<Text, Text>::Open(
                  resources_, "Test", request, request.Header("authorization"), socket,
                  [this](Session session) {
                    return absl::StatusOr<std::unique_ptr<streaming::StreamHandler<Text>>>(
                        std::make_unique<Handler>(*this, std::move(session)));
                  });
            },
    };
    server_ = *HttpServer::Start("127.0.0.1:0", std::move(config));
  }
  // As a drain does: handlers end with their streams.
  ~ScriptedWebServer() {
    streams_.AbortAll(runtime::ShuttingDown());
    pool_.Shutdown();
    server_.reset();
  }

  int port() const { return server_->port(); }
  HttpServer& server() { return *server_; }
  streaming::LiveStreams& streams() { return streams_; }
  runtime::AdmissionGate& gate() { return gate_; }
  runtime::ByteBudget& budget() { return budget_; }
  telemetry::Metrics& metrics() { return metrics_; }

  std::atomic<int> handlers = 0;  // alive
  std::atomic<int> requests = 0;
  std::atomic<int> ends = 0;
  std::atomic<int> lost = 0;  // of these, by clients who may not have wanted to
  std::atomic<int> exceptions = 0;

 private:
  class Handler final : public streaming::StreamHandler<Text> {
   public:
    Handler(ScriptedWebServer& server, Session session) : server_(server), session_(std::move(session)) {
      ++server_.handlers;
    }
    ~Handler() override { --server_.handlers; }
    void OnRequest(Text request, streaming::InFlight in_flight, int) override {
      ++server_.requests;
      server_.script_.on_request(session_, std::move(request), std::move(in_flight));
    }
    void OnHalfClose(int) override { server_.script_.on_half_close(session_); }
    void OnEnd(const absl::Status& status) override {
      if (runtime::IsConnectionLost(status)) ++server_.lost;
      ++server_.ends;
    }

   private:
    ScriptedWebServer& server_;
    const Session session_;
  };

  const Script script_;
  runtime::WorkerPool pool_;
  runtime::AdmissionGate gate_;
  runtime::ByteBudget budget_;
  streaming::LiveStreams streams_;
  telemetry::Metrics metrics_{"test", "0"};
  const telemetry::Logger log_{"test", telemetry::LogLevel::kError, telemetry::LogFormat::kText};
  const streaming::StreamResources resources_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace trackfit::web

#endif  // TRACKFIT_TESTS_UNIT_WEB_SCRIPTED_WEB_SERVER_H_
