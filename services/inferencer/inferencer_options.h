// The inferencer's flags.
#ifndef TRACKFIT_SERVICES_INFERENCER_INFERENCER_OPTIONS_H_
#define TRACKFIT_SERVICES_INFERENCER_INFERENCER_OPTIONS_H_

#include <CLI/App.hpp>
#include <string>

#include "rpc/server_options.h"

namespace trackfit::inferencer_server {

struct InferencerOptions {
  InferencerOptions();

  rpc::ServerOptions server;
  std::string model_repository;  // <number>/model.pt and <name>/<number>/model.pt lie in it
  double model_poll = 10;        // seconds between looks for newer models; 0: never
  double max_model_slowdown = 2;
  std::string exercises;  // <exercise>.yaml lie in it

  void Register(CLI::App& app);
  // INVALID_ARGUMENT naming the flag and its limits.
  absl::Status Validate() const;
};

}  // namespace trackfit::inferencer_server

#endif  // TRACKFIT_SERVICES_INFERENCER_INFERENCER_OPTIONS_H_
