// Clips that were taken out of their picture, put back into one: the travel of the whole body, another
// camera.
#ifndef TRACKFIT_DATASET_VIEWS_H_
#define TRACKFIT_DATASET_VIEWS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dataset/clip.h"
#include "skeleton/pose.h"

namespace trackfit::dataset {

// Whether the mid-hip is at the same place in every pose, as in sequences that lost the place of the body in
// the picture: then it does not tell whether the hips travelled. False for fewer than two poses.
bool HipsArePinned(std::span<const skeleton::Pose> poses);

// Moves each pose in the picture so that what rests in the exercise does: the hands of a pull-up and of
// whoever holds them above the head throughout, the hips in a bench press or lat pulldown, the feet
// otherwise. Poses without these joints stay where they are.
void RestoreTravel(std::span<skeleton::Pose> poses, const std::string& exercise);

// A clip in real 3-D (`Clip::metric`) as BlazePose would see it through a camera placed by chance:
// perspective, errors that are larger for joints that the body hides, depth on BlazePose's scale. What rests
// in the exercise does. Joints that the clip lacks stay absent. Deterministic in `seed`; the result is not
// metric.
Clip SeenByCamera(const Clip& clip, uint64_t seed);
// The same through the camera that follows from the clip's id; clips that are not metric stay as they are.
Clip SeenByItsCamera(Clip clip);

// The clips as a model is judged by them: without variants, metric ones each seen by its camera.
std::vector<Clip> AsJudged(std::vector<Clip> clips);

}  // namespace trackfit::dataset

#endif  // TRACKFIT_DATASET_VIEWS_H_
