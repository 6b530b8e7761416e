// What the connections of one server share.
#ifndef TRACKFIT_WEB_HTTP_SHARED_H_
#define TRACKFIT_WEB_HTTP_SHARED_H_

#include <cstddef>

#include "web/http_server.h"
#include "web/web_socket.h"

namespace trackfit::web {

// On the server's thread.
struct WebSocketsShared {
  const WebSocketLimits limits;
  std::size_t partial_bytes = 0;  // of messages that are not complete
};

// Likewise.
struct HttpShared {
  const HttpServerConfig& config;
  WebSocketsShared sockets;
  bool draining = false;  // no connection is kept for a further request
};

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_HTTP_SHARED_H_
