// Which class of a model a clip counts for, by the vocabulary of exercises.
#ifndef TRACKFIT_DATASET_LABELS_H_
#define TRACKFIT_DATASET_LABELS_H_

#include <optional>
#include <string>
#include <vector>

#include "dataset/clip.h"

namespace trackfit::dataset {

// The class that a clip counts for, or nullopt when it would teach or test the wrong thing.
struct ClassLabel {
  int index = 0;
  float weight = 1;       // share of the class's samples relative to its own clips
  bool stand_in = false;  // another exercise with the same movement: a skeleton cannot see the implement
};
// Stand-ins count for their exercise, and clips of other movements for `background`, unless MovesLikeAClass.
// Classes that are not listed: nullopt. Without a background, that of the vocabulary.
std::optional<ClassLabel> LabelOf(const Clip& clip, const std::vector<std::string>& classes);
std::optional<ClassLabel> LabelOf(const Clip& clip, const std::vector<std::string>& classes,
                                  const std::string& background);

// Whether it is a clip of another movement that a skeleton cannot tell from one of the exercises (a board
// press, a chin-up ...).
bool MovesLikeAClass(const Clip& clip);

}  // namespace trackfit::dataset

#endif  // TRACKFIT_DATASET_LABELS_H_
