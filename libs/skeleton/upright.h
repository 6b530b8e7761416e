// Tells whether a stream or a clip was read upside down: phones store how they were held beside the picture,
// and what ignores that gives skeletons that stand on their heads.
#ifndef TRACKFIT_SKELETON_UPRIGHT_H_
#define TRACKFIT_SKELETON_UPRIGHT_H_

#include <cstdint>

#include "skeleton/pose.h"

namespace trackfit::skeleton {

// Whether the person stands on their head in the picture: the shoulders are below the hips and the hips below
// the ankles, trunk and legs both within 60 degrees of the vertical. Joints whose visibility is below 0.5
// count as not seen, and of a pair one suffices; false where shoulders, hips or ankles are not seen.
bool IsUpsideDown(const Pose& pose);

// Counts the poses of one stream or clip as they come. Not thread-safe.
class UpsideDownDetector {
 public:
  // Poses in which nobody is (NaN throughout) do not count.
  void Add(const Pose& pose);

  // Whether the person stands on their head in most poses so far, out of at least 30: people who lie, hang
  // or bend never do, and a handstand ends.
  bool upside_down() const;

 private:
  int64_t poses_ = 0;
  int64_t upside_down_ = 0;
};

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_UPRIGHT_H_
