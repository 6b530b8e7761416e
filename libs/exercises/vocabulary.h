// How exercises are called, and which names count for which class of a model. The data is vocabulary.yaml,
// which is compiled in and says what each of its keys means.
#ifndef TRACKFIT_EXERCISES_VOCABULARY_H_
#define TRACKFIT_EXERCISES_VOCABULARY_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace trackfit::exercises {

// The class that clips of some name count for.
struct ClassShare {
  std::string name;       // of an exercise, or of the background
  float weight = 1;       // share of the class's samples relative to its own clips
  bool stand_in = false;  // the exercise's movement with another implement
};

// Immutable, and safe to read from several threads.
class Vocabulary {
 public:
  // `file` is what messages call it. INVALID_ARGUMENT naming file, line and key, with the nearest key that
  // there is.
  static absl::StatusOr<Vocabulary> Parse(const std::string& yaml, const std::string& file);

  // The classes of a new model: the exercises and, last, the background.
  const std::vector<std::string>& classes() const { return classes_; }
  const std::string& background() const { return classes_.back(); }

  // A name that the vocabulary does not have is a class of its own.
  ClassShare ClassOf(const std::string& name) const;

  // Whether a word of `description` begins as the name of a movement that a skeleton cannot tell from an
  // exercise: "close-grip chins" does, "urchins" does not.
  bool LooksLikeAnExercise(const std::string& description) const;

  // "push_up" -> "Push-up". Names that the vocabulary does not have are spelled by rule: "leg_raise" ->
  // "Leg raise".
  std::string TitleOf(const std::string& name) const;

  // What people type ("Push-up", " push up") as models spell it ("push_up").
  std::string NameOf(const std::string& typed) const;

  // Whether a source of clips shows drawn or computer-made people.
  bool IsRendered(const std::string& source) const { return rendered_sources_.count(source) > 0; }

 private:
  class Reader;

  std::vector<std::string> classes_;
  std::map<std::string, ClassShare> shares_;            // by name, of what counts for another class
  std::map<std::string, std::string> titles_;           // by name
  std::map<std::string, std::string> typed_spellings_;  // -> name
  std::vector<std::string> look_alikes_;
  std::set<std::string> rendered_sources_;
};

// The one that is compiled in.
const Vocabulary& Builtin();

}  // namespace trackfit::exercises

#endif  // TRACKFIT_EXERCISES_VOCABULARY_H_
