// Which gateway a client talks to, how it is sure of that, and the API key that it shows there.
#ifndef TRACKFIT_CLIENT_GATEWAY_FLAGS_H_
#define TRACKFIT_CLIENT_GATEWAY_FLAGS_H_

#include <grpcpp/client_context.h>

#include <CLI/App.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "tls/client_flags.h"

namespace trackfit::client {

inline constexpr char kApiKeyVariable[] = "TRACKFIT_API_KEY";

// `--gateway HOST:PORT`, also from TRACKFIT_GATEWAY, the flags of TLS, and what DeclareKey() declares. What
// they fill must outlive the parsing.
void DeclareGateway(CLI::App& command, std::string& gateway, tls::ClientFlags& tls, std::string& api_key,
                    const std::string& group = "Options");

// `--api-key-file FILE`: its first line becomes `api_key`. There is no flag for the key itself, for all users
// of a machine see the flags of programs.
CLI::Option* DeclareKey(CLI::App& command, std::string& api_key, const std::string& group = "Options");

// The first line of the file. NOT_FOUND where it cannot be read, INVALID_ARGUMENT where there is nothing in
// it that could be a key.
absl::StatusOr<std::string> ReadKey(const std::string& file);

// Shows the key, or, where it is empty, that of the environment, if any.
void AddKey(const std::string& api_key, grpc::ClientContext& context);

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_GATEWAY_FLAGS_H_
