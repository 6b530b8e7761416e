// The client side of a TLS connection to this machine, by OpenSSL itself.
#ifndef TRACKFIT_TESTS_SUPPORT_TLS_CLIENT_H_
#define TRACKFIT_TESTS_SUPPORT_TLS_CLIENT_H_

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cstddef>
#include <string>

#include "tls/openssl_types.h"

namespace trackfit::testing {

// Trusts one authority. Gives up a server that says nothing for half a minute.
class TlsClient {
 public:
  TlsClient(int port, const std::string& authority, int lowest_version = TLS1_2_VERSION,
            int highest_version = TLS1_3_VERSION)
      : context_(SSL_CTX_new(TLS_client_method())) {
    const tls::Bio text(BIO_new_mem_buf(authority.data(), -1));
    const tls::Certificate trusted(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), trusted.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_security_level(context_.get(), lowest_version < TLS1_2_VERSION ? 0 : 1);
    SSL_CTX_set_min_proto_version(context_.get(), lowest_version);
    SSL_CTX_set_max_proto_version(context_.get(), highest_version);
    BIO* const bio = BIO_new_connect(("127.0.0.1:" + std::to_string(port)).c_str());
    connection_.reset(SSL_new(context_.get()));
    SSL_set_bio(connection_.get(), bio, bio);
    if (BIO_do_connect(bio) == 1) {
      const timeval limit{30, 0};
      setsockopt(SSL_get_fd(connection_.get()), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    }
    const unsigned char h2[] = {2, 'h', '2'};
    SSL_set_alpn_protos(connection_.get(), h2, sizeof(h2));
    connected_ = SSL_connect(connection_.get()) == 1;
  }

  bool connected() const { return connected_; }
  std::string version() const { return SSL_get_version(connection_.get()); }

  void Send(const std::string& bytes) const {
    SSL_write(connection_.get(), bytes.data(), static_cast<int>(bytes.size()));
  }
  std::string Receive() const {
    char buffer[4096];
    const int count = SSL_read(connection_.get(), buffer, sizeof(buffer));
    return count > 0 ? std::string(buffer, static_cast<std::size_t>(count)) : "";
  }

 private:
  const tls::Context context_;
  tls::Connection connection_;
  bool connected_ = false;
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_TLS_CLIENT_H_
