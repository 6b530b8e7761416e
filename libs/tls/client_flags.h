// The flags by which clients speak TLS, the same for all programs.
#ifndef TRACKFIT_TLS_CLIENT_FLAGS_H_
#define TRACKFIT_TLS_CLIENT_FLAGS_H_

#include <CLI/App.hpp>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "tls/credentials.h"

namespace trackfit::tls {

// How a client speaks TLS.
struct ClientSecurity {
  Credentials credentials;  // without authorities: those of the system
  std::string name;         // that the server's certificate must bear; empty: the host of the address
};

struct ClientFlags {
  ClientFlags();  // not inline: g++ 12 takes what it can see of it for uninitialised where options are
                  // temporaries

  bool tls = false;
  std::string ca;           // implies tls, and needs it else, as do the others
  std::string certificate;  // with key
  std::string key;
  std::string name;

  enum class Environment { kIgnored, kRead };  // kRead: each flag also as TRACKFIT_TLS...
  // Declares --tls, --tls-ca, --tls-certificate, --tls-key and --tls-name.
  void Register(CLI::App& app, Environment environment);

  bool enabled() const { return tls || !ca.empty(); }
  // nullopt: without TLS. INVALID_ARGUMENT naming the flag, and the errors of tls::Load().
  absl::StatusOr<std::optional<ClientSecurity>> Load() const;
};

}  // namespace trackfit::tls

#endif  // TRACKFIT_TLS_CLIENT_FLAGS_H_
