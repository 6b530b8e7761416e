// Asks a server for its health over grpc.health.v1; exit status 0 if and only if it is SERVING. Container
// healthchecks and scripts run it, so it is small.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "command_line/address.h"
#include "command_line/parse.h"
#include "command_line/reach.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "rpc/channel_credentials.h"
#include "tls/client_flags.h"
#include "tls/diagnosis.h"

namespace {

namespace command_line = trackfit::command_line;

using Clock = std::chrono::system_clock;
using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

constexpr auto kPause = std::chrono::milliseconds(200);

struct Flags {
  std::string address;
  std::string service;
  trackfit::tls::ClientFlags tls;
  double timeout_seconds = 2;
  double wait_seconds = 0;
};

Clock::duration Seconds(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

using Security = std::optional<trackfit::tls::ClientSecurity>;

std::string Explain(const grpc::Status& status, const Flags& flags, const Security& security) {
  switch (status.error_code()) {
    case grpc::StatusCode::NOT_FOUND:
      return "it knows no service " + flags.service +
             "; a full name is meant, as in trackfit.v1.GatewayService";
    case grpc::StatusCode::UNIMPLEMENTED:
      return "a gRPC server that tells nobody its health; it is none of TrackFit's";
    case grpc::StatusCode::UNAVAILABLE:
      if (const std::string reason = trackfit::tls::Diagnose(
              flags.address, security, std::chrono::duration_cast<std::chrono::milliseconds>(Seconds(1)));
          !reason.empty())
        return reason;
      [[fallthrough]];
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return command_line::ExplainUnreachable(flags.address, status.error_message());
    default:
      return status.error_message();
  }
}

// "SERVING", or what is wrong.
std::string Check(Health::Stub& stub, const Flags& flags, const Security& security) {
  grpc::ClientContext context;
  context.set_deadline(Clock::now() + Seconds(flags.timeout_seconds));
  HealthCheckRequest request;
  request.set_service(flags.service);
  HealthCheckResponse response;
  const grpc::Status status = stub.Check(&context, request, &response);
  if (!status.ok()) return Explain(status, flags, security);
  return HealthCheckResponse::ServingStatus_Name(response.status());
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  CLI::App app{"Exits with 0 if a server is healthy (grpc.health.v1), else with 1", "trackfit-health"};
  app.set_version_flag("--version", TRACKFIT_VERSION);
  app.add_option("--address", flags.address, "HOST:PORT of the server")->required();
  app.add_option("--service", flags.service, "full name of one service; default: the server as a whole");
  app.add_option("--timeout", flags.timeout_seconds, "seconds that an answer may take")
      ->capture_default_str()
      ->check(CLI::Range(0.01, 3600.0));
  app.add_option("--wait", flags.wait_seconds, "seconds to keep asking until the server is healthy")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 3600.0));
  flags.tls.Register(app, trackfit::tls::ClientFlags::Environment::kIgnored);
  if (const auto ended = command_line::Parse(app, argc, argv)) return *ended;
  absl::Status valid =
      command_line::CheckAddress("--address", flags.address, command_line::AddressUse::kConnect, 8000);
  const auto security = flags.tls.Load();
  valid.Update(security.status());
  if (!valid.ok()) {
    std::cerr << "trackfit-health: " << valid.message() << "\n";
    return command_line::kUsageExitCode;
  }

  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // health is asked of what is near
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  const std::unique_ptr<Health::Stub> stub = Health::NewStub(grpc::CreateCustomChannel(
      flags.address, trackfit::rpc::ChannelCredentials(*security, arguments), arguments));
  const Clock::time_point give_up = Clock::now() + Seconds(flags.wait_seconds);
  std::string state = Check(*stub, flags, *security);
  while (state != "SERVING" && Clock::now() < give_up) {
    std::this_thread::sleep_for(kPause);
    state = Check(*stub, flags, *security);
  }
  (state == "SERVING" ? std::cout : std::cerr) << flags.address << ": " << state << "\n";
  return command_line::FlushOutput("trackfit-health", state == "SERVING" ? 0 : 1);
}
