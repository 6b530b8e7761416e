// Resamples poses of any frame rate to a uniform time grid, so that the same movement looks the same at 15,
// 30 or 60 fps.
#ifndef TRACKFIT_SKELETON_RESAMPLE_H_
#define TRACKFIT_SKELETON_RESAMPLE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "skeleton/pose.h"

namespace trackfit::skeleton {

// The linear interpolation at `timestamp_us` between two poses (a before b). A joint that is NaN in one of
// them is taken from the other. `sequence` is that of the pose nearer in time, in a tie the later.
Pose Interpolate(const Pose& a, const Pose& b, int64_t timestamp_us);

// Streaming resampler for one person; not thread-safe. The grid starts at the first pose after construction
// or a gap.
class Resampler {
 public:
  // rate_hz > 0. Gaps longer than max_gap_us between poses are not interpolated.
  Resampler(double rate_hz, int64_t max_gap_us);

  struct Result {
    bool gap = false;         // whether there is a gap before these poses
    std::vector<Pose> poses;  // new poses on the grid, in order; may be empty
  };

  // `pose` must be later than all before; poses with an equal or earlier timestamp are ignored.
  Result Push(const Pose& pose);

 private:
  int64_t GridTime() const;

  double rate_hz_;
  int64_t max_gap_us_;
  std::optional<Pose> last_;
  int64_t start_us_ = 0;
  int64_t next_ = 0;  // index of the next grid point
};

// Stretches or shrinks a uniform clip to `count` poses by linear interpolation over its whole length.
// `poses` must not be empty.
std::vector<Pose> Stretch(std::span<const Pose> poses, int count);

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_RESAMPLE_H_
