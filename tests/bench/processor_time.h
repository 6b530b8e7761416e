// How long work of one thread takes, whatever else the machine does meanwhile.
#ifndef TRACKFIT_TESTS_BENCH_PROCESSOR_TIME_H_
#define TRACKFIT_TESTS_BENCH_PROCESSOR_TIME_H_

#include <algorithm>
#include <ctime>
#include <limits>

namespace trackfit::bench {

// Milliseconds of processor time that this thread spends in `work`. On a quiet machine that is the time by
// the clock; on another, what the thread waited for its core is left out, but not that caches are shared.
template <typename Work>
double ProcessorMilliseconds(const Work& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
  };
  const double start = now();
  work();
  return now() - start;
}

// The least of `runs`.
template <typename Work>
double LeastProcessorMilliseconds(int runs, const Work& work) {
  double least = std::numeric_limits<double>::infinity();
  for (int run = 0; run < runs; ++run) least = std::min(least, ProcessorMilliseconds(work));
  return least;
}

}  // namespace trackfit::bench

#endif  // TRACKFIT_TESTS_BENCH_PROCESSOR_TIME_H_
