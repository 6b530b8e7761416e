// Begins a client's connection, in the clear or over TLS. Each kind is a file of its own, for Boost.Beast
// compiles slowly.
#ifndef TRACKFIT_WEB_CONNECTIONS_H_
#define TRACKFIT_WEB_CONNECTIONS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "net/asio.h"

namespace trackfit::web {

struct HttpShared;

// `shared` outlives the connection.
void StartPlainConnection(net::tcp::socket socket, HttpShared& shared);

// A server's certificate. Outlives its connections.
class TlsCertificate {
 public:
  // From PEM files: the certificate, behind it those that lead to a known authority, and its key.
  // INVALID_ARGUMENT naming the file that is none.
  static absl::StatusOr<std::unique_ptr<TlsCertificate>> Load(const std::string& certificate_file,
                                                              const std::string& key_file);
  ~TlsCertificate();

  void StartConnection(net::tcp::socket socket, HttpShared& shared);

 private:
  class Impl;
  explicit TlsCertificate(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_CONNECTIONS_H_
