// The gateway's flags.
#ifndef TRACKFIT_SERVICES_GATEWAY_GATEWAY_OPTIONS_H_
#define TRACKFIT_SERVICES_GATEWAY_GATEWAY_OPTIONS_H_

#include <CLI/App.hpp>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "gateway/analysis_session.h"
#include "rpc/server_options.h"
#include "tls/credentials.h"

namespace trackfit::gateway_server {

// Of POST /v1/analyze.
struct UploadOptions {
  UploadOptions();

  std::string worker;    // trackfit-upload-worker; empty: no uploads
  int max_mb = 64;       // of a file
  int max_uploads = 2;   // at a time
  double timeout = 600;  // seconds, from the first byte of the file to the last of the answer
  int memory_mb = 4096;  // of address space for a worker; 0: as much as it likes
};

// Of the gateway's web port.
struct HttpOptions {
  std::string listen = "0.0.0.0:8080";  // host:port; port 0 picks a free one; empty: none
  std::string allowed_origins;          // see web::OriginCheck
  std::string hosts;                    // see web::HostCheck
  std::string certificate;              // PEM files of HTTPS; both or none: those of gRPC, if it has any
  std::string key;
  std::string web_root;  // the app's folder
  UploadOptions uploads;

  tls::CredentialFiles Files() const;
};

// PEM files of TLS to the servers behind; without authorities there is none.
struct UpstreamTlsOptions {
  std::string ca;           // that signs their certificates
  std::string certificate;  // to present to them, with its key
  std::string key;
  std::string name;  // that theirs must bear; empty: the host of the address

  tls::CredentialFiles Files() const;
  // INVALID_ARGUMENT naming the flag.
  absl::Status Validate() const;
};

// Of sessions that outlive their stream.
struct ResumeOptions {
  double seconds = 30;  // that a session waits for its client; 0: none does
  int max = 64;         // sessions that wait
  int kb = 512;         // of a session's latest responses
  int total_mb = 64;    // of all sessions that wait
};

struct GatewayOptions {
  GatewayOptions();

  rpc::ServerOptions server;
  HttpOptions http;
  std::string extractor = "localhost:8001";   // host:port
  std::string inferencer = "localhost:8002";  // host:port
  UpstreamTlsOptions upstream_tls;
  double upstream_timeout = 20;            // seconds; see gateway::AnalysisOptions
  int64_t max_frame_bytes = 4 << 20;       // largest file; see gateway::AnalysisOptions
  int64_t max_raw_frame_bytes = 12 << 20;  // holds 4K in NV12 and I420, 1080p in any format
  ResumeOptions resume;
  double max_stream_age = 0;  // seconds until a client is asked to reconnect; 0: never
  std::string api_keys;       // see access::KeyFile; empty: none are asked for
  std::string handover;       // folder, see handover::SessionFolder; empty: sessions end with the process

  void Register(CLI::App& app);
  // INVALID_ARGUMENT naming the flag and its limits.
  absl::Status Validate() const;
  gateway::AnalysisOptions Analysis() const;
  // Whether others than this machine reach a port for clients.
  bool IsForOthers() const;

 private:
  absl::Status CheckHttp() const;
  absl::Status CheckUploads() const;
  absl::Status CheckStreams() const;
  absl::Status CheckKeys() const;
  absl::Status CheckHandover() const;
};

}  // namespace trackfit::gateway_server

#endif  // TRACKFIT_SERVICES_GATEWAY_GATEWAY_OPTIONS_H_
