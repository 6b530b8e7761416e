#include "extractor_load.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rpc/client_channel.h"

namespace trackfit::bench {

absl::StatusOr<Extractor> StartExtractor(const ServerFlags& flags, int max_sessions, int max_in_flight) {
  std::string program = flags.program;
  if (program.find('/') != std::string::npos) program = std::filesystem::absolute(program);
  Extractor extractor;
  extractor.process = std::make_unique<testing::ServerProcess>(
      program, std::vector<std::string>{"--model", flags.model, "--workers", std::to_string(flags.workers),
                                        "--max-sessions", std::to_string(max_sessions), "--max-in-flight",
                                        std::to_string(max_in_flight)});
  if (extractor.process->port() == 0) {
    return absl::UnavailableError(absl::StrCat(program, " does not start"));
  }
  extractor.stub = v1::ExtractorService::NewStub(rpc::OpenChannel(extractor.process->address()));
  return extractor;
}

}  // namespace trackfit::bench

int main(int argc, char** argv) {
  using namespace trackfit::bench;  // NOLINT(google-build-using-namespace): this is the program

  CLI::App app{
      "Loads a real extractor with a synthesised person; run it in the source tree, which has the models",
      "extractor_load"};
  app.require_subcommand(1);
  ServerFlags server;
  SessionsFlags sessions;
  SoakFlags soak;
  const auto add_server = [&server](CLI::App& command) {
    command
        .add_option("--server", server.program, "The extractor: a path, or a name in the build's folder bin")
        ->capture_default_str();
    command.add_option("--model", server.model, "Landmark network: lite, full or heavy")
        ->capture_default_str();
    command.add_option("--workers", server.workers, "Worker threads of the extractor")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
  };

  CLI::App* const many =
      app.add_subcommand("sessions", "Throughput, latency, fairness and memory of many sessions");
  add_server(*many);
  many->add_option("--sessions", sessions.sessions, "Numbers of concurrent sessions, ascending")
      ->delimiter(',')
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  many->add_option("--seconds", sessions.seconds, "Time measured at each number")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  many->add_option("--passes", sessions.passes,
                   "Measurements of each number, taken in turn; medians are printed")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  many->add_option("--in-flight", sessions.in_flight, "Frames of a session that wait for their answer")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();

  CLI::App* const long_run = app.add_subcommand("soak", "Growth of memory over many frames and sessions");
  add_server(*long_run);
  long_run->add_option("--frames", soak.frames, "Frames of all sessions together")
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000'000}))
      ->capture_default_str();
  long_run->add_option("--sessions", soak.sessions, "Sessions, one after the other")
      ->check(CLI::Range(3, 100'000))
      ->capture_default_str();
  long_run->add_option("--parallel", soak.parallel, "Sessions at a time")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  long_run->add_option("--corrupt-every", soak.corrupt_every, "One of so many frames is cut in half; 0: none")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  const absl::Status status = many->parsed() ? RunSessions(server, sessions) : RunSoak(server, soak);
  if (!status.ok()) std::cerr << "extractor_load: " << status.message() << "\n";
  return status.ok() ? 0 : 1;
}
