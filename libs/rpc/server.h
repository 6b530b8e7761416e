// A gRPC server with what operators expect: health, reflection, /metrics, /healthz, limits, graceful
// shutdown.
#ifndef TRACKFIT_RPC_SERVER_H_
#define TRACKFIT_RPC_SERVER_H_

#include <grpcpp/server.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rpc/listener.h"
#include "rpc/private_socket.h"
#include "rpc/runtime.h"
#include "rpc/self_check.h"
#include "rpc/termination_signal.h"
#include "web/http_server.h"

namespace trackfit::rpc {

// A further port of the process, for another protocol.
struct SidePort {
  std::string name;  // in logs and in the port file: "http"
  int port = 0;
  // Whether it reacts within the limit; thread-safe.
  std::function<net::ProbeResult(std::chrono::milliseconds limit)> probe;
  // Told once, when gRPC is served, where programs that this process starts reach that without TLS:
  // "127.0.0.1:8000", or "unix:..." where others need TLS. May be empty.
  std::function<void(const std::string& grpc)> start = nullptr;
  // From then on it takes no connections; called once, when the drain begins.
  std::function<void()> stop;
};

// Serves one service. Runtime and service must outlive it.
class Server {
 public:
  // Listens; the health service says SERVING from now on, so the service must be warm, or, where `is_ready`
  // is given, from the first UpdateHealth() that finds it true. `name` is the service's full name in the
  // contract; `side_ports` are open already and outlive the server; `on_drain` is called once, when the drain
  // begins. UNAVAILABLE, naming the address, when a
  // port cannot be bound.
  static absl::StatusOr<std::unique_ptr<Server>> Start(Runtime& runtime, grpc::Service& service,
                                                       const std::string& name,
                                                       std::function<bool()> is_ready = nullptr,
                                                       std::vector<SidePort> side_ports = {},
                                                       std::function<void()> on_drain = nullptr);
  // As Drain().
  ~Server();

  int port() const { return listener_->port(); }
  int metrics_port() const { return pages_ == nullptr ? 0 : pages_->port(); }  // 0 = not served

  // To be called several times a second until ready.
  void UpdateHealth();
  bool ready() const { return is_ready_ == nullptr; }

  // Ends streams whose client has been idle for too long, wakes those that wait for bytes although there is
  // room, and looks for new certificates; to be called about once a second.
  void Housekeep();

  // False once the server's own ports did not react several times in a row.
  bool reachable() const { return self_check_ == nullptr || !self_check_->failed(); }

  // NOT_SERVING and GOAWAY at once, so that clients turn elsewhere; no new connections, streams and calls.
  // Running ones get the grace period, then they end with UNAVAILABLE. Returns when all calls and all work
  // are over.
  void Drain();

 private:
  Server(Runtime& runtime, const std::string& name) : runtime_(runtime), name_(name) {}

  absl::Status Listen(grpc::Service& service);
  // Where TLS is on and a side port wants to reach gRPC without it.
  absl::Status OpenPrivateSocket();
  absl::Status ServePages();
  absl::Status WritePortFile() const;
  void SetServing(bool serving);
  void StartSelfCheck();
  void Shutdown();
  // False when streams are left after `limit`; housekeeping goes on meanwhile.
  bool WaitForStreams(std::chrono::steady_clock::duration limit);

  Runtime& runtime_;
  const std::string name_;
  std::function<bool()> is_ready_;  // empty once it was true
  std::atomic<bool> draining_ = false;
  std::vector<SidePort> side_ports_;
  std::function<void()> on_drain_;          // may be empty
  std::unique_ptr<web::HttpServer> pages_;  // null: not served
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<PrivateSocket> private_socket_;         // may be null
  std::shared_ptr<grpc::ServerCredentials> credentials_;  // outlive server_
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<SelfCheck> self_check_;  // null: never
};

// Serves until the signal, then drains; at once where it has come already. The process's exit status: 0, or 1
// (with a log line) when it cannot listen, or can no longer be reached, so that its supervisor starts it
// anew.
int ServeUntilSignal(TerminationSignal& signal, Runtime& runtime, grpc::Service& service,
                     const std::string& name, std::function<bool()> is_ready = nullptr,
                     std::vector<SidePort> side_ports = {}, std::function<void()> on_drain = nullptr);

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_SERVER_H_
