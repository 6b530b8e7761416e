#include "rpc/server_options.h"

#include <algorithm>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "command_line/address.h"
#include "files/outputs.h"
#include "telemetry/log.h"

namespace trackfit::rpc {

using command_line::AddressUse;
using command_line::CheckAddress;

namespace {

template <class T>
absl::Status CheckRange(const std::string& flag, T value, T lowest, T highest) {
  if (value >= lowest && value <= highest) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " is ", value, "; it must be between ", lowest, " and ", highest));
}

constexpr int kUsualMb = 256;

// The largest request must fit, whatever else is on its way.
absl::Status CheckHolds(const std::string& flag, int megabytes, int max_message_mb) {
  if (megabytes == 0 || (megabytes >= 2 * max_message_mb && megabytes <= 1 << 20)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(flag, " is ", megabytes, "; it must be at least ",
                                                 2 * max_message_mb, ", twice max-message-mb, and at most ",
                                                 1 << 20));
}

std::size_t Bytes(int megabytes, int max_message_mb) {
  const int resolved = megabytes > 0 ? megabytes : std::max(kUsualMb, 2 * max_message_mb);
  return static_cast<std::size_t>(resolved) << 20;
}

}  // namespace

tls::CredentialFiles TlsOptions::Files() const {
  return {{"--tls-certificate", certificate}, {"--tls-key", key}, {"--tls-client-ca", client_ca}};
}

std::string EnvironmentName(const std::string& flag) {
  return absl::StrCat("TRACKFIT_", absl::AsciiStrToUpper(absl::StrReplaceAll(flag, {{"-", "_"}})));
}

void ServerOptions::Register(CLI::App& app) {
  app.set_version_flag("--version", TRACKFIT_VERSION);
  app.option_defaults()->group("Server");
  AddFlag(app, "listen", listen, "Address of the gRPC server; port 0 picks a free one");
  AddFlag(app, "metrics-listen", metrics_listen,
          "Address of /metrics (HTTP); port 0 picks a free one; empty: none");
  AddFlag(app, "port-file", port_file, "Write the ports to this file, as {\"grpc\":8001,\"metrics\":9101}");
  AddFlag(app, "workers", workers, "Threads that do the work; 0 = one per core");
  AddFlag(app, "max-sessions", max_sessions,
          "Streams and calls at a time; more are refused with RESOURCE_EXHAUSTED");
  AddFlag(app, "max-in-flight", max_in_flight, "Requests of one stream that wait or are processed at a time");
  AddFlag(app, "max-message-mb", max_message_mb, "Largest request, megabytes");
  AddFlag(app, "max-queued-mb", max_queued_mb,
          "Requests that are read and not yet answered, of all streams and calls together, megabytes; 0 = "
          "256, or twice max-message-mb where that is more");
  AddFlag(app, "max-transport-mb", max_transport_mb,
          "Messages on their way in gRPC, megabytes; 0 as for max-queued-mb");
  AddFlag(app, "max-streams-per-connection", max_streams_per_connection,
          "Streams and calls of one connection at a time; 0 = 64 more than max-sessions");
  AddFlag(app, "max-connections", max_connections,
          "Connections at a time; 0 = as many as the limit of open files allows, at most 1024");
  AddFlag(app, "max-connections-per-peer", max_connections_per_peer,
          "Connections from one address at a time; 0 = a quarter of max-connections");
  AddFlag(app, "max-connection-age", max_connection_age,
          "Seconds until a client is asked to connect anew, give or take a tenth, so that it finds new "
          "replicas; its streams go on where they are; 0 = never");
  AddFlag(app, "self-check-interval", self_check_interval,
          "Seconds between attempts to reach the own ports; the server ends after three in vain; 0 = never");
  AddFlag(app, "idle-timeout", idle_timeout,
          "Seconds until a stream whose client does nothing ends, and a connection without any; 0 = never");
  AddFlag(app, "drain-grace", drain_grace,
          "Seconds that running streams and calls get after SIGTERM or SIGHUP");
  AddFlag(app, "log-level", log_level,
          "debug, info, warning or error; SIGUSR1 makes it a step louder, SIGUSR2 quieter");
  AddFlag(app, "log-format", log_format, "text or json");
  app.add_flag("--reflection,!--no-reflection", reflection, "Describe the services to tools such as grpcurl")
      ->envname(EnvironmentName("reflection"))
      ->capture_default_str();
  AddFlag(
      app, "tls-certificate", tls.certificate,
      "PEM file of the server's certificate, and behind it those that lead to a known authority; empty: no "
      "TLS. Read again when it changes, as are the others");
  AddFlag(app, "tls-key", tls.key, "PEM file of the certificate's key");
  AddFlag(app, "tls-client-ca", tls.client_ca,
          "PEM file of the authorities one of which must have signed the certificate of each client; empty: "
          "clients need none");
  app.option_defaults()->group("Options");
}

absl::Status ServerOptions::Validate() const {
  const absl::Status checks[] = {
      CheckAddress("--listen", listen, AddressUse::kListen),
      metrics_listen.empty() ? absl::OkStatus()
                             : CheckAddress("--metrics-listen", metrics_listen, AddressUse::kListen),
      files::CheckOutputs({{"--port-file", port_file}}, {}),
      metrics_listen == listen && !absl::EndsWith(listen, ":0")
          ? absl::InvalidArgumentError(absl::StrCat("--listen and --metrics-listen both are ", listen,
                                                    "; they need different ports"))
          : absl::OkStatus(),
      CheckRange("workers", workers, 0, 1024),
      CheckRange("max-sessions", max_sessions, 1, 100000),
      CheckRange("max-in-flight", max_in_flight, 1, 1024),
      CheckRange("max-message-mb", max_message_mb, 1, 1024),
      CheckHolds("max-queued-mb", max_queued_mb, max_message_mb),
      CheckHolds("max-transport-mb", max_transport_mb, max_message_mb),
      CheckRange("max-streams-per-connection", max_streams_per_connection, 0, 100000),
      CheckRange("max-connections", max_connections, 0, 1 << 20),
      CheckRange("max-connections-per-peer", max_connections_per_peer, 0, 1 << 20),
      CheckRange("max-connection-age", max_connection_age, 0.0, 86400.0),
      CheckRange("self-check-interval", self_check_interval, 0.0, 3600.0),
      CheckRange("idle-timeout", idle_timeout, 0.0, 86400.0),
      CheckRange("drain-grace", drain_grace, 0.0, 3600.0),
      tls.enabled() || tls.client_ca.empty()
          ? absl::OkStatus()
          : absl::InvalidArgumentError("--tls-client-ca needs --tls-certificate and --tls-key beside it"),
      tls::Load(tls.Files()).status(),
      telemetry::ParseLogLevel(log_level).status(),
      telemetry::ParseLogFormat(log_format).status(),
  };
  for (const absl::Status& check : checks) {
    if (!check.ok()) return check;
  }
  return absl::OkStatus();
}

int ServerOptions::WorkerCount() const {
  if (workers > 0) return workers;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::size_t ServerOptions::QueuedBytes() const { return Bytes(max_queued_mb, max_message_mb); }

std::size_t ServerOptions::TransportBytes() const { return Bytes(max_transport_mb, max_message_mb); }

int ServerOptions::StreamsPerConnection() const {
  return max_streams_per_connection > 0 ? max_streams_per_connection : max_sessions + 64;
}

}  // namespace trackfit::rpc
