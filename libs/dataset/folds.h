// Cuts clips into folds for cross-validation: no person, scene or video in two of them.
#ifndef TRACKFIT_DATASET_FOLDS_H_
#define TRACKFIT_DATASET_FOLDS_H_

#include <map>
#include <string>
#include <vector>

#include "dataset/clip.h"

namespace trackfit::dataset {

// The fold in [0, folds) of every group. It does not depend on the order of the clips; training and
// evaluation must pass the same ones. Exercise by exercise, largest first, each group goes to the fold with
// the fewest clips of its forms, so that folds become similar in form and size. A group with several
// exercises is placed by its most frequent one. A clip without a group is a group of its own.
std::map<std::string, int> GroupedFolds(const std::vector<Clip>& clips, int folds);

// Where GroupedFolds put this clip's group, or -1.
int FoldOf(const std::map<std::string, int>& folds, const Clip& clip);

}  // namespace trackfit::dataset

#endif  // TRACKFIT_DATASET_FOLDS_H_
