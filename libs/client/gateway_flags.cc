#include "client/gateway_flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "rpc/authorization.h"

namespace trackfit::client {

void DeclareGateway(CLI::App& command, std::string& gateway, tls::ClientFlags& tls, std::string& api_key,
                    const std::string& group) {
  command.add_option("--gateway", gateway, "The gateway to stream to")
      ->type_name("HOST:PORT")
      ->envname("TRACKFIT_GATEWAY")
      ->capture_default_str()
      ->group(group);
  tls.Register(command, tls::ClientFlags::Environment::kRead);
  DeclareKey(command, api_key, group);
}

CLI::Option* DeclareKey(CLI::App& command, std::string& api_key, const std::string& group) {
  return command
      .add_option_function<std::string>(
          "--api-key-file",
          [&api_key](const std::string& file) {
            absl::StatusOr<std::string> read = ReadKey(file);
            if (!read.ok())
              throw CLI::ValidationError("--api-key-file", std::string(read.status().message()));
            api_key = *std::move(read);
          },
          absl::StrCat("File with the API key for a gateway that asks for one; else it is taken from ",
                       kApiKeyVariable))
      ->type_name("FILE")
      ->group(group);
}

absl::StatusOr<std::string> ReadKey(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  if (!in) return absl::NotFoundError(absl::StrCat(file, " cannot be read"));
  std::getline(in, line);
  const std::string key(absl::StripAsciiWhitespace(line));
  const bool is_text = std::ranges::all_of(
      key, [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); });  // all that gRPC sends
  if (key.empty() || !is_text || key.size() > 256) {
    return absl::InvalidArgumentError(absl::StrCat(file, " holds no API key: its first line must be tf_..."));
  }
  return key;
}

void AddKey(const std::string& api_key, grpc::ClientContext& context) {
  const char* of_environment = std::getenv(kApiKeyVariable);
  rpc::AddAuthorization(api_key.empty() && of_environment != nullptr ? of_environment : api_key, context);
}

}  // namespace trackfit::client
