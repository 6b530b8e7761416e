#include "rpc/authorization.h"

namespace trackfit::rpc {
namespace {

constexpr char kKey[] = "authorization";

}  // namespace

std::string AuthorizationOf(const grpc::CallbackServerContext& context) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(kKey);
  return found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
}

void AddAuthorization(const std::string& api_key, grpc::ClientContext& context) {
  if (!api_key.empty()) context.AddMetadata(kKey, "Bearer " + api_key);
}

}  // namespace trackfit::rpc
