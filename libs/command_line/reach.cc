#include "command_line/reach.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace trackfit::command_line {

std::string ExplainUnreachable(const std::string& address, const std::string& grpc_message) {
  const auto says = [&](const char* words) { return absl::StrContains(grpc_message, words); };
  if (says("http1.x server") || says("Failed parsing HTTP/2") || says("http2 header with status")) {
    return "a web server answers there, not gRPC; is it the port of /metrics? The log of a TrackFit server "
           "names both of its ports";
  }
  if (says("HTTP proxy returned") || says("HTTP CONNECT"))
    return absl::StrCat("the proxy refused: ", grpc_message);
  if (says("Connection refused"))
    return "nothing listens there; is the server running, and is the port right?";
  if (says("DNS resolution failed") || says("Domain name not found"))
    return absl::StrCat("there is no host ", address.substr(0, address.rfind(':')),
                        "; check the spelling, or write localhost for this machine");
  if (says("No route to host") || says("Network is unreachable"))
    return "there is no route to that host; is the network up, and is the address right?";
  if (says("Deadline Exceeded") || says("timed out") || says("Timeout"))
    return "nothing answers there; is the address right, and does a firewall block it?";
  if (says("reset by peer") || says("Socket closed") || says("Broken pipe")) {
    return "something listens there but hangs up; is it the port of /metrics? The log of a TrackFit "
           "server names both of its ports. It may also want TLS, which those do not speak";
  }
  return grpc_message.empty() ? "unknown reason" : grpc_message;
}

}  // namespace trackfit::command_line
