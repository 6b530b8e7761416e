#include "runtime/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "runtime/guard.h"
#include "runtime/worker_pool.h"

namespace trackfit::runtime {

absl::Status ParallelFor(std::size_t count, int threads,
                         const std::function<absl::Status(std::size_t index, int worker)>& work) {
  if (count == 0) return absl::OkStatus();
  std::atomic<bool> failed = false;
  std::mutex mutex;
  absl::Status first_error;  // by mutex
  const auto run_all = [&] {
    WorkerPool pool({.workers = static_cast<int>(std::min(count, static_cast<std::size_t>(threads)))});
    for (std::size_t index = 0; index < count; ++index) {
      pool.Submit([&, index](int worker) {
        if (failed) return;
        const absl::Status done = Guard([&] { return work(index, worker); }, "the program");
        if (done.ok()) return;
        const std::lock_guard lock(mutex);
        if (!failed.exchange(true)) first_error = done;
      });
    }
    pool.Shutdown();
  };
  const absl::Status ran = Guard(run_all, "the program");
  return ran.ok() ? first_error : ran;
}

}  // namespace trackfit::runtime
