// The servers behind the gateway: their connections, and the model that the inferencer serves.
#ifndef TRACKFIT_SERVICES_GATEWAY_UPSTREAMS_H_
#define TRACKFIT_SERVICES_GATEWAY_UPSTREAMS_H_

#include <grpcpp/channel.h>
#include <trackfit/v1/extractor.grpc.pb.h>
#include <trackfit/v1/inferencer.grpc.pb.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client_link.h"
#include "gateway/model_watch.h"
#include "gateway/upstream.h"
#include "gateway/upstream_log.h"
#include "rpc/open_calls.h"
#include "runtime/ticker.h"
#include "telemetry/log.h"
#include "telemetry/trace_context.h"
#include "tls/live_credentials.h"

namespace trackfit::gateway_server {

using ExtractorClientLink = ClientLink<v1::ExtractStreamRequest, v1::ExtractStreamResponse>;
using InferencerClientLink = ClientLink<v1::InferStreamRequest, v1::InferStreamResponse>;

// How the servers behind are spoken to.
struct UpstreamSecurity {
  std::shared_ptr<const tls::LiveCredentials> credentials = nullptr;  // null: without TLS
  std::string name{};  // that their certificates must bear; empty: the host of the address
};

// Thread-safe.
class Upstreams {
 public:
  // With other credentials, new streams get other connections; those that run keep theirs.
  //
  // Connects in the background, and asks the inferencer for its model now and then, so that new sessions know
  // the newest.
  Upstreams(const std::string& extractor, const std::string& inferencer, UpstreamSecurity security,
            runtime::Ticker& ticker, const telemetry::Logger& log);
  Upstreams(const Upstreams&) = delete;
  Upstreams& operator=(const Upstreams&) = delete;
  // Until the inferencer has answered for the first time, why it does not.
  absl::StatusOr<std::shared_ptr<const gateway::ModelInfo>> model() const { return model_.model(); }

  // True once both have been reached. Stays true: sessions survive the loss of a server, so that is no reason
  // to send clients to another gateway.
  bool reached() const { return extractor_reached_ && model_.model().ok(); }

  // Whose streams they are: id and trace go along as metadata, and the client's deadline holds for them.
  struct OnBehalf {
    const std::string& session_id;
    const telemetry::TraceContext& trace;
    std::chrono::steady_clock::time_point deadline;
  };
  std::unique_ptr<ExtractorClientLink> LinkToExtractor(const OnBehalf& of,
                                                       ExtractorClientLink::MakeEvents make_events);
  std::unique_ptr<InferencerClientLink> LinkToInferencer(const OnBehalf& of,
                                                         InferencerClientLink::MakeEvents make_events);

  // What sessions report; logged once each time that an upstream goes away or comes back.
  void NoteBroken(gateway::Upstream upstream, const absl::Status& status);
  void NoteAnswered(gateway::Upstream upstream);

 private:
  struct ModelQuery;
  // To one server each; a call keeps its own alive.
  struct Connections;

  std::shared_ptr<const Connections> Connect() const;
  std::shared_ptr<const Connections> current() const;
  // Where the credentials have changed.
  void Reconnect();

  void OnTick();
  void AskForModel();
  void TakeModel(const absl::Status& status, const v1::GetModelResponse& response);

  const std::string extractor_;
  const std::string inferencer_;
  const UpstreamSecurity security_;
  const telemetry::Logger& log_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Connections> connections_;  // guarded by mutex_
  gateway::UpstreamLog extractor_log_;
  gateway::UpstreamLog inferencer_log_;
  gateway::ModelWatch model_;
  std::atomic<bool> extractor_reached_ = false;

  rpc::OpenCalls calls_;                                // ends before what the calls use
  std::optional<runtime::Ticker::Subscription> ticks_;  // last: ends before what OnTick uses
};

}  // namespace trackfit::gateway_server

#endif  // TRACKFIT_SERVICES_GATEWAY_UPSTREAMS_H_
