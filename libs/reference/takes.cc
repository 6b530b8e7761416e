#include "reference/takes.h"

#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "repetitions/body.h"
#include "repetitions/judge.h"
#include "repetitions/repetition_counter.h"
#include "skeleton/resample.h"

namespace trackfit::reference {
namespace {

constexpr int64_t kGapUs = 500'000;

// The head and the shoulders are where the trunk is.
Part PartOf(skeleton::Joint joint) {
  if (joint >= skeleton::kLeftElbow && joint <= skeleton::kRightThumb) return Part::kArms;
  return joint >= skeleton::kLeftKnee ? Part::kLegs : Part::kTrunk;
}

}  // namespace

std::vector<Take> FindTakes(const repetitions::Exercise& exercise, std::span<const skeleton::Pose> poses) {
  std::vector<Take> takes;
  repetitions::RepetitionCounter counter(exercise);
  const auto take = [&](std::optional<repetitions::Attempt> attempt) {
    if (!attempt) return;
    const repetitions::Repetition repetition = repetitions::Judge(exercise, *attempt, {});
    if (repetition.complete) takes.push_back({*std::move(attempt), repetition.score});
  };
  // The whole clip is there, so the torso's length is known from the first pose on.
  repetitions::BodyScale scale;
  for (const skeleton::Pose& pose : poses) scale.Measure(pose);

  skeleton::Resampler resampler(repetitions::kRateHz, kGapUs);
  uint32_t person = 0;
  for (const skeleton::Pose& pose : poses) {
    const skeleton::Resampler::Result resampled = resampler.Push(pose);
    if (resampled.gap || pose.person_id != person) counter.Break();
    person = pose.person_id;
    for (const skeleton::Pose& uniform : resampled.poses) {
      if (const auto body = scale.Measure(uniform)) take(counter.Push(*body));
    }
  }
  take(counter.Finish());
  return takes;
}

std::vector<Part> PartsOf(const repetitions::Exercise& exercise) {
  std::set<Part> parts;
  for (const repetitions::Condition& condition : exercise.conditions)
    for (const skeleton::Joint joint : condition.joints) parts.insert(PartOf(joint));
  if (parts.empty()) parts = {Part::kArms, Part::kTrunk, Part::kLegs};
  return {parts.begin(), parts.end()};
}

}  // namespace trackfit::reference
