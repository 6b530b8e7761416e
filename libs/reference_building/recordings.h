// What references are recorded from, besides videos.
#ifndef TRACKFIT_REFERENCE_BUILDING_RECORDINGS_H_
#define TRACKFIT_REFERENCE_BUILDING_RECORDINGS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "reference/reference.h"
#include "skeleton/pose.h"

namespace trackfit::reference_building {

using Poses = std::vector<skeleton::Pose>;

// Of a clip of a landmark file; `clip` is its id, or empty where the file holds only one. Errors as
// dataset::ReadLandmarkFile; INVALID_ARGUMENT when there is no such clip.
absl::StatusOr<Poses> PosesOfLandmarks(const std::string& path, const std::string& clip);

// Of the lines that `trackfit analyze --json` wrote. INVALID_ARGUMENT naming the line that is none.
absl::StatusOr<Poses> PosesOfSession(const std::string& path);

// Of a mannequin in textbook form, without habits, seen from afar, each joint known exactly and only its
// depth scaled as BlazePose's. Errors as synthesis::SynthesizeMotion.
absl::StatusOr<Poses> TextbookPoses(const std::string& exercise, int repetitions);

// What was recorded, for people: how many repetitions of those found, and each angle's range and spread.
std::string Describe(const reference::Reference& reference, size_t found);

}  // namespace trackfit::reference_building

#endif  // TRACKFIT_REFERENCE_BUILDING_RECORDINGS_H_
