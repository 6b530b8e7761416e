// Begins a client's connection, in the clear or over TLS. Each kind is a file of its own, for Boost.Beast
// compiles slowly.
#ifndef TRACKFIT_WEB_CONNECTIONS_H_
#define TRACKFIT_WEB_CONNECTIONS_H_

#include <memory>

#include "net/asio.h"
#include "tls/live_credentials.h"

namespace trackfit::web {

struct HttpShared;

// `shared` outlives the connection.
void StartPlainConnection(net::tcp::socket socket, HttpShared& shared);

// A server's certificate, the current one for each new connection. On the server's thread.
class TlsCertificate {
 public:
  explicit TlsCertificate(std::shared_ptr<const tls::LiveCredentials> credentials);
  ~TlsCertificate();

  void StartConnection(net::tcp::socket socket, HttpShared& shared);

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_CONNECTIONS_H_
