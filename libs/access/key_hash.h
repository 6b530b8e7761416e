// How secrets are kept: as salted hashes that take long to compute, yescrypt of the system's libcrypt.
#ifndef TRACKFIT_ACCESS_KEY_HASH_H_
#define TRACKFIT_ACCESS_KEY_HASH_H_

#include <array>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trackfit::access {

// 1, quick and 1 MiB, to 7, a tenth of a second and 64 MiB.
inline constexpr int kHashCost = 5;

// "$y$j9T$<salt>$<hash>", with a new salt. An error where the system's libcrypt cannot do it.
absl::StatusOr<std::string> HashSecret(const std::string& secret, int cost = kHashCost);

// Whether the hash is that of the secret. Takes as long as the hash's cost says; compares in constant time.
bool IsSecretOf(const std::string& secret, const std::string& hash);

// INVALID_ARGUMENT where it is no yescrypt hash, or one of a cost beyond those above.
absl::Status CheckHash(absl::string_view hash);

// A digest that is quick to compute, of text that few can guess, under a key that is made when the process
// begins: for remembering in memory what was verified. Thread-safe.
class KeyedDigest {
 public:
  using Digest = std::array<unsigned char, 32>;

  KeyedDigest();
  Digest Of(absl::string_view text) const;
  // In constant time.
  static bool Equal(const Digest& one, const Digest& other);

 private:
  Digest key_{};
};

}  // namespace trackfit::access

#endif  // TRACKFIT_ACCESS_KEY_HASH_H_
