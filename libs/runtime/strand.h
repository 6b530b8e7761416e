// Serial execution on a pool: the tasks of one session run one at a time, in order, on whichever worker is
// free.
#ifndef TRACKFIT_RUNTIME_STRAND_H_
#define TRACKFIT_RUNTIME_STRAND_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "runtime/worker_pool.h"

namespace trackfit::runtime {

// Thread-safe. After each task the strand goes to the back of the pool's queue, so that sessions take turns.
class Strand : public std::enable_shared_from_this<Strand> {
 public:
  // Called on the strand when one of its tasks threw, with what it threw, as INTERNAL. Later tasks still run.
  using OnException = std::function<void(const absl::Status& failed)>;

  // The pool must outlive the strand. Without `on_exception` the pool reports exceptions.
  static std::shared_ptr<Strand> Create(WorkerPool& pool, OnException on_exception = nullptr);

  // Never blocks and never refuses: the caller bounds how much it has in flight. Tasks see everything that
  // earlier tasks of the strand wrote. May be called by a task of the strand.
  void Post(Task task);

 private:
  Strand(WorkerPool& pool, OnException on_exception) : pool_(pool), on_exception_(std::move(on_exception)) {}

  void Schedule();
  void RunOne(int worker);

  WorkerPool& pool_;
  const OnException on_exception_;
  std::mutex mutex_;
  std::deque<Task> tasks_;  // the front one is running or scheduled
};

}  // namespace trackfit::runtime

#endif  // TRACKFIT_RUNTIME_STRAND_H_
