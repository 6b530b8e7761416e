#include "rpc/refusal_log.h"

#include <cstddef>

namespace trackfit::rpc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kLogEvery{10};

struct RefusalText {
  const char* reason;  // of the metric
  const char* advice;  // for the log
};

RefusalText TextOf(net::Refusal refusal) {
  switch (refusal) {
    case net::Refusal::kTooMany:
      return {"too_many", "max-connections are open"};
    case net::Refusal::kTooManyOfPeer:
      return {"too_many_of_peer", "max-connections-per-peer are open from one address"};
    case net::Refusal::kNoDescriptors:
      return {"no_descriptors", "no file descriptor is left; raise the limit of open files (ulimit -n)"};
    case net::Refusal::kSilent:
      return {"says_nothing", "the client did not say anything"};
  }
  return {"unknown", "unknown"};
}

}  // namespace

void RefusalLog::Count(net::Refusal refusal) {
  const RefusalText text = TextOf(refusal);
  runtime_.metrics()
      .Counter("trackfit_connections_refused_total", "Connections that were closed at once.",
               {{"reason", text.reason}})
      .Increment();
  Clock::time_point& next = next_log_[static_cast<std::size_t>(refusal)];
  if (Clock::now() < next) return;
  next = Clock::now() + kLogEvery;
  runtime_.log().Warning("connections refused", {{"reason", text.advice}});
}

}  // namespace trackfit::rpc
