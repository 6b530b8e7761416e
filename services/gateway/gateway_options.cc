#include "gateway_options.h"

#include <unistd.h>

#include <chrono>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "access/key_file.h"
#include "command_line/address.h"
#include "command_line/model_directory.h"
#include "handover/session_folder.h"
#include "web/host.h"
#include "web/origin.h"

namespace trackfit::gateway_server {

UploadOptions::UploadOptions() : worker(command_line::ProgramBeside("trackfit-upload-worker")) {}

tls::CredentialFiles HttpOptions::Files() const {
  return {{"--http-certificate", certificate}, {"--http-key", key}, {}};
}

tls::CredentialFiles UpstreamTlsOptions::Files() const {
  return {
      {"--upstream-tls-certificate", certificate}, {"--upstream-tls-key", key}, {"--upstream-tls-ca", ca}};
}

absl::Status UpstreamTlsOptions::Validate() const {
  for (const auto& [flag, value] :
       {std::pair("--upstream-tls-certificate", &certificate), std::pair("--upstream-tls-key", &key),
        std::pair("--upstream-tls-name", &name)}) {
    if (ca.empty() && !value->empty())
      return absl::InvalidArgumentError(absl::StrCat(flag, " needs --upstream-tls-ca beside it"));
  }
  return tls::Load(Files()).status();
}

GatewayOptions::GatewayOptions() {
  server.listen = "0.0.0.0:8000";
  server.metrics_listen = "127.0.0.1:9100";
  server.max_in_flight = 16;
  http.web_root = command_line::DefaultWebDirectory();
}

void GatewayOptions::Register(CLI::App& app) {
  server.Register(app);
  app.option_defaults()->group("Gateway");
  rpc::AddFlag(app, "http-listen", http.listen,
               "Address for browsers: web app, WebSocket and POST /v1/analyze, /metrics, /healthz; port 0 "
               "picks a free "
               "one; empty: none");
  rpc::AddFlag(app, "http-allowed-origins", http.allowed_origins,
               "Pages elsewhere that may analyse here, as https://HOST,https://HOST:PORT; * for all");
  rpc::AddFlag(app, "http-hosts", http.hosts,
               "Names by which browsers reach that port, as app.example.com,...; those of others, which lead "
               "here by trickery, are refused; empty: any. Addresses and localhost always work");
  rpc::AddFlag(
      app, "http-certificate", http.certificate,
      "PEM file of the certificate for HTTPS on that port, with those that lead to a known authority; "
      "empty: that of --tls-certificate, else plain HTTP");
  rpc::AddFlag(app, "http-key", http.key, "PEM file of the certificate's key");
  rpc::AddFlag(app, "web-root", http.web_root, "Folder of the built web app");
  rpc::AddFlag(app, "upload-worker", http.uploads.worker,
               "The program that decodes videos posted to /v1/analyze, trackfit-upload-worker; empty: none "
               "are taken");
  rpc::AddFlag(app, "max-upload-mb", http.uploads.max_mb, "Largest video");
  rpc::AddFlag(app, "max-uploads", http.uploads.max_uploads,
               "Videos at a time, each with a process of its own");
  rpc::AddFlag(app, "upload-timeout", http.uploads.timeout,
               "Seconds from a video's first byte to the last of its results; also of CPU time");
  rpc::AddFlag(app, "upload-memory-mb", http.uploads.memory_mb,
               "Address space of the program that decodes a video; 0: not limited");
  rpc::AddFlag(app, "extractor", extractor,
               "Address of the extractor; all that it resolves to are used in turn");
  rpc::AddFlag(app, "inferencer", inferencer,
               "Address of the inferencer; all that it resolves to are used in turn");
  rpc::AddFlag(
      app, "upstream-tls-ca", upstream_tls.ca,
      "PEM file of the authorities that sign the certificates of extractor and inferencer; empty: no "
      "TLS to them");
  rpc::AddFlag(app, "upstream-tls-certificate", upstream_tls.certificate,
               "PEM file of the certificate that the gateway presents to them, where they ask for one");
  rpc::AddFlag(app, "upstream-tls-key", upstream_tls.key, "PEM file of that certificate's key");
  rpc::AddFlag(app, "upstream-tls-name", upstream_tls.name,
               "Name that their certificates must bear; empty: the host of the address");
  rpc::AddFlag(
      app, "upstream-timeout", upstream_timeout,
      "Seconds that a session waits for a lost extractor or inferencer before it ends with UNAVAILABLE");
  rpc::AddFlag(app, "max-frame-bytes", max_frame_bytes,
               "Largest JPEG, PNG or WebP file; a larger one is answered as an invalid frame");
  rpc::AddFlag(app, "max-raw-frame-bytes", max_raw_frame_bytes,
               "Most bytes of uncompressed pixels; a picture of more is answered as an invalid frame");
  rpc::AddFlag(app, "resume-seconds", resume.seconds,
               "Seconds that a resumable session waits for a client that lost its stream; 0: none does");
  rpc::AddFlag(app, "resume-max", resume.max, "Sessions that wait at a time; the oldest make room for more");
  rpc::AddFlag(app, "resume-kb", resume.kb,
               "Kilobytes of a resumable session's latest responses that are kept for its client");
  rpc::AddFlag(app, "resume-total-mb", resume.total_mb,
               "Megabytes of all sessions that wait; the oldest make room for more");
  rpc::AddFlag(
      app, "max-stream-age", max_stream_age,
      "Seconds, give or take a tenth, after which a client is asked to reconnect; after --drain-grace "
      "more its stream ends; 0 = never");
  rpc::AddFlag(app, "api-keys", api_keys,
               "YAML file of tenants and the hashes of their API keys, as trackfit-key writes it; read again "
               "when it changes; empty: whoever reaches the gateway may use it");
  rpc::AddFlag(app, "handover", handover,
               "Folder in which resumable sessions are left at the end, for the next process with the same "
               "folder to go on with; for one gateway alone; empty: they end");
  app.option_defaults()->group("Options");
  app.parse_complete_callback([this, &app] {
    // gRPC's reflection service cannot ask for a key.
    if (!api_keys.empty() && app.count("--reflection") == 0) server.reflection = false;
  });
}

absl::Status GatewayOptions::Validate() const {
  using command_line::AddressUse;
  if (absl::Status valid = server.Validate(); !valid.ok()) return valid;
  if (absl::Status valid = CheckHttp(); !valid.ok()) return valid;
  if (absl::Status valid = CheckStreams(); !valid.ok()) return valid;
  if (absl::Status valid = CheckKeys(); !valid.ok()) return valid;
  if (absl::Status valid = CheckHandover(); !valid.ok()) return valid;
  absl::Status valid = command_line::CheckAddress("--extractor", extractor, AddressUse::kConnect, 8001);
  if (valid.ok()) valid = command_line::CheckAddress("--inferencer", inferencer, AddressUse::kConnect, 8002);
  if (valid.ok()) valid = upstream_tls.Validate();
  if (!valid.ok()) return valid;
  if (!(upstream_timeout >= 1 && upstream_timeout <= 3600)) {  // so that NaN is refused, too
    return absl::InvalidArgumentError(
        absl::StrCat("upstream-timeout is ", upstream_timeout, "; it must be between 1 and 3600"));
  }
  // A picture must fit into a request, or else gRPC ends the stream before anybody can answer.
  constexpr int64_t kLeast = 1024, kRestOfRequest = 4096;
  const int64_t most = (int64_t{server.max_message_mb} << 20) - kRestOfRequest;
  for (const auto& [flag, bytes] : {std::pair("max-frame-bytes", max_frame_bytes),
                                    std::pair("max-raw-frame-bytes", max_raw_frame_bytes)}) {
    if (bytes >= kLeast && bytes <= most) continue;
    return absl::InvalidArgumentError(absl::StrCat(flag, " is ", bytes, "; it must be between ", kLeast,
                                                   " and ", most, ", which max-message-mb leaves room for"));
  }
  return absl::OkStatus();
}

absl::Status GatewayOptions::CheckStreams() const {
  constexpr int kMostWaiting = 3600, kMostAge = 30 * 86'400;
  if (!(resume.seconds >= 0 && resume.seconds <= kMostWaiting)) {
    return absl::InvalidArgumentError(
        absl::StrCat("resume-seconds is ", resume.seconds, "; it must be between 0 and ", kMostWaiting));
  }
  if (max_stream_age != 0 && !(max_stream_age >= 1 && max_stream_age <= kMostAge)) {
    return absl::InvalidArgumentError(
        absl::StrCat("max-stream-age is ", max_stream_age, "; it must be 0 or between 1 and ", kMostAge));
  }
  for (const auto& [flag, value, least, most] :
       {std::tuple("resume-max", resume.max, 1, 100'000), std::tuple("resume-kb", resume.kb, 16, 65'536),
        std::tuple("resume-total-mb", resume.total_mb, 1, 65'536)}) {
    if (value >= least && value <= most) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(flag, " is ", value, "; it must be between ", least, " and ", most));
  }
  return absl::OkStatus();
}

absl::Status GatewayOptions::CheckKeys() const {
  if (api_keys.empty()) return absl::OkStatus();
  if (server.reflection) {
    return absl::InvalidArgumentError("--reflection asks nobody for a key; leave it out, or --api-keys");
  }
  const auto keys = access::ReadKeyFile(api_keys);
  if (keys.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("--api-keys: ", keys.status().message()));
}

absl::Status GatewayOptions::CheckHandover() const {
  if (handover.empty()) return absl::OkStatus();
  absl::Status usable = handover::CheckFolder(handover);
  if (usable.ok()) return usable;
  return absl::InvalidArgumentError(absl::StrCat("--handover: ", usable.message()));
}

bool GatewayOptions::IsForOthers() const {
  for (const std::string& address : {server.listen, http.listen}) {
    const std::string host = absl::AsciiStrToLower(address.substr(0, address.rfind(':')));
    const bool is_own = host == "localhost" || host == "[::1]" || absl::StartsWith(host, "127.");
    if (!address.empty() && !is_own) return true;
  }
  return false;
}

absl::Status GatewayOptions::CheckHttp() const {
  if (http.listen.empty()) return absl::OkStatus();
  absl::Status valid =
      command_line::CheckAddress("--http-listen", http.listen, command_line::AddressUse::kListen);
  if (!valid.ok()) return valid;
  for (const auto& [flag, other] :
       {std::pair("--listen", server.listen), std::pair("--metrics-listen", server.metrics_listen)}) {
    if (http.listen != other || absl::EndsWith(other, ":0")) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(flag, " and --http-listen both are ", other, "; they need different ports"));
  }
  if (absl::Status loaded = tls::Load(http.Files()).status(); !loaded.ok()) return loaded;
  const auto origins = web::OriginCheck::Create(http.allowed_origins);
  if (!origins.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--http-allowed-origins: ", origins.status().message()));
  }
  const auto hosts = web::HostCheck::Create(http.hosts);
  if (!hosts.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("--http-hosts: ", hosts.status().message()));
  }
  return CheckUploads();
}

absl::Status GatewayOptions::CheckUploads() const {
  const UploadOptions& uploads = http.uploads;
  if (uploads.worker.empty()) return absl::OkStatus();
  if (::access(uploads.worker.c_str(), X_OK) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--upload-worker: ", uploads.worker, " is no program that can be run"));
  }
  constexpr int kLeastMemoryMb = 256;  // the libraries alone
  if (uploads.memory_mb != 0 && uploads.memory_mb < kLeastMemoryMb) {
    return absl::InvalidArgumentError(absl::StrCat("upload-memory-mb is ", uploads.memory_mb,
                                                   "; it must be 0 or at least ", kLeastMemoryMb));
  }
  if (!(uploads.timeout >= 1 && uploads.timeout <= 86'400)) {
    return absl::InvalidArgumentError(
        absl::StrCat("upload-timeout is ", uploads.timeout, "; it must be between 1 and 86400"));
  }
  for (const auto& [flag, value, most] : {std::tuple("max-upload-mb", uploads.max_mb, 65'536),
                                          std::tuple("max-uploads", uploads.max_uploads, 64)}) {
    if (value >= 1 && value <= most) continue;
    return absl::InvalidArgumentError(absl::StrCat(flag, " is ", value, "; it must be between 1 and ", most));
  }
  return absl::OkStatus();
}

gateway::AnalysisOptions GatewayOptions::Analysis() const {
  gateway::AnalysisOptions options;
  options.extractor = extractor;
  options.inferencer = inferencer;
  options.max_frame_bytes = static_cast<size_t>(max_frame_bytes);
  options.max_raw_frame_bytes = static_cast<size_t>(max_raw_frame_bytes);
  options.upstream_timeout =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::duration<double>(upstream_timeout));
  return options;
}

}  // namespace trackfit::gateway_server
