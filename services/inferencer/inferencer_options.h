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
  std::string model_repository;  // <number>/model.pt lie in it
  std::string exercises;         // <exercise>.yaml lie in it

  void Register(CLI::App& app);
  // INVALID_ARGUMENT naming the flag and its limits.
  absl::Status Validate() const;
};

}  // namespace trackfit::inferencer_server

#endif  // TRACKFIT_SERVICES_INFERENCER_INFERENCER_OPTIONS_H_
