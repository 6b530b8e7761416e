// Carries a StreamDriver's stream over a WebSocket.
#ifndef TRACKFIT_WEB_WEB_SOCKET_STREAM_H_
#define TRACKFIT_WEB_WEB_SOCKET_STREAM_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/admission_gate.h"
#include "streaming/session_id.h"
#include "streaming/stream_driver.h"
#include "streaming/stream_handler.h"
#include "telemetry/trace_context.h"
#include "web/close_code.h"
#include "web/http_message.h"
#include "web/web_socket.h"

namespace trackfit::web {

// A binary message holds one Request or Response, which are messages of Protocol Buffers. An empty one, which
// would be no request, says that the client sends nothing more; the server answers what is left and closes.
//
// The socket owns it, through its events, until it is over.
template <class Request, class Response>
class WebSocketStream final : public streaming::StreamDriver<Request, Response> {
 public:
  // What a WebSocketPage does with an opened socket: an admitted stream driven by the handler that the
  // factory makes, or a refusal. `authorization` is what the client shows. `resources` outlives the socket.
  static void Open(const streaming::StreamResources& resources, const std::string& method,
                   const HttpRequest& request, const std::string& authorization,
                   const std::shared_ptr<WebSocket>& socket,
                   const streaming::StreamHandlerFactory<Request, Response>& make_handler) {
    auto lease = streaming::AdmitStream(resources, method);
    if (!lease.ok()) return CloseAtOnce(*socket, lease.status());
    std::shared_ptr<WebSocketStream> stream(
        new WebSocketStream(resources, method, request, authorization, socket, *std::move(lease)));
    socket->Start({.on_message = [stream](std::string message) { stream->OnMessage(message); },
                   .on_sent = [stream](bool ok) { stream->OnWritten(ok); },
                   .on_lost = [stream](absl::Status status) { stream->Lose(std::move(status)); },
                   .on_over = [stream] { stream->OnCallOver(); }});
    stream->Run(make_handler);
  }

  // Instead of Open(): a refusal, which is counted as a call of `method`.
  static void Refuse(const streaming::StreamResources& resources, const std::string& method,
                     WebSocket& socket, const absl::Status& status) {
    streaming::CountRefusal(resources, method, status);
    CloseAtOnce(socket, status);
  }

 private:
  using Driver = streaming::StreamDriver<Request, Response>;

  static void CloseAtOnce(WebSocket& socket, const absl::Status& status) {
    socket.Start({});
    socket.Close(CloseCodeOf(status), CloseReasonOf(status));
  }

  WebSocketStream(const streaming::StreamResources& resources, const std::string& method,
                  const HttpRequest& request, const std::string& authorization,
                  const std::shared_ptr<WebSocket>& socket, runtime::AdmissionGate::Lease lease)
      : Driver(resources,
               {.method = method,
                .session_id = streaming::NewSessionId(),
                .trace = telemetry::ContinueTrace(request.Header(telemetry::kTraceparentKey)),
                .peer = "ws:" + socket->peer(),
                .authorization = authorization},
               std::move(lease)),
        socket_(socket) {}

  void OnMessage(const std::string& message) {
    if (half_closed_) {
      return this->Lose(absl::InvalidArgumentError("a message came behind the empty one, which is the last"));
    }
    if (message.empty()) {
      half_closed_ = true;
      StartRead();  // of pings, pongs and the close
      return this->OnHalfClose();
    }
    Request request;
    if (!request.ParseFromString(message)) {
      return this->Lose(absl::InvalidArgumentError(absl::StrCat("a message is no ", request.GetTypeName())));
    }
    this->OnRequest(std::move(request));
  }

  // StreamDriver: a socket is gone before its time only when the server ends, and nothing follows then.
  void StartRead() override {
    if (const auto socket = socket_.lock()) socket->Read();
  }
  void StartWrite(const Response& response) override {
    if (const auto socket = socket_.lock()) socket->Send(response.SerializeAsString());
  }
  void GiveUpWrite() override {
    if (const auto socket = socket_.lock()) socket->Drop();
  }
  void FinishCall(const absl::Status& status) override {
    if (const auto socket = socket_.lock()) socket->Close(CloseCodeOf(status), CloseReasonOf(status));
  }

  const std::weak_ptr<WebSocket> socket_;
  bool half_closed_ = false;  // on the server's thread
};

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_WEB_SOCKET_STREAM_H_
