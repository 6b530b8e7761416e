// Certificates and keys in PEM files, checked before anybody relies on them.
#ifndef TRACKFIT_TLS_CREDENTIALS_H_
#define TRACKFIT_TLS_CREDENTIALS_H_

#include <chrono>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "files/outputs.h"

namespace trackfit::tls {

// Where they are, by the flags that say so; an empty path: there is none.
struct CredentialFiles {
  files::NamedFile certificate;  // and behind it those that lead to a known authority
  files::NamedFile key;          // of the certificate; not encrypted
  files::NamedFile authorities;  // certificates of those who may sign the other side's
};

// What the files hold. To be kept out of logs and messages.
struct Credentials {
  std::string certificate;  // PEM, as is what follows; empty: none
  std::string key;
  std::string authorities;
  // When the first of the own certificates expires; nullopt: there are none.
  std::optional<std::chrono::system_clock::time_point> not_after;
};

// The files' contents, unchecked.
struct CredentialContents {
  std::string certificate;
  std::string key;
  std::string authorities;
  absl::Status readable;  // else which file is not, with its flag

  bool operator==(const CredentialContents&) const = default;
};
CredentialContents Read(const CredentialFiles& files);

// INVALID_ARGUMENT naming flag and file, and never what is in a key: a file that is missing, cannot be read
// or is not PEM; a certificate without its key, with another's, expired, not valid yet, or too weak for
// OpenSSL; a key that is encrypted; authorities all of which have expired.
absl::StatusOr<Credentials> Check(const CredentialFiles& files, const CredentialContents& contents);

// Reads and checks.
absl::StatusOr<Credentials> Load(const CredentialFiles& files);

}  // namespace trackfit::tls

#endif  // TRACKFIT_TLS_CREDENTIALS_H_
