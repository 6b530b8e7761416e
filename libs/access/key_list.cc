#include "access/key_list.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "access/key_hash.h"
#include "files/folder_lock.h"

namespace trackfit::access {
namespace {

absl::StatusOr<ApiKey> NewKeyFor(KeyFile& keys) {
  for (;;) {
    absl::StatusOr<ApiKey> made = NewApiKey();
    if (!made.ok() || keys.FindKey(made->id) == nullptr) return made;
  }
}

std::string StateOf(const StoredKey& key, absl::Time now) {
  if (key.revoked) return "revoked";
  if (key.expires.empty()) return "valid";
  return key.ExpiresAt() <= now ? absl::StrCat("expired ", key.expires)
                                : absl::StrCat("valid to ", key.expires);
}

std::string LimitsOf(const Limits& limits) {
  std::string text;
  if (limits.sessions > 0) absl::StrAppend(&text, limits.sessions, " sessions");
  if (limits.frames_per_second > 0)
    absl::StrAppend(&text, text.empty() ? "" : ", ", limits.frames_per_second, " frames/s");
  return text.empty() ? "-" : text;
}

// Between reading and writing nobody else may write: what they did would be undone, a revocation, too.
absl::StatusOr<files::FolderLock> Lock(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path();
  return files::FolderLock::Take(folder.empty() ? "." : folder, files::FolderLock::Busy::kWait);
}

// As it will be read again, which checks it.
absl::Status Save(const std::string& file, const KeyFile& keys) {
  const absl::StatusOr<KeyFile> again = ParseKeyFile(file, FormatKeyFile(keys));
  return again.ok() ? WriteKeyFile(file, keys) : again.status();
}

}  // namespace

absl::StatusOr<ApiKey> AddKey(const std::string& file, const NewKey& key, absl::Time now) {
  const auto lock = Lock(file);
  if (!lock.ok()) return lock.status();
  KeyFile keys;
  if (std::error_code error; std::filesystem::exists(file, error)) {
    absl::StatusOr<KeyFile> read = ReadKeyFile(file);
    if (!read.ok()) return read.status();
    keys = *std::move(read);
  }
  if (keys.FindTenant(key.tenant) == nullptr) keys.tenants.push_back({.name = key.tenant});
  Tenant& tenant = *keys.FindTenant(key.tenant);
  if (key.tenant_limits.sessions > 0) tenant.limits.sessions = key.tenant_limits.sessions;
  if (key.tenant_limits.frames_per_second > 0)
    tenant.limits.frames_per_second = key.tenant_limits.frames_per_second;
  absl::StatusOr<ApiKey> made = NewKeyFor(keys);
  if (!made.ok()) return made;
  absl::StatusOr<std::string> hash = HashSecret(made->secret);
  if (!hash.ok()) return hash.status();
  tenant.keys.push_back({.id = made->id,
                         .hash = *std::move(hash),
                         .created = absl::FormatTime("%Y-%m-%d", now, absl::UTCTimeZone()),
                         .expires = key.expires,
                         .revoked = false,
                         .note = key.note,
                         .limits = key.limits});
  if (absl::Status saved = Save(file, keys); !saved.ok()) return saved;
  return made;
}

absl::Status RevokeKey(const std::string& file, const std::string& id) {
  const auto lock = Lock(file);
  if (!lock.ok()) return lock.status();
  absl::StatusOr<KeyFile> keys = ReadKeyFile(file);
  if (!keys.ok()) return keys.status();
  StoredKey* const key = keys->FindKey(id);
  if (key == nullptr)
    return absl::NotFoundError(absl::StrCat("there is no key with the id ", id, " in ", file));
  key->revoked = true;
  return Save(file, *keys);
}

std::string DescribeKeys(const KeyFile& keys, absl::Time now) {
  constexpr char kLine[] = "%-20s %-10s %-10s %-24s %-26s %s\n";
  std::string text = absl::StrFormat(kLine, "tenant", "key", "created", "state", "limits", "note");
  for (const Tenant& tenant : keys.tenants) {
    absl::StrAppend(&text, absl::StrFormat(kLine, tenant.name, "all", "", "", LimitsOf(tenant.limits), ""));
    for (const StoredKey& key : tenant.keys) {
      absl::StrAppend(&text, absl::StrFormat(kLine, tenant.name, key.id, key.created, StateOf(key, now),
                                             LimitsOf(key.limits), key.note));
    }
  }
  return text;
}

}  // namespace trackfit::access
