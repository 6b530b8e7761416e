// How long one assessment takes.
#ifndef TRACKFIT_EVALUATION_SPEED_H_
#define TRACKFIT_EVALUATION_SPEED_H_

#include "absl/status/statusor.h"
#include "evaluation/served_clip.h"

namespace trackfit::evaluation {

struct Speed {
  int windows = 0;
  // Of one window: normalising, network and judgement, on the calling thread. CPU time leaves out
  // what other programs took on a busy machine.
  double median_ms = 0;
  double p90_ms = 0;
  double median_cpu_ms = 0;
};
// Of `windows` assessments of a mannequin's full windows, after a warm-up.
absl::StatusOr<Speed> MeasureSpeed(const AssessorPtr& assessor, int windows = 50);

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_SPEED_H_
