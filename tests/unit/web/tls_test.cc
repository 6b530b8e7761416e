// The web port over TLS, with a certificate made here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "support/client_socket.h"
#include "support/scratch_folder.h"
#include "support/web_socket_client.h"
#include "web/http_server.h"

namespace trackfit::web {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::WebSocketClient;

template <class T, void (*Free)(T*)>
struct Freeing {
  void operator()(T* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509, X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Freeing<SSL_CTX, SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, Freeing<SSL, SSL_free>>;

// Writes a self-signed certificate for localhost, and its key.
void MakeCertificate(const std::string& certificate_file, const std::string& key_file) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"),
                             -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  FILE* file = std::fopen(certificate_file.c_str(), "w");
  PEM_write_X509(file, certificate.get());
  std::fclose(file);
  file = std::fopen(key_file.c_str(), "w");
  PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
}

class TlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    MakeCertificate(certificate_, key_);
    HttpServerConfig config;
    config.pages["/page"] = [](const HttpRequest&) { return HttpResponse{.body = "a page\n"}; };
    config.web_sockets["/echo"] = {
        .refuse = [](const HttpRequest&) -> std::optional<HttpResponse> { return std::nullopt; },
        .on_open =
            [](const HttpRequest&, const std::shared_ptr<WebSocket>& opened) {
              WebSocket* const socket = opened.get();
              socket->Start(
                  {.on_message = [socket](std::string message) { socket->Send(std::move(message)); },
                   .on_sent = [socket](bool) { socket->Close(kCloseNormal, "enough"); },
                   .on_lost = nullptr,
                   .on_over = nullptr});
              socket->Read();
            },
    };
    config.tls = TlsFiles{certificate_, key_};
    config.timeout = std::chrono::milliseconds(500);
    server_ = *HttpServer::Start("127.0.0.1:0", std::move(config));
  }

  // A connection that trusts this certificate only; null when the handshake fails.
  Connection Connect(int highest_version = TLS1_3_VERSION) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_load_verify_locations(context_.get(), certificate_.c_str(), nullptr);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), highest_version);
    BIO* const bio = BIO_new_connect(("127.0.0.1:" + std::to_string(server_->port())).c_str());
    Connection connection(SSL_new(context_.get()));
    SSL_set_bio(connection.get(), bio, bio);
    SSL_set1_host(connection.get(), "localhost");
    return SSL_connect(connection.get()) == 1 ? std::move(connection) : nullptr;
  }
  static void Send(const Connection& connection, const std::string& bytes) {
    SSL_write(connection.get(), bytes.data(), static_cast<int>(bytes.size()));
  }
  static std::string Receive(const Connection& connection) {
    char buffer[4096];
    const int count = SSL_read(connection.get(), buffer, sizeof(buffer));
    return count > 0 ? std::string(buffer, static_cast<std::size_t>(count)) : "";
  }

  const testing::ScratchFolder folder_;
  const std::string certificate_ = folder_.File("certificate.pem");
  const std::string key_ = folder_.File("key.pem");
  std::unique_ptr<HttpServer> server_;
  Context context_;
};

TEST_F(TlsTest, CarriesPages) {
  const Connection connection = Connect();
  ASSERT_NE(connection, nullptr);
  Send(connection, "GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(Receive(connection), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("\r\n\r\na page\n")));
  EXPECT_EQ(Receive(connection), "");
  EXPECT_EQ(SSL_get_shutdown(connection.get()), SSL_RECEIVED_SHUTDOWN) << "nothing was cut off";
}

TEST_F(TlsTest, CarriesWebSockets) {
  const Connection connection = Connect();
  ASSERT_NE(connection, nullptr);
  Send(connection,
       "GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  EXPECT_THAT(Receive(connection), StartsWith("HTTP/1.1 101 "));
  Send(connection, WebSocketClient::Encode({.payload = "hello"}));
  EXPECT_EQ(Receive(connection), "\x82\x05hello");
  EXPECT_EQ(Receive(connection),
            "\x88\x08\x03\xE8"
            "enough");
}

TEST_F(TlsTest, RefusesOldVersionsAndPlainHttp) {
  EXPECT_EQ(Connect(TLS1_1_VERSION), nullptr);
  const testing::ClientSocket plain(server_->port());
  plain.Send("GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(plain.ReceiveAll(), ::testing::Not(HasSubstr("a page")));
  EXPECT_EQ(server_->Probe(std::chrono::milliseconds(2000)), net::ProbeResult::kAlive);
}

TEST_F(TlsTest, GivesUpAClientThatDoesNotFinishTheHandshake) {
  const testing::ClientSocket silent(server_->port());
  silent.Send("\x16");
  EXPECT_TRUE(silent.HangsUp(5000));
}

TEST_F(TlsTest, NamesTheFileThatIsNoCertificateOrKey) {
  HttpServerConfig config;
  config.tls = TlsFiles{"/no/such/file", key_};
  auto server = HttpServer::Start("127.0.0.1:0", config);
  EXPECT_THAT(std::string(server.status().message()), StartsWith("/no/such/file cannot be read"));
  config.tls = TlsFiles{key_, key_};
  server = HttpServer::Start("127.0.0.1:0", config);
  EXPECT_THAT(std::string(server.status().message()), StartsWith(key_ + " is no certificate"));
  MakeCertificate(folder_.File("other.pem"), folder_.File("other_key.pem"));
  config.tls = TlsFiles{certificate_, folder_.File("other_key.pem")};
  server = HttpServer::Start("127.0.0.1:0", config);
  EXPECT_THAT(std::string(server.status().message()), HasSubstr("other_key.pem is no key"));
}

}  // namespace
}  // namespace trackfit::web
