// A session's reopenable stream to another server, over gRPC.
#ifndef TRACKFIT_SERVICES_GATEWAY_CLIENT_LINK_H_
#define TRACKFIT_SERVICES_GATEWAY_CLIENT_LINK_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "gateway/upstream.h"
#include "rpc/client_stream.h"

namespace trackfit::gateway_server {

// Not thread-safe: belongs to the session's strand. After its destruction, Connect or Disconnect no event of
// the previous stream comes, except those already under way.
template <class Request, class Response>
class ClientLink final : public gateway::UpstreamLink<Request> {
 public:
  using Stream = rpc::ClientStream<Request, Response>;
  // The events of one attempt; see ClientStream::Events.
  using MakeEvents = std::function<typename Stream::Events(uint64_t attempt)>;

  // `deadline` is the session's, for every attempt. `calls` must outlive this.
  ClientLink(typename Stream::MakeCall make_call, std::map<std::string, std::string> metadata,
             std::chrono::steady_clock::time_point deadline, rpc::OpenCalls& calls, MakeEvents make_events)
      : make_call_(std::move(make_call)),
        metadata_(std::move(metadata)),
        deadline_(deadline),
        calls_(calls),
        make_events_(std::move(make_events)) {}
  ClientLink(const ClientLink&) = delete;
  ClientLink& operator=(const ClientLink&) = delete;
  // A stream that is closing still comes to its end.
  ~ClientLink() override {
    if (stream_) stream_->Detach();
  }

  void Connect(uint64_t attempt) override {
    Disconnect();
    stream_ = Stream::Open(make_call_, metadata_, deadline_, calls_, make_events_(attempt));
  }
  void Send(std::shared_ptr<const Request> request) override {
    if (stream_) stream_->Write(std::move(request));
  }
  void CloseSending() override {
    if (stream_) stream_->CloseSending();
  }
  void Disconnect() override {
    if (stream_) stream_->Cancel();
    stream_.reset();
  }

 private:
  const typename Stream::MakeCall make_call_;
  const std::map<std::string, std::string> metadata_;
  const std::chrono::steady_clock::time_point deadline_;
  rpc::OpenCalls& calls_;
  const MakeEvents make_events_;
  std::shared_ptr<Stream> stream_;
};

}  // namespace trackfit::gateway_server

#endif  // TRACKFIT_SERVICES_GATEWAY_CLIENT_LINK_H_
