#include "repetitions/exercise.h"

#include <algorithm>
#include <utility>

#include "schema/folder.h"

namespace trackfit::repetitions {

absl::StatusOr<std::shared_ptr<const Catalogue>> Catalogue::Load(const std::string& folder) {
  const auto files = schema::ReadFolder(folder, "exercises");
  if (!files.ok()) return files.status();
  std::vector<Exercise> exercises;
  for (const schema::File& file : *files) {
    absl::StatusOr<Exercise> exercise = Exercise::Parse(file.path.string(), file.text);
    if (!exercise.ok()) return exercise.status();
    if (absl::Status name = schema::CheckName(file, "exercise", exercise->name); !name.ok()) return name;
    exercises.push_back(*std::move(exercise));
  }
  return std::make_shared<const Catalogue>(std::move(exercises));
}

Catalogue::Catalogue(std::vector<Exercise> exercises) : exercises_(std::move(exercises)) {
  std::ranges::sort(exercises_, {}, &Exercise::name);
}

const Exercise* Catalogue::Find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(exercises_, name, {}, &Exercise::name);
  return found != exercises_.end() && found->name == name ? &*found : nullptr;
}

}  // namespace trackfit::repetitions
