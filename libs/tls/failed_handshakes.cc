#include "tls/failed_handshakes.h"

#include <openssl/crypto.h>
#include <openssl/ssl.h>

#include <atomic>
#include <cstring>

namespace trackfit::tls {
namespace {

std::atomic<int64_t> failed = 0;

// gRPC tells nobody of a handshake that failed, but every connection of OpenSSL passes here when it is freed,
// with its state.
void OnFree(void* connection, void*, CRYPTO_EX_DATA*, int, long, void*) {
  const auto* const ssl = static_cast<const SSL*>(connection);
  if (SSL_is_server(ssl) == 1 && std::strcmp(SSL_state_string_long(ssl), "error") == 0) ++failed;
}

}  // namespace

void CountFailedHandshakes() {
  static const int kIndex = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, OnFree);
  static_cast<void>(kIndex);
}

int64_t FailedHandshakes() { return failed; }

}  // namespace trackfit::tls
