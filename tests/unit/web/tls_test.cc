// The web port over TLS, with a certificate made here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "support/certificates.h"
#include "support/client_socket.h"
#include "support/scratch_folder.h"
#include "support/web_socket_client.h"
#include "tls/live_credentials.h"
#include "tls/openssl_types.h"
#include "web/http_server.h"

namespace trackfit::web {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::WebSocketClient;

using tls::Connection;
using tls::Context;

class TlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto [certificate, key] = testing::Write(authority_.Issue(), folder_.File("own"));
    credentials_ = *tls::LiveCredentials::Load({{"--certificate", certificate}, {"--key", key}, {}});
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
    config.tls = credentials_;
    config.timeout = std::chrono::milliseconds(500);
    server_ = *HttpServer::Start("127.0.0.1:0", std::move(config));
  }

  // A connection that trusts one authority only; null when the handshake fails.
  Connection Connect(int highest_version = TLS1_3_VERSION) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    const tls::Bio text(BIO_new_mem_buf(trusted_.data(), -1));
    const tls::Certificate authority(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), authority.get());
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
  const testing::Authority authority_;
  const testing::Authority other_{"another authority"};
  std::string trusted_ = authority_.certificate();
  std::shared_ptr<tls::LiveCredentials> credentials_;
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

TEST_F(TlsTest, ShowsNewConnectionsTheNewCertificate) {
  const Connection before = Connect();
  ASSERT_NE(before, nullptr);
  testing::Write(other_.Issue(), folder_.File("own"));
  while (!credentials_->LookAgain()) {
  }
  EXPECT_EQ(Connect(), nullptr) << "it is of an authority that is not trusted";
  trusted_ = other_.certificate();
  EXPECT_NE(Connect(), nullptr);
  Send(before, "GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(Receive(before), StartsWith("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace trackfit::web
