// Flags that all servers share; each is also read from the environment as TRACKFIT_<NAME>.
#ifndef TRACKFIT_RPC_SERVER_OPTIONS_H_
#define TRACKFIT_RPC_SERVER_OPTIONS_H_

#include <CLI/App.hpp>
#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "tls/credentials.h"

namespace trackfit::rpc {

// PEM files of TLS; without a certificate there is none.
struct TlsOptions {
  std::string certificate;  // and behind it those that lead to a known authority
  std::string key;
  std::string client_ca;  // clients must present a certificate that it signed; empty: they need none

  bool enabled() const { return !certificate.empty(); }
  tls::CredentialFiles Files() const;
};

struct ServerOptions {
  std::string listen;          // host:port of gRPC; port 0 picks a free one
  std::string metrics_listen;  // host:port of /metrics; port 0 picks a free one; empty: none
  std::string log_level = "info";
  std::string log_format = "text";
  std::string port_file;               // where to write the ports that were chosen, as JSON; empty: nowhere
  double drain_grace = 10;             // seconds that running streams get after SIGTERM
  double idle_timeout = 300;           // seconds until a stream whose client does nothing is ended; 0 = never
  int max_sessions = 64;               // streams at a time
  int max_in_flight = 8;               // requests of one stream that are read before the first is answered
  int workers = 0;                     // threads that do the work; 0 = one per core
  int max_message_mb = 16;             // largest request
  int max_queued_mb = 0;               // requests of all streams and calls that are read and not yet answered
  int max_transport_mb = 0;            // what gRPC may hold of messages on their way
  int max_streams_per_connection = 0;  // 0 = 64 more than max_sessions, so that refusals reach the client
  int max_connections = 0;             // 0 = as many as descriptors allow, at most 1024
  int max_connections_per_peer = 0;    // from one address; 0 = a quarter of max_connections
  double max_connection_age = 60;      // seconds until clients are asked to connect anew; 0 = never
  double self_check_interval = 10;     // seconds between attempts to reach the own ports; 0 = never
  bool reflection = false;
  TlsOptions tls;

  // Declares the flags, --version among them; the values present now are their defaults.
  void Register(CLI::App& app);
  // INVALID_ARGUMENT naming the flag and its limits.
  absl::Status Validate() const;
  // `workers` and the limits with 0 resolved.
  int WorkerCount() const;
  int StreamsPerConnection() const;
  std::size_t QueuedBytes() const;
  std::size_t TransportBytes() const;
};

// TRACKFIT_MAX_SESSIONS for "max-sessions".
std::string EnvironmentName(const std::string& flag);

// Declares `--name` with its environment variable; every flag of a server is made by it.
template <class T>
CLI::Option* AddFlag(CLI::App& app, const std::string& name, T& value, const std::string& description) {
  return app.add_option("--" + name, value, description)
      ->envname(EnvironmentName(name))
      ->capture_default_str();
}

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_SERVER_OPTIONS_H_
