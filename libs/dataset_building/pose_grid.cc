#include "dataset_building/pose_grid.h"

#include <cmath>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "skeleton/resample.h"

namespace trackfit::dataset_building {
namespace {

using skeleton::Pose;

constexpr double kRounding = 0.1;       // of a step
constexpr int64_t kMaxGapUs = 500'000;  // where training cuts a clip in two
constexpr int64_t kMaxStepsPerFrame = 100;

int64_t GridTime(int64_t step, double fps) { return std::llround(static_cast<double>(step) * 1e6 / fps); }

bool IsNobody(const Pose& pose) { return std::isnan(pose.landmarks[0].x); }

}  // namespace

GridTimedSource::GridTimedSource(media::FrameSource& source, double fps)
    : source_(source), info_(source.info()) {
  info_.fps = fps;
}

absl::StatusOr<std::optional<media::SourceFrame>> GridTimedSource::Next() {
  absl::StatusOr<std::optional<media::SourceFrame>> frame = source_.Next();
  if (!frame.ok() || !frame->has_value()) return frame;
  int64_t& time_us = (*frame)->timestamp_us;
  if (!origin_us_.has_value()) origin_us_ = time_us;
  time_us -= *origin_us_;
  const double position = static_cast<double>(time_us) * info_.fps / 1e6;
  const int64_t step = std::llround(position);
  if (std::abs(position - static_cast<double>(step)) <= kRounding) time_us = GridTime(step, info_.fps);
  return frame;
}

Pose NobodyAt(int64_t timestamp_us, cv::Size image) {
  constexpr float kAbsent = std::numeric_limits<float>::quiet_NaN();
  Pose pose;
  pose.timestamp_us = timestamp_us;
  pose.image_width = image.width;
  pose.image_height = image.height;
  pose.landmarks.fill({kAbsent, kAbsent, kAbsent, kAbsent, 0});
  return pose;
}

absl::StatusOr<std::vector<Pose>> OnGrid(const std::vector<Pose>& frames, double fps) {
  std::vector<Pose> grid;
  if (frames.empty()) return grid;
  const double seconds = static_cast<double>(frames.back().timestamp_us) / 1e6;
  if (seconds * fps > static_cast<double>(kMaxStepsPerFrame) * static_cast<double>(frames.size())) {
    return absl::InvalidArgumentError(
        absl::StrCat("its times leap: ", frames.size(), " frames in ", seconds, " s at ", fps, " fps"));
  }
  std::vector<const Pose*> seen;
  for (const Pose& frame : frames) {
    if (!IsNobody(frame)) seen.push_back(&frame);
  }
  size_t frame = 0;  // the first at or after the grid's time; so is seen[later]
  size_t later = 0;
  for (int64_t time = 0; time <= frames.back().timestamp_us;
       time = GridTime(static_cast<int64_t>(grid.size()), fps)) {
    while (frames[frame].timestamp_us < time) ++frame;
    while (later < seen.size() && seen[later]->timestamp_us < time) ++later;
    if (frames[frame].timestamp_us == time) {
      grid.push_back(frames[frame]);
    } else if (later > 0 && later < seen.size() &&
               seen[later]->timestamp_us - seen[later - 1]->timestamp_us <= kMaxGapUs) {
      grid.push_back(skeleton::Interpolate(*seen[later - 1], *seen[later], time));
    } else {
      grid.push_back(NobodyAt(time, {frames[frame].image_width, frames[frame].image_height}));
    }
  }
  return grid;
}

}  // namespace trackfit::dataset_building
