// How many bytes of requests a process holds: read from clients and not yet answered.
#ifndef TRACKFIT_RUNTIME_BYTE_BUDGET_H_
#define TRACKFIT_RUNTIME_BYTE_BUDGET_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "absl/status/statusor.h"

namespace trackfit::runtime {

struct ByteBudgetConfig {
  std::size_t limit = 0;  // bytes
  // After each change; must be quick, may be empty.
  std::function<void(std::size_t used)> on_change = nullptr;
};

// A reader that can wait reads on only while less than half of the budget is in use (HasRoomOrCall); the
// other half is for requests that are already on their way. Those are taken even where they exceed the limit
// (TakeAnyway): at most one request of each reader. Thread-safe; must outlive its leases.
class ByteBudget {
 public:
  // Bytes in use; returned by the destructor.
  class Lease {
   public:
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = default;

   private:
    friend class ByteBudget;
    struct Release {
      std::size_t bytes;
      void operator()(ByteBudget* budget) const { budget->Return(bytes); }
    };
    Lease(ByteBudget* budget, std::size_t bytes) : budget_(budget, Release{bytes}) {}
    std::unique_ptr<ByteBudget, Release> budget_;
  };

  explicit ByteBudget(ByteBudgetConfig config);

  // RESOURCE_EXHAUSTED with RetryAfter() when they do not fit.
  absl::StatusOr<Lease> Take(std::size_t bytes);

  // For what is in memory already and cannot be refused; may exceed the limit.
  Lease TakeAnyway(std::size_t bytes);

  // True when less than half is in use. Otherwise `on_room` is called once, when about `bytes` more fit into
  // that half, on the thread that returns bytes; waiting callers take turns in the order of their calls.
  // `on_room` must not block.
  bool HasRoomOrCall(std::size_t bytes, std::function<void()> on_room);

  // Calls those who still wait although there is room, because those called before them did not use it. To be
  // called about once a second.
  void CallWaiting();

  std::size_t used() const;

 private:
  struct Waiting {
    std::size_t bytes;
    std::function<void()> on_room;
  };

  Lease Add(std::size_t bytes);  // under the mutex
  void Return(std::size_t bytes);

  const ByteBudgetConfig config_;
  mutable std::mutex mutex_;
  std::size_t used_ = 0;
  std::deque<Waiting> waiting_;
};

}  // namespace trackfit::runtime

#endif  // TRACKFIT_RUNTIME_BYTE_BUDGET_H_
