#include "tls/diagnosis.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "support/certificates.h"
#include "tls/openssl_types.h"

namespace trackfit::tls {
namespace {

using ::testing::AllOf;
using testing::Authority;
using testing::CertificateAndKey;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::chrono::seconds kLimit{5};

// Takes one connection, and serves it.
class OneConnection {
 public:
  explicit OneConnection(std::function<void(int socket)> serve)
      : listening_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    listen(listening_, 1);
    socklen_t size = sizeof(address);
    getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, serve = std::move(serve)] {
      const int client = accept(listening_, nullptr, nullptr);
      serve(client);
      close(client);
    });
  }
  ~OneConnection() {
    shutdown(listening_, SHUT_RDWR);
    thread_.join();
    close(listening_);
  }
  std::string address(const std::string& host = "127.0.0.1") const {
    return host + ":" + std::to_string(port_);
  }

 private:
  int listening_;
  int port_ = 0;
  std::thread thread_;
};

class DiagnosisTest : public ::testing::Test {
 protected:
  std::function<void(int)> Tls(CertificateAndKey own,
                               std::function<void(SSL_CTX*)> configure = nullptr) const {
    return [own, configure](int socket) {
      const Context context(SSL_CTX_new(TLS_server_method()));
      const Bio certificate(BIO_new_mem_buf(own.certificate.data(), -1)),
          key(BIO_new_mem_buf(own.key.data(), -1));
      SSL_CTX_use_certificate(
          context.get(), Certificate(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr)).get());
      SSL_CTX_use_PrivateKey(context.get(),
                             Key(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr)).get());
      if (configure) configure(context.get());
      const Connection connection(SSL_new(context.get()));
      SSL_set_fd(connection.get(), socket);
      if (SSL_accept(connection.get()) == 1) SSL_write(connection.get(), "hello", 5);
    };
  }
  // A server that wants certificates of this authority.
  std::function<void(SSL_CTX*)> Asking() const {
    return [pem = authority_.certificate()](SSL_CTX* context) {
      const Bio text(BIO_new_mem_buf(pem.data(), -1));
      const Certificate one(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context), one.get());
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    };
  }
  ClientSecurity Trusting(const Authority& authority, const CertificateAndKey& own = {}) const {
    return {{own.certificate, own.key, authority.certificate(), std::nullopt}, ""};
  }
  std::string Diagnosis(const OneConnection& server, const std::optional<ClientSecurity>& security) const {
    return Diagnose(server.address(), security, kLimit);
  }

  const Authority authority_;
  const Authority another_{"another authority"};
};

TEST_F(DiagnosisTest, SaysNothingWhereAllIsWell) {
  const OneConnection server(Tls(authority_.Issue(), Asking()));
  EXPECT_EQ(Diagnosis(server, Trusting(authority_, authority_.Issue())), "");
}

TEST_F(DiagnosisTest, SaysNothingOfWhatDoesNotListenOrDoesNotAnswer) {
  EXPECT_EQ(Diagnose("127.0.0.1:1", Trusting(authority_), kLimit), "");
  EXPECT_EQ(Diagnose("unix:/no/such/socket", Trusting(authority_), kLimit), "");
  const OneConnection silent([](int socket) {
    char byte = 0;
    while (recv(socket, &byte, 1, 0) > 0) {
    }
  });
  EXPECT_EQ(Diagnose(silent.address(), Trusting(authority_), std::chrono::milliseconds(50)), "");
}

TEST_F(DiagnosisTest, TellsAClientWithoutTlsThatTheServerSpeaksIt) {
  const OneConnection server(Tls(authority_.Issue(), Asking()));
  EXPECT_THAT(Diagnosis(server, std::nullopt), AllOf(StartsWith("it speaks TLS"), HasSubstr("--tls-ca")));
}

TEST_F(DiagnosisTest, TellsAClientWithTlsThatTheServerSpeaksNone) {
  const OneConnection server(
      [](int socket) { send(socket, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, MSG_NOSIGNAL); });
  EXPECT_THAT(Diagnosis(server, Trusting(authority_)), StartsWith("it does not speak TLS"));
}

TEST_F(DiagnosisTest, TellsWhyACertificateIsNotTrusted) {
  {
    const OneConnection server(Tls(authority_.Issue()));
    EXPECT_THAT(Diagnosis(server, Trusting(another_)),
                HasSubstr("authority that this client does not trust"));
  }
  {
    const OneConnection server(Tls(authority_.Issue({.valid_from = -7200, .valid_until = -3600})));
    EXPECT_THAT(Diagnosis(server, Trusting(authority_)), HasSubstr("has expired"));
  }
  const OneConnection server(Tls(authority_.Issue({.alternatives = "DNS:gym.example,IP:192.0.2.7"})));
  EXPECT_THAT(Diagnosis(server, Trusting(authority_)),
              HasSubstr("does not bear the name 127.0.0.1 but gym.example, 192.0.2.7"));
}

TEST_F(DiagnosisTest, TellsThatTheServerWantsACertificateOrAnother) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto asking = [this, version](SSL_CTX* context) {
      Asking()(context);
      SSL_CTX_set_max_proto_version(context, version);
    };
    {
      const OneConnection server(Tls(authority_.Issue(), asking));
      EXPECT_THAT(Diagnosis(server, Trusting(authority_)), StartsWith("it asks clients for a certificate"));
    }
    const OneConnection server(Tls(authority_.Issue(), asking));
    EXPECT_THAT(Diagnosis(server, Trusting(authority_, another_.Issue())),
                StartsWith("it does not accept the certificate in --tls-certificate"));
  }
}

TEST_F(DiagnosisTest, TellsThatTheServerIsTooOld) {
  const OneConnection server(Tls(authority_.Issue(), [](SSL_CTX* context) {
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
  }));
  EXPECT_THAT(Diagnosis(server, Trusting(authority_)), HasSubstr("versions of TLS before 1.2"));
}

}  // namespace
}  // namespace trackfit::tls
