// What all sessions of the coach share: exercises, words, references.
#ifndef TRACKFIT_COACHING_KNOWLEDGE_H_
#define TRACKFIT_COACHING_KNOWLEDGE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "advice/language.h"
#include "reference/reference.h"
#include "repetitions/exercise.h"

namespace trackfit::coaching {

// Immutable, so thread-safe.
class Knowledge {
 public:
  // Reads a folder such as deploy/exercises: *.yaml, voices/*.yaml, and references/*.json if there are any.
  // Errors name file, line or field.
  static absl::StatusOr<std::shared_ptr<const Knowledge>> Load(const std::string& folder);

  std::vector<std::string> exercises() const;        // names, sorted
  std::vector<std::string> reference_names() const;  // sorted

  const repetitions::Catalogue& catalogue() const { return *catalogue_; }
  const std::shared_ptr<const advice::Phrases>& phrases() const { return phrases_; }
  const reference::References& references() const { return *references_; }

 private:
  std::shared_ptr<const repetitions::Catalogue> catalogue_;
  std::shared_ptr<const advice::Phrases> phrases_;
  std::shared_ptr<const reference::References> references_;
};

}  // namespace trackfit::coaching

#endif  // TRACKFIT_COACHING_KNOWLEDGE_H_
