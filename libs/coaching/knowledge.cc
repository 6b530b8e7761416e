#include "coaching/knowledge.h"

#include <filesystem>
#include <utility>

namespace trackfit::coaching {
namespace {

absl::StatusOr<std::shared_ptr<const reference::References>> LoadReferences(const std::string& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder, error) && !error) {
    return std::make_shared<const reference::References>(std::vector<reference::Reference>());
  }
  return reference::References::Load(folder);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Knowledge>> Knowledge::Load(const std::string& folder) {
  auto catalogue = repetitions::Catalogue::Load(folder);
  if (!catalogue.ok()) return catalogue.status();
  auto phrases = advice::Phrases::Load(folder + "/voices");
  if (!phrases.ok()) return phrases.status();
  auto references = LoadReferences(folder + "/references");
  if (!references.ok()) return references.status();
  auto knowledge = std::make_shared<Knowledge>();
  knowledge->catalogue_ = *std::move(catalogue);
  knowledge->phrases_ = *std::move(phrases);
  knowledge->references_ = *std::move(references);
  return knowledge;
}

std::vector<std::string> Knowledge::exercises() const {
  std::vector<std::string> names;
  for (const repetitions::Exercise& exercise : catalogue_->exercises()) names.push_back(exercise.name);
  return names;
}

std::vector<std::string> Knowledge::reference_names() const {
  std::vector<std::string> names;
  for (const reference::Reference& reference : references_->references()) names.push_back(reference.name);
  return names;
}

}  // namespace trackfit::coaching
