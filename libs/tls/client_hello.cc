#include "tls/client_hello.h"

#include <array>

#include "tls/openssl_types.h"

namespace trackfit::tls {

std::string ClientHello() {
  const Context context(SSL_CTX_new(TLS_client_method()));
  const Connection connection(SSL_new(context.get()));
  BIO* const sent = BIO_new(BIO_s_mem());
  SSL_set_bio(connection.get(), BIO_new(BIO_s_mem()), sent);  // takes both
  constexpr std::array<unsigned char, 3> kAlpn = {2, 'h', '2'};
  SSL_set_alpn_protos(connection.get(), kAlpn.data(), kAlpn.size());
  SSL_connect(connection.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(sent, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace trackfit::tls
