#include "rpc/open_calls.h"

#include <utility>
#include <vector>

namespace trackfit::rpc {

OpenCalls::~OpenCalls() {
  std::vector<std::function<void()>> cancels;
  std::unique_lock lock(mutex_);
  for (const auto& [id, cancel] : cancels_) cancels.push_back(cancel);
  lock.unlock();
  for (const std::function<void()>& cancel : cancels) cancel();
  cancels.clear();  // they may hold what the calls wait for
  lock.lock();
  changed_.wait(lock, [this] { return cancels_.empty(); });
}

OpenCalls::Ticket OpenCalls::Add(std::function<void()> cancel) {
  const std::lock_guard lock(mutex_);
  const uint64_t id = ++last_id_;
  cancels_.emplace(id, std::move(cancel));
  return Ticket(this, [id](OpenCalls* calls) { calls->Remove(id); });
}

void OpenCalls::Remove(uint64_t id) {
  const std::lock_guard lock(mutex_);
  cancels_.erase(id);
  changed_.notify_all();  // under the lock: this may die as soon as it is released
}

}  // namespace trackfit::rpc
