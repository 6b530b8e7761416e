#include "model_store/model_poll.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "runtime/guard.h"

namespace trackfit::model_store {
namespace {

// A tenth of a busy core's time; all of an idle one's.
constexpr int kNice = 10;

}  // namespace

ModelPoll::ModelPoll(std::function<bool()> look, std::chrono::milliseconds interval, telemetry::Logger log)
    : look_(std::move(look)), interval_(interval), log_(std::move(log)), thread_([this] { Run(); }) {}

ModelPoll::~ModelPoll() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void ModelPoll::LookNow() {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  wake_.notify_all();
}

void ModelPoll::Run() {
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);  // of this thread alone, on Linux
  std::unique_lock lock(mutex_);
  std::chrono::milliseconds pause = interval_;
  for (;;) {
    const auto woken = [this] { return stopping_ || wanted_; };
    if (pause.count() == 0) {
      wake_.wait(lock, woken);
    } else {
      wake_.wait_for(lock, pause, woken);
    }
    if (stopping_) return;
    wanted_ = false;
    lock.unlock();
    bool soon = false;
    const absl::Status looked = runtime::Guard([&] { soon = look_(); });
    if (!looked.ok()) log_.Error("cannot look for models", {{"reason", looked.message()}});
    lock.lock();
    pause = soon && (interval_.count() == 0 || interval_ > kSoon) ? kSoon : interval_;
  }
}

}  // namespace trackfit::model_store
