// Calls its subscribers periodically.
#ifndef TRACKFIT_RUNTIME_TICKER_H_
#define TRACKFIT_RUNTIME_TICKER_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/status/status.h"

namespace trackfit::runtime {

// One thread for any number of subscribers. Thread-safe; must outlive its subscriptions.
class Ticker {
 public:
  // No call comes, and none is running, once its destructor has returned.
  class Subscription {
   public:
    Subscription(Subscription&&) = default;
    Subscription& operator=(Subscription&&) = default;

   private:
    friend class Ticker;
    struct Cancel {
      uint64_t key;
      void operator()(Ticker* ticker) const { ticker->Remove(key); }
    };
    Subscription(Ticker* ticker, uint64_t key) : ticker_(ticker, Cancel{key}) {}
    std::unique_ptr<Ticker, Cancel> ticker_;
  };

  // `on_exception` is called with what a subscriber threw, as INTERNAL; the other subscribers and later ticks
  // are not affected. May be empty.
  explicit Ticker(std::chrono::milliseconds period,
                  std::function<void(const absl::Status& failed)> on_exception = nullptr);
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;
  ~Ticker();

  // `on_tick` runs on the ticker's thread: it must not block, nor subscribe or unsubscribe.
  Subscription Subscribe(std::function<void()> on_tick);

 private:
  void Run();
  void Remove(uint64_t key);

  const std::chrono::milliseconds period_;
  const std::function<void(const absl::Status&)> on_exception_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  uint64_t next_key_ = 0;
  std::map<uint64_t, std::function<void()>> subscribers_;
  std::thread thread_;
};

}  // namespace trackfit::runtime

#endif  // TRACKFIT_RUNTIME_TICKER_H_
