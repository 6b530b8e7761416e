#include "drawing/timeline.h"

#include <algorithm>
#include <utility>

namespace trackfit::drawing {

Timeline::Timeline(const std::vector<v1::Assessment>& assessments, std::vector<int64_t> times_us)
    : times_us_(std::move(times_us)) {
  if (times_us_.empty()) return;
  uint64_t next = 0;
  for (const v1::Assessment& assessment : assessments) {
    const uint64_t first = std::max(next, assessment.first_sequence());
    const uint64_t last = std::min<uint64_t>(assessment.last_sequence(), times_us_.size() - 1);
    if (first > last) continue;
    // A segment begins where the one before it ends, so that no gap shows between frames.
    const int64_t start = first == next && first > 0 ? times_us_[first - 1] : times_us_[first];
    segments_.push_back({first, last, start, times_us_[last], assessment});
    next = last + 1;
  }
}

const v1::Assessment* Timeline::At(uint64_t sequence) const {
  for (const TimelineSegment& segment : segments_) {
    if (sequence >= segment.first_sequence && sequence <= segment.last_sequence) return &segment.assessment;
  }
  if (segments_.empty() || sequence <= segments_.back().last_sequence) return nullptr;
  return &segments_.back().assessment;
}

}  // namespace trackfit::drawing
