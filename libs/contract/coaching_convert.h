// Converts the coach's messages from and to the types that libs/coaching computes with.
#ifndef TRACKFIT_CONTRACT_COACHING_CONVERT_H_
#define TRACKFIT_CONTRACT_COACHING_CONVERT_H_

#include <trackfit/v1/coaching.pb.h>
#include <trackfit/v1/inferencer.pb.h>

#include "absl/status/statusor.h"
#include "coaching/coach_session.h"
#include "reference/comparison.h"
#include "repetitions/exercise.h"
#include "repetitions/repetition.h"

namespace trackfit::contract {

// Everything but the reference, which is beside it in the contract. Where a target leaves an end of its range
// open, that of the catalogue's condition counts. INVALID_ARGUMENT naming the field: a target of a condition
// that no exercise has, or whose range is empty or not a number.
absl::StatusOr<coaching::CoachConfig> FromProto(const v1::CoachConfig& config,
                                                const repetitions::Catalogue& catalogue);

coaching::Checkpoint FromProto(const v1::CoachCheckpoint& checkpoint);
v1::CoachCheckpoint ToProto(const coaching::Checkpoint& checkpoint);

v1::Finding ToProto(const repetitions::Finding& finding);
v1::SetSummary ToProto(const coaching::EndedSet& set);
v1::ReferenceMatch ToProto(const reference::Match& match);
v1::Repetition ToProto(const coaching::CountedRepetition& counted);
v1::Advice ToProto(const coaching::Advice& advice);
v1::Hint ToProto(const coaching::Hint& hint);

// The field that the event is about.
v1::InferStreamResponse ToProto(const coaching::Event& event);

}  // namespace trackfit::contract

#endif  // TRACKFIT_CONTRACT_COACHING_CONVERT_H_
