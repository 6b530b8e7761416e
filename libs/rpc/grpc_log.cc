#include "rpc/grpc_log.h"

#include <grpc/support/log.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace trackfit::rpc {
namespace {

void Write(gpr_log_func_args* line) {
  const std::string_view file = line->file;
  if (file.ends_with("ssl_transport_security.cc") || file.ends_with("secure_endpoint.cc")) return;
  std::fprintf(stderr, "gRPC %s %s:%d] %s\n", gpr_log_severity_string(line->severity), line->file, line->line,
               line->message);
}

}  // namespace

void HushHandshakes() {
  if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function(&Write);
}

}  // namespace trackfit::rpc
