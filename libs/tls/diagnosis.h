// Finds out why a server cannot be reached, as far as TLS is the reason.
#ifndef TRACKFIT_TLS_DIAGNOSIS_H_
#define TRACKFIT_TLS_DIAGNOSIS_H_

#include <chrono>
#include <optional>
#include <string>

#include "tls/client_flags.h"

namespace trackfit::tls {

// Connects to `address` (host:port) and shakes hands as a client with `security` (nullopt: one without TLS)
// should. A sentence that says what is wrong and which flag mends it; "" when TLS is not the reason, or the
// server is silent. Blocks, name resolution aside, for `limit` at most.
std::string Diagnose(const std::string& address, const std::optional<ClientSecurity>& security,
                     std::chrono::milliseconds limit);

}  // namespace trackfit::tls

#endif  // TRACKFIT_TLS_DIAGNOSIS_H_
