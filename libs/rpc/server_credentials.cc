#include "rpc/server_credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

#include <mutex>
#include <string>
#include <utility>

namespace trackfit::rpc {
namespace {

// gRPC asks a callback for the certificate at each new connection, but only in its C interface.
class Reloading final : public grpc::ServerCredentials {
 public:
  explicit Reloading(std::shared_ptr<const tls::LiveCredentials> credentials)
      : credentials_(std::move(credentials)) {
    const auto request = credentials_->current()->authorities.empty()
                             ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                             : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
    c_credentials_ = grpc_ssl_server_credentials_create_with_options(
        grpc_ssl_server_credentials_create_options_using_config_fetcher(request, &Fetch, this));
  }
  Reloading(const Reloading&) = delete;
  Reloading& operator=(const Reloading&) = delete;
  ~Reloading() override { grpc_server_credentials_release(c_credentials_); }

  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), c_credentials_);
  }

  static grpc_ssl_certificate_config_reload_status Fetch(void* self,
                                                         grpc_ssl_server_certificate_config** config) {
    return static_cast<Reloading*>(self)->FetchNew(config);
  }
  grpc_ssl_certificate_config_reload_status FetchNew(grpc_ssl_server_certificate_config** config) {
    const std::lock_guard lock(mutex_);
    const auto current = credentials_->current();
    if (current == given_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    const grpc_ssl_pem_key_cert_pair pair{current->key.c_str(), current->certificate.c_str()};
    // gRPC wants authorities also where it asks clients for nothing, and then does not use them.
    const std::string& authorities =
        current->authorities.empty() ? current->certificate : current->authorities;
    *config = grpc_ssl_server_certificate_config_create(authorities.c_str(), &pair, 1);
    given_ = current;
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  const std::shared_ptr<const tls::LiveCredentials> credentials_;
  grpc_server_credentials* c_credentials_ = nullptr;
  std::mutex mutex_;
  std::shared_ptr<const tls::Credentials> given_;  // guarded by mutex_
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> TlsServerCredentials(
    std::shared_ptr<const tls::LiveCredentials> credentials) {
  return std::make_shared<Reloading>(std::move(credentials));
}

}  // namespace trackfit::rpc
