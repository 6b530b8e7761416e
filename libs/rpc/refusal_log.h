// Counts and logs connections that were closed at once.
#ifndef TRACKFIT_RPC_REFUSAL_LOG_H_
#define TRACKFIT_RPC_REFUSAL_LOG_H_

#include <array>
#include <chrono>

#include "net/refusal.h"
#include "rpc/runtime.h"

namespace trackfit::rpc {

// Counts trackfit_connections_refused_total{reason}, and logs each reason every ten seconds at most. For one
// port, on its thread.
class RefusalLog {
 public:
  // The runtime outlives it.
  explicit RefusalLog(Runtime& runtime) : runtime_(runtime) {}

  void Count(net::Refusal refusal);

 private:
  Runtime& runtime_;
  std::array<std::chrono::steady_clock::time_point, 4> next_log_{};  // by refusal
};

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_REFUSAL_LOG_H_
