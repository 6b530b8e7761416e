#include "assessment/evidence.h"

#include <iterator>
#include <string>

#include "absl/strings/str_format.h"
#include "skeleton/movement.h"

namespace trackfit::assessment {
namespace {

double Seconds(std::span<const skeleton::Pose> window, double rate_hz) {
  return static_cast<double>(window.size()) / rate_hz;
}

// Observed poses behind a resampled window: each of its poses has the sequence of the nearest one in time.
int SeenPoses(std::span<const skeleton::Pose> window) {
  int seen = 1;
  for (size_t i = 1; i < window.size(); ++i) seen += window[i].sequence != window[i - 1].sequence ? 1 : 0;
  return seen;
}

}  // namespace

std::optional<Notice> LackOfMovement(std::span<const skeleton::Pose> window, double rate_hz) {
  const float movement = skeleton::Movement(window, rate_hz);
  if (movement >= kLeastMovement) return std::nullopt;
  return Notice{NoticeCode::kNoMovement,
                absl::StrFormat("Hardly anything moves, so no exercise is known: the body travels %.2f torso "
                                "lengths in %.1f s, an exercise at least %.2f",
                                movement, Seconds(window, rate_hz), kLeastMovement),
                window.back().sequence};
}

std::optional<Notice> LackOfPoses(std::span<const skeleton::Pose> window, int bridged, double rate_hz) {
  if (2 * bridged <= std::ssize(window)) return std::nullopt;
  return Notice{NoticeCode::kFewPoses,
                absl::StrFormat(
                    "Only %d poses in %.1f s, and most of that time lies between poses more than "
                    "%.2f s apart, so no exercise is known: film at 3 frames/s at least, better 10, with the "
                    "person in the picture; or the video claims a wrong rate (--fps sets it)",
                    SeenPoses(window), Seconds(window, rate_hz), kLongestIntervalUs * 1e-6),
                window.back().sequence};
}

Notice LackOfRepetitions(const std::string& exercise, int repetitions, double seconds, uint64_t sequence) {
  std::string counted = "no repetition was";
  if (repetitions == 1) counted = "only one repetition was";
  if (repetitions > 1) counted = absl::StrFormat("only %d repetitions were", repetitions);
  return {NoticeCode::kNoRepetition,
          absl::StrFormat("It looks like the exercise %s, but in %.0f s of such movement %s counted, so no "
                          "exercise is known",
                          exercise, seconds, counted),
          sequence};
}

}  // namespace trackfit::assessment
