// From logits to calibrated probabilities.
#ifndef TRACKFIT_PROTOGCN_CLASS_PROBABILITIES_H_
#define TRACKFIT_PROTOGCN_CLASS_PROBABILITIES_H_

#include <cstddef>
#include <span>
#include <vector>

#include "protogcn/model_archive.h"

namespace trackfit::protogcn {

// The probabilities of metadata.classes, sum 1. Two questions are calibrated separately: whether the movement
// is an exercise at all, by the logistic function of known_scale * ExerciseMargin + known_offset; and which
// one, by the softmax over the exercises at `temperature`. With scale 1, offset 0 and temperature 1 this is
// the plain softmax; without a background class it is the softmax at `temperature`.
std::vector<float> ClassProbabilities(std::span<const float> logits, const ModelMetadata& metadata);

// The log-sum-exp of the exercises' logits less the logit of the background, on which the known score is
// based. `metadata` has a background class.
double ExerciseMargin(std::span<const float> logits, const ModelMetadata& metadata);

// Index of metadata.background_class; the number of classes if there is none.
size_t BackgroundIndex(const ModelMetadata& metadata);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_CLASS_PROBABILITIES_H_
