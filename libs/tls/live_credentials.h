// Credentials that are read again when their files change.
#ifndef TRACKFIT_TLS_LIVE_CREDENTIALS_H_
#define TRACKFIT_TLS_LIVE_CREDENTIALS_H_

#include <memory>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tls/credentials.h"

namespace trackfit::tls {

// Thread-safe.
class LiveCredentials {
 public:
  // The errors of Load().
  static absl::StatusOr<std::shared_ptr<LiveCredentials>> Load(CredentialFiles files);
  LiveCredentials(const LiveCredentials&) = delete;
  LiveCredentials& operator=(const LiveCredentials&) = delete;

  // The newest that were good; another pointer once there are others. Never null.
  std::shared_ptr<const Credentials> current() const;

  // Reads the files, a few kilobytes. What has changed counts once it reads the same twice, so that a
  // certificate and its key may be written one after the other. nullopt: nothing new; OK: others are current
  // from now on; an error, told once: why what the files hold is refused, and the old ones stay.
  std::optional<absl::Status> LookAgain();

 private:
  LiveCredentials(CredentialFiles files, CredentialContents contents, Credentials current);

  const CredentialFiles files_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Credentials> current_;  // guarded by mutex_, as is what follows
  CredentialContents judged_;                   // what was taken or refused last
  CredentialContents seen_;                     // at the last look
};

}  // namespace trackfit::tls

#endif  // TRACKFIT_TLS_LIVE_CREDENTIALS_H_
