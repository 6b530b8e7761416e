#include "framing/framing.h"

#include <algorithm>
#include <cmath>

namespace trackfit::framing {
namespace {

// How long a problem must be there before a hint is given, and mended before it is withdrawn.
constexpr float kPersistence = 1;
// One frame says nothing about the time since the frame before when that is longer ago.
constexpr float kLongestStep = 0.5F;

constexpr size_t Index(Code code) { return static_cast<size_t>(code); }

bool ShowsSomebody(const Frame& frame) {
  return frame.pose != nullptr && std::any_of(frame.pose->landmarks.begin(), frame.pose->landmarks.end(),
                                              [](const skeleton::Landmark& l) { return std::isfinite(l.x); });
}

}  // namespace

std::vector<Hint> Framing::Push(const Frame& frame) {
  const bool somebody = ShowsSomebody(frame);
  Verdicts verdicts{};
  if (somebody) {
    verdicts = CheckPose(*frame.pose, needs_, state_.shown);
    if (frame.people > 0)
      verdicts[Index(Code::kSeveralPeople)] = frame.people > 1 ? Verdict::kPresent : Verdict::kAbsent;
  } else if (state_.shown[Index(Code::kNobody)]) {  // what was wrong with who has gone no longer matters
    verdicts.fill(Verdict::kAbsent);
  }
  verdicts[Index(Code::kNobody)] = somebody ? Verdict::kAbsent : Verdict::kPresent;

  float step = 0;
  if (state_.last_us) {  // a checkpoint may hold any time, so the difference is not taken of integers
    const double passed_us = static_cast<double>(frame.timestamp_us) - static_cast<double>(*state_.last_us);
    step = std::clamp(static_cast<float>(passed_us * 1e-6), 0.0F, kLongestStep);
  }
  state_.last_us = frame.timestamp_us;

  std::vector<Hint> hints;
  for (size_t i = 0; i < kCodeCount; ++i) {
    float& evidence = state_.evidence_s[i];
    if (verdicts[i] == Verdict::kPresent && !frame.exercising)
      evidence = std::min(evidence + step, kPersistence);
    if (verdicts[i] == Verdict::kAbsent) evidence = std::max(evidence - step, 0.0F);
    const bool shown = state_.shown[i] ? evidence > 0 : evidence >= kPersistence;
    if (shown == state_.shown[i]) continue;
    state_.shown[i] = shown;
    hints.push_back({.code = static_cast<Code>(i), .withdrawn = !shown, .sequence = frame.sequence});
  }
  return hints;
}

}  // namespace trackfit::framing
