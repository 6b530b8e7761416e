// Authorities and certificates for tests, made here.
#ifndef TRACKFIT_TESTS_SUPPORT_CERTIFICATES_H_
#define TRACKFIT_TESTS_SUPPORT_CERTIFICATES_H_

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "tls/openssl_types.h"

namespace trackfit::testing {

// PEM.
struct CertificateAndKey {
  std::string certificate;
  std::string key;
};

struct CertificateTraits {
  std::string name = "localhost";
  std::string alternatives = "DNS:localhost,IP:127.0.0.1";
  int valid_from = -60;    // seconds from now
  int valid_until = 3600;  // likewise
};

class Authority {
 public:
  explicit Authority(const std::string& name = "test authority")
      : key_(EVP_EC_gen("P-256")), certificate_(New(name, *key_, {})) {
    X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
    Extend(NID_basic_constraints, "critical,CA:TRUE", *certificate_);
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());
  }

  std::string certificate() const { return Pem(PEM_write_bio_X509, certificate_.get()); }

  CertificateAndKey Issue(const CertificateTraits& traits = {}) const {
    const tls::Key key(EVP_EC_gen("P-256"));
    const tls::Certificate leaf = New(traits.name, *key, traits);
    X509_set_issuer_name(leaf.get(), X509_get_subject_name(certificate_.get()));
    Extend(NID_subject_alt_name, traits.alternatives, *leaf);
    X509_sign(leaf.get(), key_.get(), EVP_sha256());
    const tls::Bio text(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return {Pem(PEM_write_bio_X509, leaf.get()), Contents(*text)};
  }

 private:
  static std::string Contents(BIO& bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(&bio, &data);
    return {data, static_cast<std::size_t>(size)};
  }
  template <class Write, class Object>
  static std::string Pem(Write write, Object* object) {
    const tls::Bio text(BIO_new(BIO_s_mem()));
    write(text.get(), object);
    return Contents(*text);
  }
  static tls::Certificate New(const std::string& name, EVP_PKEY& key, const CertificateTraits& traits) {
    static long serial = 0;
    tls::Certificate certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), traits.valid_from);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), traits.valid_until);
    X509_set_pubkey(certificate.get(), &key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    return certificate;
  }
  static void Extend(int what, const std::string& value, X509& certificate) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str());
    X509_add_ext(&certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  const tls::Key key_;
  const tls::Certificate certificate_;
};

// As a careful operator does it: whole or not at all.
inline void Replace(const std::string& file, const std::string& text) {
  const std::string beside = file + ".new";
  std::ofstream(beside) << text;
  std::filesystem::rename(beside, file);
}

// Writes both, and returns what the flags need.
inline std::pair<std::string, std::string> Write(const CertificateAndKey& pair, const std::string& stem) {
  Replace(stem + ".key", pair.key);
  Replace(stem + ".pem", pair.certificate);
  return {stem + ".pem", stem + ".key"};
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_CERTIFICATES_H_
