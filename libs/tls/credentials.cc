#include "tls/credentials.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tls/openssl_types.h"

namespace trackfit::tls {
namespace {

using std::chrono::system_clock;

// Certificates and keys are a few kilobytes, the system's bundle of authorities a few hundred.
constexpr std::size_t kMostBytes = 4 << 20;

absl::Status Wrong(const files::NamedFile& file, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat(file.name, ": ", file.path.string(), " ", what));
}

// What OpenSSL said last, and forgets now: a reason, never data.
std::string Reason() {
  const unsigned long last = ERR_peek_last_error();
  ERR_clear_error();
  const char* const reason = ERR_reason_error_string(last);
  return reason == nullptr ? "unknown reason" : reason;
}

absl::StatusOr<std::string> ReadFile(const files::NamedFile& file) {
  if (file.path.empty()) return "";
  std::error_code ignored;
  if (std::filesystem::is_directory(file.path, ignored)) return Wrong(file, "is a folder, not a file");
  errno = 0;
  std::ifstream stream(file.path, std::ios::binary);
  if (!stream) return Wrong(file, absl::StrCat("cannot be read: ", std::strerror(errno)));
  std::string text(kMostBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kMostBytes) return Wrong(file, "has more than 4 MB; it should be PEM");
  return text;
}

Bio Memory(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// All certificates of a file; what else is in it is passed over.
absl::StatusOr<std::vector<Certificate>> Certificates(const files::NamedFile& file, const std::string& text) {
  std::vector<Certificate> certificates;
  const Bio bio = Memory(text);
  ERR_clear_error();
  while (X509* const certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
    certificates.emplace_back(certificate);
  const bool damaged = ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE;
  const std::string reason = Reason();
  if (damaged) return Wrong(file, absl::StrCat("holds a damaged certificate: ", reason));
  if (certificates.empty()) return Wrong(file, "holds no certificate in PEM format");
  return certificates;
}

system_clock::time_point TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return system_clock::from_time_t(timegm(&parts));
}

std::string Text(const ASN1_TIME* time) {
  const Bio bio(BIO_new(BIO_s_mem()));
  ASN1_TIME_print(bio.get(), time);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

bool IsExpired(const X509& certificate) {
  return X509_cmp_current_time(X509_get0_notAfter(&certificate)) < 0;
}

int NoPassword(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

absl::StatusOr<Key> KeyIn(const files::NamedFile& file, const std::string& text) {
  bool encrypted = false;
  const Bio bio = Memory(text);
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassword, &encrypted));
  ERR_clear_error();
  if (encrypted) return Wrong(file, "is encrypted; write it without a password, readable by the server only");
  if (key == nullptr) return Wrong(file, "holds no private key in PEM format");
  return key;
}

absl::Status CheckOwn(const CredentialFiles& files, const CredentialContents& contents,
                      Credentials& credentials) {
  auto certificates = Certificates(files.certificate, contents.certificate);
  if (!certificates.ok()) return certificates.status();
  const auto key = KeyIn(files.key, contents.key);
  if (!key.ok()) return key.status();
  const X509& leaf = *certificates->front();
  if (X509_check_private_key(&leaf, key->get()) != 1) {
    ERR_clear_error();
    return Wrong(files.key, absl::StrCat("is not the key of the certificate in ", files.certificate.name,
                                         ", ", files.certificate.path.string()));
  }
  const Context context(SSL_CTX_new(TLS_method()));  // refuses what no handshake would accept
  if (SSL_CTX_use_certificate(context.get(), certificates->front().get()) != 1)
    return Wrong(files.certificate, absl::StrCat("cannot be used: ", Reason()));
  if (X509_cmp_current_time(X509_get0_notBefore(&leaf)) > 0) {
    return Wrong(files.certificate, absl::StrCat("is not valid before ", Text(X509_get0_notBefore(&leaf)),
                                                 "; is the clock of this machine right?"));
  }
  for (const Certificate& certificate : *certificates) {
    const ASN1_TIME* const end = X509_get0_notAfter(certificate.get());
    if (IsExpired(*certificate)) return Wrong(files.certificate, absl::StrCat("has expired on ", Text(end)));
    credentials.not_after = std::min(credentials.not_after.value_or(TimeOf(end)), TimeOf(end));
  }
  return absl::OkStatus();
}

absl::Status CheckAuthorities(const files::NamedFile& file, const std::string& text) {
  const auto certificates = Certificates(file, text);
  if (!certificates.ok()) return certificates.status();
  const bool all_expired = std::all_of(certificates->begin(), certificates->end(),
                                       [](const Certificate& one) { return IsExpired(*one); });
  if (!all_expired) return absl::OkStatus();
  return Wrong(file, absl::StrCat("has expired on ", Text(X509_get0_notAfter(certificates->front().get()))));
}

}  // namespace

CredentialContents Read(const CredentialFiles& files) {
  CredentialContents contents;
  for (const auto& [file, text] :
       {std::pair(&files.certificate, &contents.certificate), std::pair(&files.key, &contents.key),
        std::pair(&files.authorities, &contents.authorities)}) {
    auto read = ReadFile(*file);
    contents.readable.Update(read.status());
    if (read.ok()) *text = *std::move(read);
  }
  return contents;
}

absl::StatusOr<Credentials> Check(const CredentialFiles& files, const CredentialContents& contents) {
  if (files.certificate.path.empty() != files.key.path.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(files.certificate.name, " and ", files.key.name, " need each other"));
  }
  if (!contents.readable.ok()) return contents.readable;
  Credentials credentials{contents.certificate, contents.key, contents.authorities, std::nullopt};
  if (!files.certificate.path.empty()) {
    if (absl::Status own = CheckOwn(files, contents, credentials); !own.ok()) return own;
  }
  if (!files.authorities.path.empty()) {
    absl::Status authorities = CheckAuthorities(files.authorities, contents.authorities);
    if (!authorities.ok()) return authorities;
  }
  return credentials;
}

absl::StatusOr<Credentials> Load(const CredentialFiles& files) { return Check(files, Read(files)); }

}  // namespace trackfit::tls
