#include "tls/diagnosis.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "tls/openssl_types.h"

namespace trackfit::tls {
namespace {

using Clock = std::chrono::steady_clock;

// Until the socket is ready; false: the time is up.
bool Wait(BIO* socket, short event, Clock::time_point end) {
  int descriptor = -1;
  if (BIO_get_fd(socket, &descriptor) < 0) return false;
  pollfd ready{descriptor, event, 0};
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
  return left > 0 && poll(&ready, 1, static_cast<int>(left)) > 0;
}

// Repeats `step` (of OpenSSL: positive when done) while the socket makes it wait.
template <class Step>
int Persist(SSL* connection, Clock::time_point end, Step step) {
  for (;;) {
    const int result = step();
    const int error = SSL_get_error(connection, result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return result;
    if (!Wait(SSL_get_rbio(connection), error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, end)) return result;
  }
}

Bio Connect(const std::string& address, Clock::time_point end) {
  Bio socket(BIO_new_connect(address.c_str()));
  if (socket == nullptr) return nullptr;
  BIO_set_nbio(socket.get(), 1);
  while (BIO_do_connect(socket.get()) <= 0) {
    if (!BIO_should_retry(socket.get()) || !Wait(socket.get(), POLLOUT, end)) return nullptr;
  }
  return socket;
}

Context ContextFor(const std::optional<ClientSecurity>& security) {
  Context context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_default_verify_paths(context.get());
  if (!security) return context;
  const Credentials& own = security->credentials;
  if (!own.authorities.empty()) {
    X509_STORE* const store = X509_STORE_new();
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);  // as gRPC does
    const Bio text(BIO_new_mem_buf(own.authorities.data(), static_cast<int>(own.authorities.size())));
    for (;;) {
      const Certificate one(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
      if (one == nullptr) break;
      X509_STORE_add_cert(store, one.get());
    }
    SSL_CTX_set_cert_store(context.get(), store);  // takes it
  }
  if (own.certificate.empty()) return context;
  const Bio certificate(BIO_new_mem_buf(own.certificate.data(), static_cast<int>(own.certificate.size())));
  const Certificate leaf(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr));
  SSL_CTX_use_certificate(context.get(), leaf.get());
  for (;;) {
    X509* const further = PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr);
    if (further == nullptr) break;
    SSL_CTX_add_extra_chain_cert(context.get(), further);  // takes it
  }
  const Bio key(BIO_new_mem_buf(own.key.data(), static_cast<int>(own.key.size())));
  SSL_CTX_use_PrivateKey(context.get(),
                         Key(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr)).get());
  return context;
}

std::string HostOf(const std::string& address) {
  std::string host = address.substr(0, address.rfind(':'));
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  return host;
}

// "localhost, 127.0.0.1": what a certificate says whose it is.
std::string NamesIn(const X509* certificate) {
  std::string names;
  auto* const alternatives =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(alternatives); ++i) {
    const GENERAL_NAME* const one = sk_GENERAL_NAME_value(alternatives, i);
    std::string name;
    if (one->type == GEN_DNS) {
      name.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(one->d.dNSName)),
                  static_cast<std::size_t>(ASN1_STRING_length(one->d.dNSName)));
    } else if (one->type == GEN_IPADD) {
      const unsigned char* const bytes = ASN1_STRING_get0_data(one->d.iPAddress);
      if (ASN1_STRING_length(one->d.iPAddress) == 4)
        name = absl::StrCat(bytes[0], ".", bytes[1], ".", bytes[2], ".", bytes[3]);
    }
    if (!name.empty()) absl::StrAppend(&names, names.empty() ? "" : ", ", name);
  }
  GENERAL_NAMES_free(alternatives);
  return names.empty() ? "none" : names;
}

// What OpenSSL tells on the way.
struct Seen {
  std::string names;      // in the server's certificate, where that is not trusted
  bool is_asked = false;  // for a certificate of the client
};

int OnVerified(int trusted, X509_STORE_CTX* verification) {
  auto* const connection =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  if (trusted != 1)
    static_cast<Seen*>(SSL_get_app_data(connection))->names = NamesIn(X509_STORE_CTX_get0_cert(verification));
  return trusted;
}

int OnAsked(SSL*, void* seen) {
  static_cast<Seen*>(seen)->is_asked = true;
  return 1;
}

std::string DescribeMistrust(long why, const std::string& expected, const std::string& names) {
  switch (why) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "its certificate has expired; whoever runs it must renew it (and is the clock of this machine "
             "right?)";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "its certificate is not valid yet; is the clock of this machine right?";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return absl::StrCat("its certificate does not bear the name ", expected, " but ", names,
                          "; is it the right server? --tls-name says which name to expect");
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "its certificate is signed by an authority that this client does not trust; --tls-ca names the "
             "file of the right one";
    default:
      return absl::StrCat("its certificate is not trusted: ", X509_verify_cert_error_string(why));
  }
}

std::string DescribeRefusal(unsigned long error) {
  switch (ERR_GET_REASON(error)) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
      return "it does not speak TLS; leave out --tls and --tls-ca, or is it another port?";
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL:
      return "it speaks only versions of TLS before 1.2, which are not safe";
    default:
      return "";
  }
}

}  // namespace

std::string Diagnose(const std::string& address, const std::optional<ClientSecurity>& security,
                     std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  ERR_clear_error();
  Bio socket = Connect(address, end);
  if (socket == nullptr) return "";
  const Context context = ContextFor(security);
  const Connection connection(SSL_new(context.get()));
  BIO* const bio = socket.release();
  SSL_set_bio(connection.get(), bio, bio);  // takes it
  static constexpr std::array<unsigned char, 3> kAlpn = {2, 'h', '2'};
  SSL_set_alpn_protos(connection.get(), kAlpn.data(), kAlpn.size());
  const std::string expected = security && !security->name.empty() ? security->name : HostOf(address);
  if (security) {
    X509_VERIFY_PARAM* const rules = SSL_get0_param(connection.get());
    if (X509_VERIFY_PARAM_set1_ip_asc(rules, expected.c_str()) != 1) {
      X509_VERIFY_PARAM_set1_host(rules, expected.c_str(), 0);
      SSL_set_tlsext_host_name(connection.get(), expected.c_str());
    }
    SSL_set_verify(connection.get(), SSL_VERIFY_PEER, &OnVerified);
  }
  Seen seen;
  SSL_set_app_data(connection.get(), &seen);
  SSL_set_cert_cb(connection.get(), &OnAsked, &seen);
  ERR_clear_error();
  int done = Persist(connection.get(), end, [&] { return SSL_connect(connection.get()); });
  if (!security) {
    // One that asks for a certificate of the client speaks TLS, too.
    const Certificate shown(SSL_get1_peer_certificate(connection.get()));
    return shown == nullptr ? ""
                            : "it speaks TLS; --tls-ca names the file of the authority that signs its "
                              "certificate, --tls stands for those that the system trusts";
  }
  if (done > 0) {  // with TLS 1.3 the server judges the client's certificate only now
    char byte = 0;
    done = Persist(connection.get(), end, [&] { return SSL_read(connection.get(), &byte, 1); });
    if (done > 0) return "";
  }
  if (!seen.names.empty())
    return DescribeMistrust(SSL_get_verify_result(connection.get()), expected, seen.names);
  const int error = SSL_get_error(connection.get(), done);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return "";  // it is silent
  if (seen.is_asked) {  // gRPC closes then, and does not say why
    return security->credentials.certificate.empty()
               ? "it asks clients for a certificate; --tls-certificate and --tls-key name one"
               : "it does not accept the certificate in --tls-certificate: is it signed by the authority "
                 "that the "
                 "server trusts (its --tls-client-ca), and has it not expired?";
  }
  return DescribeRefusal(ERR_peek_last_error());
}

}  // namespace trackfit::tls
