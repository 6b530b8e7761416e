// The calls under way on a channel.
#ifndef TRACKFIT_RPC_OPEN_CALLS_H_
#define TRACKFIT_RPC_OPEN_CALLS_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace trackfit::rpc {

// A call holds its channel until gRPC is done with it, on a thread of gRPC's; if it is the last to release
// the channel there, gRPC 1.51 waits for that very thread and aborts. So the owner of a channel also owns one
// of these, declared after it, whose destructor waits for all calls. Thread-safe.
class OpenCalls {
 public:
  // Held by a call, before its grpc::ClientContext so that it dies after it.
  using Ticket = std::shared_ptr<const void>;

  OpenCalls() = default;
  OpenCalls(const OpenCalls&) = delete;
  OpenCalls& operator=(const OpenCalls&) = delete;
  // Cancels the calls that are left, and waits for their end.
  ~OpenCalls();

  // `cancel` may be called while the call ends, or right behind its end; it must not block.
  Ticket Add(std::function<void()> cancel);

 private:
  void Remove(uint64_t id);

  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t last_id_ = 0;
  std::map<uint64_t, std::function<void()>> cancels_;
};

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_OPEN_CALLS_H_
