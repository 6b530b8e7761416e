// Detects streams and clips that were decoded upside down: phones store their orientation as metadata, and
// software that ignores it produces skeletons that stand on their heads.
#ifndef TRACKFIT_SKELETON_UPRIGHT_H_
#define TRACKFIT_SKELETON_UPRIGHT_H_

#include <cstdint>

#include "skeleton/pose.h"

namespace trackfit::skeleton {

// Whether the person is upside down in the image: the shoulders are below the hips and the hips below the
// ankles, trunk and legs both within 60 degrees of the vertical. Joints with a visibility of at least 0.5
// count; one of each pair suffices. False when shoulders, hips or ankles are not visible.
bool IsUpsideDown(const Pose& pose);

// Counts the poses of one stream or clip. Not thread-safe.
class UpsideDownDetector {
 public:
  // Ignores poses without a person (all NaN).
  void Add(const Pose& pose);

  // Whether the person is upside down in most poses so far, out of at least 30: people who lie, hang or bend
  // over are not, and a handstand does not last.
  bool upside_down() const;

 private:
  int64_t poses_ = 0;
  int64_t upside_down_ = 0;
};

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_UPRIGHT_H_
