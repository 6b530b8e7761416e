// The ground truth of a synthesised clip, as JSON beside the video.
#ifndef TRACKFIT_SYNTHESIS_GROUND_TRUTH_H_
#define TRACKFIT_SYNTHESIS_GROUND_TRUTH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::synthesis {

// {"exercise", "fault" (null = correct form), "wrong_joints": [name], "seed", "repetitions": count, "fps",
// "width", "height",
//  "joints": [33 names],
//  "repetition_spans": [{"first_frame", "last_frame"}],
//  "frames": [{"frame", "timestamp_us", "phase", "pixels": [[x, y] x 33], "metres": [[x, y, z] x 33]}]}
// Pixels count from the image's top left corner; metres are in the world of synthesis/motion.h. One camera
// per frame, else INVALID_ARGUMENT.
absl::StatusOr<std::string> GroundTruthJson(const Motion& motion, const std::vector<Camera>& cameras,
                                            uint64_t seed);

}  // namespace trackfit::synthesis

#endif  // TRACKFIT_SYNTHESIS_GROUND_TRUTH_H_
