// The threads that do a server's work; their number does not grow with its streams.
#ifndef TRACKFIT_RUNTIME_WORKER_POOL_H_
#define TRACKFIT_RUNTIME_WORKER_POOL_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"

namespace trackfit::runtime {

// Runs on a worker; the argument is the worker's number, 0..workers-1. A worker runs one task at a time, so
// the task may use whatever belongs to that worker (an inference engine) without locks.
using Task = absl::AnyInvocable<void(int worker)>;

struct WorkerPoolConfig {
  int workers = 1;              // at least 1
  std::size_t max_queued = 64;  // tasks of TrySubmit that may wait; at least 1
  // For metrics; may be empty. Must be quick: on_queue_size is called under the queue's lock.
  std::function<void(double wait_seconds)> on_wait = nullptr;
  std::function<void(std::size_t queued)> on_queue_size = nullptr;
  // INTERNAL with what a task threw that nobody caught before; the pool goes on. May be empty.
  std::function<void(const absl::Status& failed)> on_exception = nullptr;
};

// Thread-safe.
class WorkerPool {
 public:
  explicit WorkerPool(WorkerPoolConfig config);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  // As Shutdown().
  ~WorkerPool();

  // For work that stands alone. RESOURCE_EXHAUSTED with RetryAfter() when too much of it waits, UNAVAILABLE
  // after Shutdown().
  absl::Status TrySubmit(Task task);

  // For work whose amount is bounded elsewhere: a strand waits here at most once, however long its own queue
  // is. Dropped after Shutdown().
  void Submit(Task task);

  // Passes on what a task threw; for those who catch it themselves.
  void ReportException(const absl::Status& failed) const;

  // Runs what is queued (and what that submits), then stops the workers. Must not be called by a task.
  void Shutdown();

  int workers() const { return static_cast<int>(threads_.size()); }

 private:
  struct Waiting {
    Task task;
    bool stands_alone;
    std::chrono::steady_clock::time_point since;
  };

  void Enqueue(Task task, bool stands_alone);
  Waiting Dequeue();
  void Work(int worker);

  const WorkerPoolConfig config_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Waiting> queue_;
  std::size_t queued_alone_ = 0;
  int running_ = 0;
  bool stopping_ = false;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace trackfit::runtime

#endif  // TRACKFIT_RUNTIME_WORKER_POOL_H_
