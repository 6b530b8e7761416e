// Which assessment speaks for which moment of a recording. Windows overlap; on a timeline each one speaks for
// what is new in it.
#ifndef TRACKFIT_DRAWING_TIMELINE_H_
#define TRACKFIT_DRAWING_TIMELINE_H_

#include <cstdint>
#include <vector>

#include "trackfit/v1/common.pb.h"

namespace trackfit::drawing {

struct TimelineSegment {
  uint64_t first_sequence = 0;
  uint64_t last_sequence = 0;
  int64_t start_us = 0;
  int64_t end_us = 0;
  v1::Assessment assessment;
};

class Timeline {
 public:
  // `assessments` in the order they came; `times_us[s]` is the timestamp of the frame with sequence `s`.
  Timeline(const std::vector<v1::Assessment>& assessments, std::vector<int64_t> times_us);

  const std::vector<TimelineSegment>& segments() const { return segments_; }
  int64_t start_us() const { return times_us_.empty() ? 0 : times_us_.front(); }
  int64_t end_us() const { return times_us_.empty() ? 0 : times_us_.back(); }

  // Nullptr where nothing was assessed. The frames after the last window belong to it.
  const v1::Assessment* At(uint64_t sequence) const;

 private:
  std::vector<int64_t> times_us_;
  std::vector<TimelineSegment> segments_;
};

}  // namespace trackfit::drawing

#endif  // TRACKFIT_DRAWING_TIMELINE_H_
