#include "access/key_hash.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace trackfit::access {
namespace {

// What crypt_gensalt() makes of the costs 1 to 7.
constexpr absl::string_view kCosts[] = {"j75", "j85", "j7T", "j8T", "j9T", "jAT", "jBT"};

bool IsEncoded(absl::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '/';
  });
}

// "" where libcrypt cannot.
std::string Crypt(const std::string& secret, const std::string& setting) {
  const auto data = std::make_unique<crypt_data>();  // 32 kB
  const char* hash = crypt_rn(secret.c_str(), setting.c_str(), data.get(), sizeof(crypt_data));
  std::string copy = hash == nullptr ? "" : hash;
  OPENSSL_cleanse(data.get(), sizeof(crypt_data));
  return copy;
}

}  // namespace

absl::StatusOr<std::string> HashSecret(const std::string& secret, int cost) {
  const std::unique_ptr<char, decltype(&std::free)> setting(
      crypt_gensalt_ra("$y$", static_cast<unsigned long>(cost), nullptr, 0), &std::free);
  if (setting == nullptr) return absl::UnavailableError("libcrypt makes no salt for yescrypt");
  std::string hash = Crypt(secret, setting.get());
  if (absl::Status valid = CheckHash(hash); !valid.ok()) {
    return absl::UnavailableError("libcrypt does not compute yescrypt");
  }
  return hash;
}

bool IsSecretOf(const std::string& secret, const std::string& hash) {
  const std::string computed = Crypt(secret, hash);
  return computed.size() == hash.size() && CRYPTO_memcmp(computed.data(), hash.data(), hash.size()) == 0;
}

absl::Status CheckHash(absl::string_view hash) {
  const std::vector<absl::string_view> parts = absl::StrSplit(hash, '$');
  if (parts.size() == 5 && parts[0].empty() && parts[1] == "y" &&
      std::ranges::find(kCosts, parts[2]) != std::end(kCosts) && IsEncoded(parts[3]) && IsEncoded(parts[4])) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("it must be a yescrypt hash, $y$j9T$..., as trackfit-key writes it");
}

KeyedDigest::KeyedDigest() {
  if (RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1) std::abort();  // nothing else is safe
}

KeyedDigest::Digest KeyedDigest::Of(absl::string_view text) const {
  Digest digest{};
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), nullptr);
  return digest;
}

bool KeyedDigest::Equal(const Digest& one, const Digest& other) {
  return CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace trackfit::access
