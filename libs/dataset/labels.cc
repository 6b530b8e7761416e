#include "dataset/labels.h"

#include <algorithm>

#include "exercises/vocabulary.h"

namespace trackfit::dataset {

std::optional<ClassLabel> LabelOf(const Clip& clip, const std::vector<std::string>& classes) {
  return LabelOf(clip, classes, exercises::Builtin().background());
}

std::optional<ClassLabel> LabelOf(const Clip& clip, const std::vector<std::string>& classes,
                                  const std::string& background) {
  if (MovesLikeAClass(clip)) return std::nullopt;
  const exercises::Vocabulary& vocabulary = exercises::Builtin();
  const exercises::ClassShare share = vocabulary.ClassOf(clip.exercise);
  const std::string& name = share.name == vocabulary.background() ? background : share.name;
  const auto found = std::find(classes.begin(), classes.end(), name);
  if (found == classes.end()) return std::nullopt;
  return ClassLabel{
      .index = static_cast<int>(found - classes.begin()), .weight = share.weight, .stand_in = share.stand_in};
}

bool MovesLikeAClass(const Clip& clip) {
  const exercises::Vocabulary& vocabulary = exercises::Builtin();
  return vocabulary.ClassOf(clip.exercise).name == vocabulary.background() &&
         vocabulary.LooksLikeAnExercise(clip.fault);
}

}  // namespace trackfit::dataset
