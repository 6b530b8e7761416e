#include "repetitions/exercise.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace trackfit::repetitions {

absl::StatusOr<std::shared_ptr<const Catalogue>> Catalogue::Load(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator file(folder, error), end; !error && file != end; file.increment(error)) {
    if (file->path().extension() == ".yaml") files.push_back(file->path());
  }
  if (error) return absl::NotFoundError(absl::StrCat("cannot read ", folder, ": ", error.message()));
  if (files.empty()) return absl::NotFoundError(absl::StrCat("there are no exercises (*.yaml) in ", folder));
  std::ranges::sort(files);
  std::vector<Exercise> exercises;
  for (const fs::path& file : files) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", file.string()));
    absl::StatusOr<Exercise> exercise = Exercise::Parse(file.string(), text.str());
    if (!exercise.ok()) return exercise.status();
    if (exercise->name != file.stem()) {
      return absl::InvalidArgumentError(absl::StrCat(file.string(), ": exercise is \"", exercise->name,
                                                     "\", but the file is called ",
                                                     file.filename().string()));
    }
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
