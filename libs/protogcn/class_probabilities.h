// From logits to calibrated probabilities.
#ifndef TRACKFIT_PROTOGCN_CLASS_PROBABILITIES_H_
#define TRACKFIT_PROTOGCN_CLASS_PROBABILITIES_H_

#include <cstddef>
#include <span>
#include <vector>

#include "protogcn/model_archive.h"

namespace trackfit::protogcn {

// Two questions, calibrated apart: whether the movement is an exercise at all, the logistic function of
// known_scale * ExerciseMargin + known_offset, and if so which, the softmax over the exercises at
// `temperature`. Of metadata.classes, sum 1; with scale 1, offset 0 and temperature 1 the plain softmax,
// which is also what a model without a background class has (at its temperature).
std::vector<float> ClassProbabilities(std::span<const float> logits, const ModelMetadata& metadata);

// By how much the exercises together stand above the background: the log of the sum of their exponentials
// less the background's logit. `metadata` has a background class.
double ExerciseMargin(std::span<const float> logits, const ModelMetadata& metadata);

// Index of metadata.background_class; the number of classes if there is none.
size_t BackgroundIndex(const ModelMetadata& metadata);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_CLASS_PROBABILITIES_H_
