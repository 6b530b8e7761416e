#include "rpc/self_check.h"

#include <utility>

#include "runtime/guard.h"

namespace trackfit::rpc {

SelfCheck::SelfCheck(std::function<net::ProbeResult()> probe, std::chrono::milliseconds interval)
    : probe_(std::move(probe)), interval_(interval), thread_([this] { Run(); }) {}

SelfCheck::~SelfCheck() {
  Stop();
  thread_.join();
}

void SelfCheck::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
}

void SelfCheck::Run() {
  std::unique_lock lock(mutex_);
  for (int failures = 0; failures < kAttempts;) {
    if (stop_.wait_for(lock, interval_, [this] { return stopping_; })) return;
    lock.unlock();
    net::ProbeResult result = net::ProbeResult::kUnknown;  // a probe that throws proves nothing
    runtime::Guard([&] { result = probe_(); }).IgnoreError();
    lock.lock();
    if (result == net::ProbeResult::kAlive) failures = 0;
    if (result == net::ProbeResult::kNoResponse) ++failures;
  }
  failed_ = true;
}

}  // namespace trackfit::rpc
