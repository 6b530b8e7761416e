// Analyses over the gateway's WebSocket, as a browser would.
#ifndef TRACKFIT_TESTS_INTEGRATION_SUPPORT_WEB_SOCKET_ANALYZE_H_
#define TRACKFIT_TESTS_INTEGRATION_SUPPORT_WEB_SOCKET_ANALYZE_H_

#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "integration/support/analyze_client.h"
#include "support/web_socket_client.h"

namespace trackfit::testing {

// What is left of a session until its close, whose code becomes a status: UNKNOWN where it is none of ours.
inline Analyzed ReceiveUntilClosed(WebSocketClient& client) {
  constexpr int kMilliseconds = 30'000;
  Analyzed analyzed;
  analyzed.status = grpc::Status(grpc::StatusCode::UNKNOWN, "no close frame");
  while (const auto frame = client.Receive(kMilliseconds)) {
    if (frame->opcode == WebSocketClient::kBinary)
      analyzed.responses.emplace_back().ParseFromString(frame->payload);
    if (frame->opcode != WebSocketClient::kClose) continue;
    const int code = frame->code() == 1000 ? 0 : frame->code() >= 4000 ? frame->code() - 4000 : 2;
    analyzed.status = grpc::Status(static_cast<grpc::StatusCode>(code), frame->reason());
    break;
  }
  return analyzed;
}

// Sends everything, and takes so many responses, or those that come.
inline Analyzed SendAllAndReceive(WebSocketClient& client, const std::vector<v1::AnalyzeRequest>& requests,
                                  size_t responses) {
  Analyzed analyzed;
  for (const auto& request : requests) {
    if (!client.SendBinary(request.SerializeAsString())) return analyzed;
  }
  while (analyzed.responses.size() < responses) {
    const auto message = client.ReceiveBinary();
    if (!message) break;
    analyzed.responses.emplace_back().ParseFromString(*message);
  }
  return analyzed;
}

// Sends everything as fast as it is taken.
inline Analyzed AnalyzeOverWebSocket(int http_port, const std::vector<v1::AnalyzeRequest>& requests) {
  WebSocketClient client(http_port);
  std::thread sender([&] {
    for (const auto& request : requests) {
      if (!client.SendBinary(request.SerializeAsString())) return;
    }
    client.SendBinary("");
  });
  Analyzed analyzed = ReceiveUntilClosed(client);
  sender.join();
  return analyzed;
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_INTEGRATION_SUPPORT_WEB_SOCKET_ANALYZE_H_
