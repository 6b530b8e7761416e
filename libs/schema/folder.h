// The files of a folder of YAML, in the order of their names.
#ifndef TRACKFIT_SCHEMA_FOLDER_H_
#define TRACKFIT_SCHEMA_FOLDER_H_

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace trackfit::schema {

struct File {
  std::filesystem::path path;
  std::string text;
};

// Reads <folder>/*.yaml. `what` says what they are: "exercises". NOT_FOUND naming what cannot be read, or
// when there is none.
absl::StatusOr<std::vector<File>> ReadFolder(const std::string& folder, const std::string& what);

// The file is to be called what it is about. INVALID_ARGUMENT naming both: `key` of the file is `name`.
absl::Status CheckName(const File& file, const std::string& key, const std::string& name);

}  // namespace trackfit::schema

#endif  // TRACKFIT_SCHEMA_FOLDER_H_
