// What people do with a file of keys.
#ifndef TRACKFIT_ACCESS_KEY_LIST_H_
#define TRACKFIT_ACCESS_KEY_LIST_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "access/api_key.h"
#include "access/key_file.h"

namespace trackfit::access {

// Functions that change the file wait for another process that does.

struct NewKey {
  std::string tenant;  // which comes into being where there is none of that name
  std::string note = {};
  std::string expires = {};  // see StoredKey
  Limits limits = {};
  Limits tenant_limits = {};  // those that are not 0 replace the tenant's
};

// Makes a key and adds its hash to the file, which need not be there; the key itself is nowhere afterwards.
// INVALID_ARGUMENT where the file would not be read again.
absl::StatusOr<ApiKey> AddKey(const std::string& file, const NewKey& key, absl::Time now);

// Marks the key as revoked; it stays in the file, so that its id is not given again. NOT_FOUND.
absl::Status RevokeKey(const std::string& file, const std::string& id);

// A line for each key, under a heading.
std::string DescribeKeys(const KeyFile& keys, absl::Time now);

}  // namespace trackfit::access

#endif  // TRACKFIT_ACCESS_KEY_LIST_H_
