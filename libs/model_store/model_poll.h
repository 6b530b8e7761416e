// Looks for newer models now and then, beside everything else.
#ifndef TRACKFIT_MODEL_STORE_MODEL_POLL_H_
#define TRACKFIT_MODEL_STORE_MODEL_POLL_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "telemetry/log.h"

namespace trackfit::model_store {

// Has a thread of its own, of lower priority than those that serve: a look loads a model and tries it, which
// takes seconds. Thread-safe.
class ModelPoll {
 public:
  static constexpr std::chrono::milliseconds kSoon{500};

  // `look` says whether the next one should follow soon; `interval` 0: it is called only after LookNow(). The
  // first look comes after an interval.
  ModelPoll(std::function<bool()> look, std::chrono::milliseconds interval, telemetry::Logger log);
  ModelPoll(const ModelPoll&) = delete;
  ModelPoll& operator=(const ModelPoll&) = delete;
  // Waits for a look that is under way.
  ~ModelPoll();

  // Does not wait. During a look: another one follows.
  void LookNow();

 private:
  void Run();

  const std::function<bool()> look_;
  const std::chrono::milliseconds interval_;
  const telemetry::Logger log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool wanted_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace trackfit::model_store

#endif  // TRACKFIT_MODEL_STORE_MODEL_POLL_H_
