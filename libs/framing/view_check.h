// What one frame says about the camera and the scene.
#ifndef TRACKFIT_FRAMING_VIEW_CHECK_H_
#define TRACKFIT_FRAMING_VIEW_CHECK_H_

#include <array>
#include <optional>

#include "framing/hint.h"
#include "repetitions/exercise.h"
#include "skeleton/pose.h"

namespace trackfit::framing {

// What the picture must show.
struct Needs {
  bool feet = true;
  bool hands = false;
  std::optional<repetitions::View> view;  // nullopt: any

  // What the measures of an exercise need. Null, while it is not known: head and feet, from anywhere. The
  // head is always needed, because people are found by it.
  static Needs Of(const repetitions::Exercise* exercise);
};

enum class Verdict { kUnknown, kAbsent, kPresent };
using Verdicts = std::array<Verdict, kCodeCount>;  // by Code

// Everything but kNobody and kSeveralPeople, which are unknown here. A problem that is `shown` already must
// be clearly mended before it counts as absent. Absent joints are NaN. Thread-safe.
Verdicts CheckPose(const skeleton::Pose& pose, const Needs& needs, const std::array<bool, kCodeCount>& shown);

}  // namespace trackfit::framing

#endif  // TRACKFIT_FRAMING_VIEW_CHECK_H_
