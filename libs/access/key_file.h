// The file of --api-keys: tenants, and their keys.
#ifndef TRACKFIT_ACCESS_KEY_FILE_H_
#define TRACKFIT_ACCESS_KEY_FILE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace trackfit::access {

// Of a key, or of all of a tenant's together.
struct Limits {
  int sessions = 0;              // at a time; 0: not limited
  double frames_per_second = 0;  // of all its sessions; 0: not limited

  bool operator==(const Limits&) const = default;
};

struct StoredKey {
  std::string id;
  std::string hash;     // of its secret; see key_hash.h
  std::string created;  // a day, for people; may be empty
  std::string expires;  // "2027-01-31" or "2027-01-31T18:00:00Z", as it was written; empty: never
  bool revoked = false;
  std::string note;  // for people; may be empty
  Limits limits = {};

  // When it ends to be right; absl::InfiniteFuture(): never.
  absl::Time ExpiresAt() const;
};

struct Tenant {
  std::string name;
  Limits limits = {};
  std::vector<StoredKey> keys = {};
};

struct KeyFile {
  std::vector<Tenant> tenants;

  // Null where there is none.
  Tenant* FindTenant(const std::string& name);
  StoredKey* FindKey(const std::string& id);
};

// A day begins at midnight UTC. Nullopt: it is neither day nor time.
std::optional<absl::Time> ParseExpiry(const std::string& text);

// INVALID_ARGUMENT "<file>:<line>: <what>": a key that is unknown, missing, wrong or there twice.
absl::StatusOr<KeyFile> ParseKeyFile(const std::string& file, const std::string& yaml);
// NOT_FOUND where it cannot be read.
absl::StatusOr<KeyFile> ReadKeyFile(const std::string& file);

// What ParseKeyFile() reads.
std::string FormatKeyFile(const KeyFile& keys);
// Whole or not at all. A new file is for its owner alone (mode 0600); one that is replaced passes its mode
// on.
absl::Status WriteKeyFile(const std::string& file, const KeyFile& keys);

}  // namespace trackfit::access

#endif  // TRACKFIT_ACCESS_KEY_FILE_H_
