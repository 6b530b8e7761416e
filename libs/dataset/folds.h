// Cuts clips into folds for cross-validation: no person, scene or video in two of them.
#ifndef TRACKFIT_DATASET_FOLDS_H_
#define TRACKFIT_DATASET_FOLDS_H_

#include <map>
#include <string>
#include <vector>

#include "dataset/clip.h"

namespace trackfit::dataset {

// The fold in [0, folds) of every group, the same for the same clips in whatever order; those who train and
// those who evaluate must give the same clips. Exercise by exercise, largest first, a group goes to the fold
// that has fewest clips of its forms, so that the folds get alike in form and size. A group of several
// exercises is placed as one of its most frequent. A clip without a group is one of its own.
std::map<std::string, int> GroupedFolds(const std::vector<Clip>& clips, int folds);

// Where GroupedFolds put this clip's group, or -1.
int FoldOf(const std::map<std::string, int>& folds, const Clip& clip);

}  // namespace trackfit::dataset

#endif  // TRACKFIT_DATASET_FOLDS_H_
