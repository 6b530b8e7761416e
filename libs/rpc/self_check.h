// A server's check of whether clients can still reach it.
#ifndef TRACKFIT_RPC_SELF_CHECK_H_
#define TRACKFIT_RPC_SELF_CHECK_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "net/probe_result.h"

namespace trackfit::rpc {

// Has a thread of its own, which a runtime::Ticker could not lend: a probe blocks for seconds. Thread-safe.
class SelfCheck {
 public:
  static constexpr int kAttempts = 3;

  // `probe` may take about as long as `interval`, and is called until it gave kNone kAttempts times, without
  // a kAny between them.
  SelfCheck(std::function<net::ProbeResult()> probe, std::chrono::milliseconds interval);
  SelfCheck(const SelfCheck&) = delete;
  SelfCheck& operator=(const SelfCheck&) = delete;
  // As Stop(), and waits for a call of `probe` that is under way.
  ~SelfCheck();

  // `probe` is not called any more; does not wait.
  void Stop();

  // True from then on.
  bool failed() const { return failed_; }

 private:
  void Run();

  const std::function<net::ProbeResult()> probe_;
  const std::chrono::milliseconds interval_;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_SELF_CHECK_H_
