// A fixed number of threads and one queue: a server's work, whatever the number of its streams, and parallel
// loops (parallel_for.h).
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
  // Called with what a task threw, as INTERNAL; the pool goes on. May be empty.
  std::function<void(const absl::Status& failed)> on_exception = nullptr;
};

// Thread-safe. An exception that a task throws ends that task alone; see on_exception.
class WorkerPool {
 public:
  explicit WorkerPool(WorkerPoolConfig config);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  // As Shutdown().
  ~WorkerPool();

  // For tasks that stand alone. RESOURCE_EXHAUSTED with RetryAfter() when `max_queued` of them wait already,
  // UNAVAILABLE after Shutdown().
  absl::Status TrySubmit(Task task);

  // For tasks whose number is bounded elsewhere: a strand has at most one task here, however long its own
  // queue is. Dropped after Shutdown().
  void Submit(Task task);

  // Reports what a task threw to `on_exception`, for callers that catch exceptions themselves.
  void ReportException(const absl::Status& failed) const;

  // Runs the queued tasks and those that they submit, then joins the workers. Must not be called by a task.
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
