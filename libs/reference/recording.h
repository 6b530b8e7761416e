// Makes a reference of recorded repetitions.
#ifndef TRACKFIT_REFERENCE_RECORDING_H_
#define TRACKFIT_REFERENCE_RECORDING_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "reference/reference.h"
#include "repetitions/repetition.h"

namespace trackfit::reference {

struct Take {
  repetitions::Attempt attempt;
  float score = 0;  // of the repetition, [0, 100]
};

struct RecordingOptions {
  std::string exercise;
  std::string name;
  std::string source;
  std::vector<Part> parts = {Part::kArms, Part::kTrunk, Part::kLegs};  // that matter
  // Of a segment's depth, torso lengths: BlazePose's, measured on rendered figures; 0 = exact.
  float depth_error = 0.25F;
  int most = 5;  // so many of the best takes are averaged
};

// The mean of the best takes, aligned to the best of all. All takes are of one camera. INVALID_ARGUMENT when
// there is no take that is long enough, or joints are missing of which a reference is made: shoulders, hips
// and, on one side at least, elbow, wrist, knee and ankle.
absl::StatusOr<Reference> Record(const std::vector<Take>& takes, const RecordingOptions& options);

}  // namespace trackfit::reference

#endif  // TRACKFIT_REFERENCE_RECORDING_H_
