#include "tls/client_flags.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace trackfit::tls {

ClientFlags::ClientFlags() = default;

void ClientFlags::Register(CLI::App& app, Environment environment) {
  CLI::Option* const options[] = {
      app.add_flag("--tls", tls, "Speak TLS; the certificate's authority must be one that the system trusts"),
      app.add_option("--tls-ca", ca,
                     "Speak TLS; PEM file of the authorities that sign the server's certificate")
          ->type_name("FILE"),
      app.add_option("--tls-certificate", certificate,
                     "PEM file of the client's certificate, where one is asked for")
          ->type_name("FILE"),
      app.add_option("--tls-key", key, "PEM file of that certificate's key")->type_name("FILE"),
      app.add_option("--tls-name", name, "Name that the server's certificate must bear, if not the host's")
          ->type_name("NAME"),
  };
  constexpr const char* kVariables[] = {"TRACKFIT_TLS", "TRACKFIT_TLS_CA", "TRACKFIT_TLS_CERTIFICATE",
                                        "TRACKFIT_TLS_KEY", "TRACKFIT_TLS_NAME"};
  for (std::size_t i = 0; i < std::size(options); ++i) {
    options[i]->group("TLS");
    if (environment == Environment::kRead) options[i]->envname(kVariables[i]);
  }
}

absl::StatusOr<std::optional<ClientSecurity>> ClientFlags::Load() const {
  if (!enabled()) {
    for (const auto& [flag, value] : {std::pair("--tls-certificate", &certificate),
                                      std::pair("--tls-key", &key), std::pair("--tls-name", &name)}) {
      if (!value->empty())
        return absl::InvalidArgumentError(absl::StrCat(flag, " needs --tls or --tls-ca beside it"));
    }
    return std::nullopt;
  }
  auto credentials = tls::Load({{"--tls-certificate", certificate}, {"--tls-key", key}, {"--tls-ca", ca}});
  if (!credentials.ok()) return credentials.status();
  return ClientSecurity{*std::move(credentials), name};
}

}  // namespace trackfit::tls
