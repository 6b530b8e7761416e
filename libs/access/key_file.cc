#include "access/key_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "access/api_key.h"
#include "access/key_hash.h"
#include "files/partial_file.h"
#include "schema/node.h"

namespace trackfit::access {
namespace {

using schema::Fail;

// Each tenant is a series of several metrics.
constexpr std::size_t kMaxTenants = 1000;
constexpr std::size_t kMaxKeys = 100'000;
constexpr int kMaxSessions = 100'000;
constexpr double kMaxFramesPerSecond = 1e6;

bool IsName(const std::string& name) {
  if (name.empty() || name.size() > 64) return false;
  for (const char c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_' && c != '.') return false;
  }
  return true;
}

std::string TextOr(const YAML::Node& map, const std::string& key) {
  return map[key] ? schema::Text(map[key], key) : "";
}

Limits ReadLimits(const YAML::Node& map) {
  Limits limits;
  if (map["sessions"]) {
    const double sessions = schema::Number(map["sessions"], "sessions", 1, kMaxSessions);
    limits.sessions = static_cast<int>(sessions);
    if (limits.sessions != sessions) Fail(map["sessions"], "sessions must be a whole number");
  }
  limits.frames_per_second = schema::NumberOr(map, "frames_per_second", 0, 1, kMaxFramesPerSecond);
  return limits;
}

StoredKey ReadKey(const YAML::Node& node) {
  schema::CheckKeys(node, "a key",
                    {"id", "hash", "created", "expires", "revoked", "note", "sessions", "frames_per_second"});
  StoredKey key;
  const YAML::Node id = schema::Needed(node, "id");
  key.id = schema::Text(id, "id");
  if (!IsKeyId(key.id)) {
    Fail(id, absl::StrCat("id is \"", key.id, "\"; it must be at most 32 of a-z, 0-9 and -"));
  }
  const YAML::Node hash = schema::Needed(node, "hash");
  key.hash = schema::Text(hash, "hash");
  if (const absl::Status valid = CheckHash(key.hash); !valid.ok()) {
    Fail(hash, absl::StrCat("hash: ", std::string(valid.message())));
  }
  key.created = TextOr(node, "created");
  key.expires = TextOr(node, "expires");
  if (!key.expires.empty() && !ParseExpiry(key.expires)) {
    Fail(node["expires"],
         absl::StrCat("expires is \"", key.expires,
                      "\"; it must be a day or time in UTC: 2027-01-31 or 2027-01-31T18:00:00Z"));
  }
  key.revoked = schema::BoolOr(node, "revoked", false);
  key.note = TextOr(node, "note");
  key.limits = ReadLimits(node);
  return key;
}

Tenant ReadTenant(const YAML::Node& node, std::set<std::string>& ids) {
  schema::CheckKeys(node, "a tenant", {"name", "keys", "sessions", "frames_per_second"});
  Tenant tenant;
  const YAML::Node name = schema::Needed(node, "name");
  tenant.name = schema::Text(name, "name");
  if (!IsName(tenant.name)) {
    Fail(name, absl::StrCat("name is \"", tenant.name,
                            "\"; it must be at most 64 letters, digits, dots, dashes and underscores"));
  }
  tenant.limits = ReadLimits(node);
  for (const YAML::Node& item : schema::Items(schema::Needed(node, "keys"), "keys")) {
    tenant.keys.push_back(ReadKey(item));
    if (!ids.insert(tenant.keys.back().id).second) {
      Fail(item, absl::StrCat("there are two keys with the id ", tenant.keys.back().id));
    }
    if (ids.size() > kMaxKeys) Fail(item, absl::StrCat("there are more than ", kMaxKeys, " keys"));
  }
  return tenant;
}

void AppendLimits(std::string& text, const std::string& indent, const Limits& limits) {
  if (limits.sessions > 0) absl::StrAppend(&text, indent, "sessions: ", limits.sessions, "\n");
  if (limits.frames_per_second > 0) {
    absl::StrAppend(&text, indent, "frames_per_second: ", limits.frames_per_second, "\n");
  }
}

std::string Quoted(const std::string& text) {
  YAML::Emitter emitter;
  emitter << YAML::DoubleQuoted << text;
  return emitter.c_str();
}

}  // namespace

absl::Time StoredKey::ExpiresAt() const {
  return expires.empty() ? absl::InfiniteFuture() : ParseExpiry(expires).value_or(absl::InfinitePast());
}

Tenant* KeyFile::FindTenant(const std::string& name) {
  for (Tenant& tenant : tenants) {
    if (tenant.name == name) return &tenant;
  }
  return nullptr;
}

StoredKey* KeyFile::FindKey(const std::string& id) {
  for (Tenant& tenant : tenants) {
    for (StoredKey& key : tenant.keys) {
      if (key.id == id) return &key;
    }
  }
  return nullptr;
}

std::optional<absl::Time> ParseExpiry(const std::string& text) {
  absl::Time time;
  std::string error;
  for (const char* format : {"%Y-%m-%d", absl::RFC3339_full}) {
    if (absl::ParseTime(format, text, absl::UTCTimeZone(), &time, &error)) return time;
  }
  return std::nullopt;
}

absl::StatusOr<KeyFile> ParseKeyFile(const std::string& file, const std::string& yaml) {
  return schema::Read<KeyFile>(file, yaml, [](const YAML::Node& root) {
    schema::CheckKeys(root, "the file of keys", {"tenants"});
    KeyFile keys;
    std::set<std::string> names, ids;
    for (const YAML::Node& item : schema::Items(schema::Needed(root, "tenants"), "tenants")) {
      keys.tenants.push_back(ReadTenant(item, ids));
      if (!names.insert(keys.tenants.back().name).second) {
        Fail(item, absl::StrCat("there are two tenants named ", keys.tenants.back().name));
      }
      if (names.size() > kMaxTenants)
        Fail(item, absl::StrCat("there are more than ", kMaxTenants, " tenants"));
    }
    return keys;
  });
}

absl::StatusOr<KeyFile> ReadKeyFile(const std::string& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return absl::NotFoundError(absl::StrCat(file, " cannot be read: ", std::strerror(errno)));
  return ParseKeyFile(file, std::move(text).str());
}

std::string FormatKeyFile(const KeyFile& keys) {
  std::string text =
      "# API keys of TrackFit's gateway (--api-keys). trackfit-key writes it anew and keeps no comments but "
      "notes.\ntenants:\n";
  for (const Tenant& tenant : keys.tenants) {
    absl::StrAppend(&text, "  - name: ", Quoted(tenant.name), "\n");
    AppendLimits(text, "    ", tenant.limits);
    absl::StrAppend(&text, "    keys:\n");
    for (const StoredKey& key : tenant.keys) {
      absl::StrAppend(&text, "      - id: ", Quoted(key.id), "\n        hash: ", key.hash, "\n");
      if (!key.created.empty()) absl::StrAppend(&text, "        created: ", Quoted(key.created), "\n");
      if (!key.expires.empty()) absl::StrAppend(&text, "        expires: ", Quoted(key.expires), "\n");
      if (key.revoked) absl::StrAppend(&text, "        revoked: true\n");
      if (!key.note.empty()) absl::StrAppend(&text, "        note: ", Quoted(key.note), "\n");
      AppendLimits(text, "        ", key.limits);
    }
  }
  return text;
}

absl::Status WriteKeyFile(const std::string& file, const KeyFile& keys) {
  return files::ReplaceSecretFile(file, FormatKeyFile(keys));
}

}  // namespace trackfit::access
