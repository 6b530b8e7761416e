// Which models a session is analysed by.
#ifndef TRACKFIT_CLIENT_MODEL_FLAGS_H_
#define TRACKFIT_CLIENT_MODEL_FLAGS_H_

#include <CLI/App.hpp>
#include <string>

#include "trackfit/v1/gateway.pb.h"

namespace trackfit::client {

// `--pose-model lite|full|heavy` and `--model NAME`, for `config`, which must outlive the parsing.
void DeclareModels(CLI::App& command, v1::SessionConfig& config, const std::string& group = "Options");

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_MODEL_FLAGS_H_
