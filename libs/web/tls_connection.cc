#include "web/beast.h"
// (a line of its own, so that clang-format does not reorder them)
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "web/connections.h"
#include "web/http_connection.h"
#include "web/tcp_stream.h"

namespace trackfit::web {

using TlsStream = beast::ssl_stream<TcpStream>;

// As for TcpStream.
template <class Handler>
void async_teardown(beast::role_type, TlsStream& stream, Handler&& handler) {
  beast::get_lowest_layer(stream).expires_after(kGoodbye);
  stream.async_shutdown(std::forward<Handler>(handler));
}

class TlsCertificate::Impl {
 public:
  asio::ssl::context context{asio::ssl::context::tls_server};
};

absl::StatusOr<std::unique_ptr<TlsCertificate>> TlsCertificate::Load(const std::string& certificate_file,
                                                                     const std::string& key_file) {
  for (const std::string& file : {certificate_file, key_file}) {  // OpenSSL would not say that it is missing
    if (!std::ifstream(file)) return absl::InvalidArgumentError(absl::StrCat(file, " cannot be read"));
  }
  auto impl = std::make_unique<Impl>();
  asio::ssl::context& context = impl->context;
  ErrorCode error;
  context.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, error);
  context.use_certificate_chain_file(certificate_file, error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat(certificate_file, " is no certificate in PEM format: ", error.message()));
  }
  context.use_private_key_file(key_file, asio::ssl::context::pem, error);
  if (error) {
    return absl::InvalidArgumentError(absl::StrCat(key_file, " is no key in PEM format, or not that of ",
                                                   certificate_file, ": ", error.message()));
  }
  return std::unique_ptr<TlsCertificate>(new TlsCertificate(std::move(impl)));
}

TlsCertificate::TlsCertificate(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsCertificate::~TlsCertificate() = default;

void TlsCertificate::StartConnection(net::tcp::socket socket, HttpShared& shared) {
  auto stream = TlsStream(TcpStream(std::move(socket)), impl_->context);
  std::make_shared<HttpConnection<TlsStream>>(std::move(stream), shared)->Start();
}

}  // namespace trackfit::web
