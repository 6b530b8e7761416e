// What a client shows: tf_<id>_<secret>.
#ifndef TRACKFIT_ACCESS_API_KEY_H_
#define TRACKFIT_ACCESS_API_KEY_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trackfit::access {

// The id may be known to all, and is in logs; the secret, 160 random bits in hexadecimal digits, is to be
// known to the client alone.
struct ApiKey {
  std::string id;
  std::string secret;

  std::string Text() const;
};

// A new one, of bits from the operating system; an error when that gives none.
absl::StatusOr<ApiKey> NewApiKey();

// Nullopt: this is no key, whoever made it.
std::optional<ApiKey> ParseApiKey(absl::string_view text);

// Letters a to z, digits and dashes, at most 32.
bool IsKeyId(absl::string_view id);

// The key in a header "authorization: Bearer <key>"; "" where there is none.
std::string BearerKey(absl::string_view authorization);

// Among the subprotocols of a WebSocket, separated by commas, the one that carries a key in base64url, for
// browsers can set no header: "trackfit.key.dGZf...". "" where there is none.
std::string SubprotocolKey(absl::string_view subprotocols);

}  // namespace trackfit::access

#endif  // TRACKFIT_ACCESS_API_KEY_H_
