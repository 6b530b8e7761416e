// A loop whose iterations run on several threads.
#ifndef TRACKFIT_RUNTIME_PARALLEL_FOR_H_
#define TRACKFIT_RUNTIME_PARALLEL_FOR_H_

#include <cstddef>
#include <functional>

#include "absl/status/status.h"

namespace trackfit::runtime {

// Calls `work(index, worker)` for every index in [0, count), begun in this order, on a WorkerPool of at most
// `threads` (at least 1) threads; returns when no call is running any more. `worker`, 0..threads-1, is the
// thread's number: no two calls with the same one run at a time.
//
// The first error ends the loop and is what it returns: calls under way finish, no other begins. A call that
// throws counts as one that returned INTERNAL with what the exception says. INTERNAL as well when the system
// has not that many threads.
absl::Status ParallelFor(std::size_t count, int threads,
                         const std::function<absl::Status(std::size_t index, int worker)>& work);

}  // namespace trackfit::runtime

#endif  // TRACKFIT_RUNTIME_PARALLEL_FOR_H_
