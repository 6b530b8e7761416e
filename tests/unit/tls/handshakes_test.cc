// What of a handshake is counted, and what a probe sends.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <string>

#include "support/certificates.h"
#include "tls/client_hello.h"
#include "tls/failed_handshakes.h"
#include "tls/openssl_types.h"

namespace trackfit::tls {
namespace {

class HandshakesTest : public ::testing::Test {
 protected:
  HandshakesTest() : context_(SSL_CTX_new(TLS_server_method())) {
    CountFailedHandshakes();
    const auto own = testing::Authority().Issue();
    const Bio certificate(BIO_new_mem_buf(own.certificate.data(), -1)),
        key(BIO_new_mem_buf(own.key.data(), -1));
    SSL_CTX_use_certificate(
        context_.get(), Certificate(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr)).get());
    SSL_CTX_use_PrivateKey(context_.get(),
                           Key(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr)).get());
  }

  // How many bytes a server answers to these, and then the connection ends.
  std::size_t AnswerTo(const std::string& bytes) {
    const Connection server(SSL_new(context_.get()));
    BIO* const in = BIO_new(BIO_s_mem());
    BIO* const out = BIO_new(BIO_s_mem());
    BIO_write(in, bytes.data(), static_cast<int>(bytes.size()));
    SSL_set_bio(server.get(), in, out);
    SSL_accept(server.get());
    return BIO_ctrl_pending(out);
  }

  const Context context_;
};

TEST_F(HandshakesTest, AServerAnswersAClientHello) {
  const int64_t before = FailedHandshakes();
  EXPECT_GT(AnswerTo(ClientHello()), 500U) << "its certificate is in it";
  EXPECT_EQ(FailedHandshakes(), before) << "given up is not failed";
}

TEST_F(HandshakesTest, OneThatFailsIsCounted) {
  const int64_t before = FailedHandshakes();
  AnswerTo("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  EXPECT_EQ(FailedHandshakes(), before + 1);
  AnswerTo("\x16\x03\x01");
  EXPECT_EQ(FailedHandshakes(), before + 1) << "half a word";
}

}  // namespace
}  // namespace trackfit::tls
