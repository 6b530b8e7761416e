#include "web/beast.h"
// (a line of its own, so that clang-format does not reorder them)
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <memory>
#include <utility>

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
  explicit Impl(std::shared_ptr<const tls::LiveCredentials> credentials)
      : credentials_(std::move(credentials)) {}

  asio::ssl::context& Current() {
    if (const auto current = credentials_->current(); current != used_) Use(current);
    return *context_;
  }

 private:
  // Connections keep what of the context before they need.
  void Use(const std::shared_ptr<const tls::Credentials>& credentials) {
    auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    context->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    context->use_certificate_chain(asio::buffer(credentials->certificate));
    context->use_private_key(asio::buffer(credentials->key), asio::ssl::context::pem);
    context_ = std::move(context);
    used_ = credentials;
  }

  const std::shared_ptr<const tls::LiveCredentials> credentials_;
  std::shared_ptr<const tls::Credentials> used_;
  std::unique_ptr<asio::ssl::context> context_;
};

TlsCertificate::TlsCertificate(std::shared_ptr<const tls::LiveCredentials> credentials)
    : impl_(std::make_unique<Impl>(std::move(credentials))) {}
TlsCertificate::~TlsCertificate() = default;

void TlsCertificate::StartConnection(net::tcp::socket socket, HttpShared& shared) {
  auto stream = TlsStream(TcpStream(std::move(socket)), impl_->Current());
  std::make_shared<HttpConnection<TlsStream>>(std::move(stream), shared)->Start();
}

}  // namespace trackfit::web
