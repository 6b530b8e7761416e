// The gRPC server's listening sockets. gRPC 1.51 never accepts again once it has run out of file
// descriptors, and has no limit of connections, so they are accepted here and handed over.
#ifndef TRACKFIT_RPC_LISTENER_H_
#define TRACKFIT_RPC_LISTENER_H_

#include <grpcpp/server_builder.h>

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "net/probe_result.h"
#include "rpc/runtime.h"

namespace trackfit::rpc {

// How many connections a server takes.
struct ConnectionLimits {
  int connections;
  int per_peer;
  int silent;  // that have not sent anything yet
};

// What the flags say, within what `descriptors` leave room for.
ConnectionLimits LimitsFor(const ServerOptions& options, int descriptors);

// Counts trackfit_connections and trackfit_connections_refused_total{reason}.
class Listener {
 public:
  // Binds the address of the flag `listen`; errors are those of net::Listen(). The runtime outlives the
  // listener.
  static absl::StatusOr<std::unique_ptr<Listener>> Bind(Runtime& runtime);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  // As Stop().
  ~Listener();

  int port() const;
  // Where this machine reaches it: "127.0.0.1:8000".
  std::string loopback() const;
  const ConnectionLimits& limits() const;

  // Once, before the server is built.
  void AddTo(grpc::ServerBuilder& builder, std::shared_ptr<grpc::ServerCredentials> credentials);
  // Once, when the server is up.
  void Start();
  // From now on connections are refused; those that were handed over live on. To be called before the server
  // shuts down.
  void Stop();

  // Whether its ports react within `limit`; blocks that long for each at most. Thread-safe.
  net::ProbeResult Probe(std::chrono::milliseconds limit) const;

 private:
  class Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_LISTENER_H_
