#include "rpc/credential_watch.h"

#include <chrono>
#include <utility>

#include "tls/failed_handshakes.h"

namespace trackfit::rpc {
namespace {

prometheus::Counter& FailedHandshakes(telemetry::Metrics& metrics) {
  return metrics.Counter("trackfit_tls_handshake_failures_total",
                         "Connections that ended because their TLS handshake failed.");
}

prometheus::Counter& Reloads(telemetry::Metrics& metrics, const std::string& use, const char* outcome) {
  return metrics.Counter("trackfit_tls_reloads_total",
                         "Changes of certificates and keys that were taken over, or refused.",
                         {{"use", use}, {"outcome", outcome}});
}

}  // namespace

absl::StatusOr<std::shared_ptr<const tls::LiveCredentials>> CredentialWatch::Add(const std::string& use,
                                                                                 tls::CredentialFiles files) {
  tls::CountFailedHandshakes();
  auto loaded = tls::LiveCredentials::Load(std::move(files));
  if (!loaded.ok()) return loaded.status();
  const std::lock_guard lock(mutex_);
  watched_.push_back({use, *loaded});
  ShowExpiry(watched_.back());
  for (const char* outcome : {"replaced", "refused"}) Reloads(metrics_, use, outcome);
  FailedHandshakes(metrics_);
  return *std::move(loaded);
}

void CredentialWatch::LookAgain() {
  const std::lock_guard lock(mutex_);
  for (const Watched& watched : watched_) {
    if (const auto taken = watched.credentials->LookAgain()) CountReload(watched, *taken);
  }
  if (!watched_.empty()) CountFailedHandshakes();
}

void CredentialWatch::ShowExpiry(const Watched& watched) {
  const auto not_after = watched.credentials->current()->not_after;
  if (!not_after) return;
  metrics_
      .Gauge("trackfit_tls_certificate_not_after_seconds",
             "When the certificate expires, in seconds since 1970; of a chain, when the first of it does.",
             {{"use", watched.use}})
      .Set(std::chrono::duration<double>(not_after->time_since_epoch()).count());
}

void CredentialWatch::CountReload(const Watched& watched, const absl::Status& taken) {
  Reloads(metrics_, watched.use, taken.ok() ? "replaced" : "refused").Increment();
  if (taken.ok()) {
    ShowExpiry(watched);
    log_.Info("certificate replaced", {{"use", watched.use}});
  } else {
    log_.Error("certificate refused; the old one stays in use",
               {{"use", watched.use}, {"reason", taken.message()}});
  }
}

void CredentialWatch::CountFailedHandshakes() {
  const int64_t failed = tls::FailedHandshakes();
  if (failed == failed_handshakes_) return;
  const int64_t more = failed - std::exchange(failed_handshakes_, failed);
  FailedHandshakes(metrics_).Increment(static_cast<double>(more));
  log_.Warning("TLS handshakes failed", {{"count", more}});
}

}  // namespace trackfit::rpc
