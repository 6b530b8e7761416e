// What can be wrong with the camera or the scene, and the hint that says so.
#ifndef TRACKFIT_FRAMING_HINT_H_
#define TRACKFIT_FRAMING_HINT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace trackfit::framing {

// In the order in which hints of one frame are given.
enum class Code : int {
  kNobody,
  kSeveralPeople,
  kTooNear,
  kTooFar,
  kHeadCutOff,
  kHandsCutOff,
  kFeetCutOff,
  kCameraTilted,
  kHardToSee,  // landmarks are uncertain: too dark, blurred, or something is in the way
  kTurnSideways,
  kTurnDiagonally,
  kTurnToFront,
};
inline constexpr int kCodeCount = 12;

// By Code, as the contract spells them: "nobody", "several_people", ... They are stable.
inline constexpr std::array<std::string_view, kCodeCount> kCodeNames = {
    "nobody",       "several_people", "too_near",    "too_far",       "head_cut_off",    "hands_cut_off",
    "feet_cut_off", "camera_tilted",  "hard_to_see", "turn_sideways", "turn_diagonally", "turn_to_front"};

struct Hint {
  Code code = Code::kNobody;
  bool withdrawn = false;  // it no longer applies
  uint64_t sequence = 0;   // of the frame with which it was given or withdrawn

  std::string_view name() const { return kCodeNames[static_cast<size_t>(code)]; }
};

}  // namespace trackfit::framing

#endif  // TRACKFIT_FRAMING_HINT_H_
