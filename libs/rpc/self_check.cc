#include "rpc/self_check.h"

#include <utility>

namespace trackfit::rpc {

SelfCheck::SelfCheck(std::function<bool()> reachable, std::chrono::milliseconds interval)
    : reachable_(std::move(reachable)), interval_(interval), thread_([this] { Run(); }) {}

SelfCheck::~SelfCheck() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void SelfCheck::Run() {
  std::unique_lock lock(mutex_);
  for (int failures = 0; failures < kAttempts;) {
    if (stop_.wait_for(lock, interval_, [this] { return stopping_; })) return;
    lock.unlock();
    failures = reachable_() ? 0 : failures + 1;
    lock.lock();
  }
  failed_ = true;
}

}  // namespace trackfit::rpc
