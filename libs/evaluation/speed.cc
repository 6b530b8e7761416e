#include "evaluation/speed.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "dataset/synthetic_clips.h"
#include "skeleton/resample.h"

namespace trackfit::evaluation {
namespace {

// CPU time of this thread.
double ThreadCpuMs() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

}  // namespace

absl::StatusOr<Speed> MeasureSpeed(const AssessorPtr& assessor, int windows) {
  constexpr int kWarmUp = 10;
  const auto clip = dataset::MakeSyntheticClip("squat", true, 1);
  if (!clip.ok()) return clip.status();
  const PoseSequence window = skeleton::Stretch(clip->poses, assessor->window_frames());
  std::vector<double> times, cpu_times;
  for (int i = 0; i < kWarmUp + windows; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const double cpu_start = ThreadCpuMs();
    const auto assessment = assessor->Assess(window, "");
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    if (!assessment.ok()) return assessment.status();
    if (i < kWarmUp) continue;
    times.push_back(time.count());
    cpu_times.push_back(ThreadCpuMs() - cpu_start);
  }
  std::sort(times.begin(), times.end());
  std::sort(cpu_times.begin(), cpu_times.end());
  return Speed{.windows = windows,
               .median_ms = times[times.size() / 2],
               .p90_ms = times[std::min(times.size() - 1, times.size() * 9 / 10)],
               .median_cpu_ms = cpu_times[cpu_times.size() / 2]};
}

}  // namespace trackfit::evaluation
