// Flags that all servers share; each is also read from the environment as TRACKFIT_<NAME>.
#ifndef TRACKFIT_RPC_SERVER_OPTIONS_H_
#define TRACKFIT_RPC_SERVER_OPTIONS_H_

#include <CLI/App.hpp>
#include <string>

#include "absl/status/status.h"

namespace trackfit::rpc {

struct ServerOptions {
  std::string listen;          // host:port of gRPC; port 0 picks a free one
  std::string metrics_listen;  // host:port of /metrics; port 0 picks a free one; empty: none
  std::string log_level = "info";
  std::string log_format = "text";
  std::string port_file;      // where to write the ports that were chosen, as JSON; empty: nowhere
  double drain_grace = 10;    // seconds that running streams get after SIGTERM
  double idle_timeout = 300;  // seconds until a stream whose client does nothing is ended; 0 = never
  int max_sessions = 64;      // streams at a time
  int max_in_flight = 8;      // requests of one stream that are read before the first is answered
  int workers = 0;            // threads that do the work; 0 = one per core
  int max_message_mb = 16;    // largest request
  bool reflection = true;

  // Declares the flags, --version among them; the values present now are their defaults.
  void Register(CLI::App& app);
  // INVALID_ARGUMENT naming the flag and its limits.
  absl::Status Validate() const;
  // `workers` with 0 resolved.
  int WorkerCount() const;
};

// INVALID_ARGUMENT, naming the flag, unless it is host:port.
absl::Status CheckAddress(const std::string& flag, const std::string& address);

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
