// What operators find on every web port of a server.
#ifndef TRACKFIT_RPC_OPERATOR_PAGES_H_
#define TRACKFIT_RPC_OPERATOR_PAGES_H_

#include <map>
#include <string>

#include "rpc/runtime.h"
#include "web/http_message.h"

namespace trackfit::rpc {

// By path: /metrics in Prometheus' format; /healthz, with status 200 or 503 as the gRPC health service says.
// The runtime outlives them.
std::map<std::string, web::HttpHandler> OperatorPages(Runtime& runtime);

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_OPERATOR_PAGES_H_
