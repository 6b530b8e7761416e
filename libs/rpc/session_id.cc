#include "rpc/session_id.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "streaming/session_id.h"

namespace trackfit::rpc {
namespace {

bool IsAcceptable(const grpc::string_ref& id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
  });
}

}  // namespace

std::string SessionIdOf(const grpc::CallbackServerContext& context) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(kSessionIdKey);
  if (found == metadata.end() || !IsAcceptable(found->second)) return streaming::NewSessionId();
  return {found->second.data(), found->second.size()};
}

}  // namespace trackfit::rpc
