#include "evaluation/speed.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "protogcn/synthetic_clips.h"
#include "skeleton/resample.h"

namespace trackfit::evaluation {

absl::StatusOr<Speed> MeasureSpeed(const AssessorPtr& assessor, int windows) {
  constexpr int kWarmUp = 10;
  const auto clip = protogcn::MakeSyntheticClip("squat", true, 1);
  if (!clip.ok()) return clip.status();
  const Film window = skeleton::Stretch(clip->poses, assessor->window_frames());
  std::vector<double> times;
  for (int i = 0; i < kWarmUp + windows; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const auto assessment = assessor->Assess(window, "");
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    if (!assessment.ok()) return assessment.status();
    if (i >= kWarmUp) times.push_back(time.count());
  }
  std::sort(times.begin(), times.end());
  return Speed{.windows = windows,
               .median_ms = times[times.size() / 2],
               .p90_ms = times[std::min(times.size() - 1, times.size() * 9 / 10)]};
}

}  // namespace trackfit::evaluation
