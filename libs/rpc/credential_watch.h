// The credentials of a server: looked at again and again, logged and counted.
#ifndef TRACKFIT_RPC_CREDENTIAL_WATCH_H_
#define TRACKFIT_RPC_CREDENTIAL_WATCH_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"
#include "tls/live_credentials.h"

namespace trackfit::rpc {

// trackfit_tls_certificate_not_after_seconds{use}, trackfit_tls_reloads_total{use,outcome} and
// trackfit_tls_handshake_failures_total. Thread-safe.
class CredentialWatch {
 public:
  // Both outlive it.
  CredentialWatch(const telemetry::Logger& log, telemetry::Metrics& metrics) : log_(log), metrics_(metrics) {}
  CredentialWatch(const CredentialWatch&) = delete;
  CredentialWatch& operator=(const CredentialWatch&) = delete;

  // `use` is what they are for: "grpc", "http" or "upstream". The errors of tls::Load().
  absl::StatusOr<std::shared_ptr<const tls::LiveCredentials>> Add(const std::string& use,
                                                                  tls::CredentialFiles files);
  // To be called about once a second.
  void LookAgain();

 private:
  struct Watched {
    std::string use;
    std::shared_ptr<tls::LiveCredentials> credentials;
  };

  void ShowExpiry(const Watched& watched);
  void CountReload(const Watched& watched, const absl::Status& taken);
  void CountFailedHandshakes();

  const telemetry::Logger& log_;
  telemetry::Metrics& metrics_;
  std::mutex mutex_;
  std::vector<Watched> watched_;   // guarded by mutex_
  int64_t failed_handshakes_ = 0;  // counted so far; likewise
};

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_CREDENTIAL_WATCH_H_
