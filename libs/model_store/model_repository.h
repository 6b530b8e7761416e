// What a folder of models holds: names, versions, files.
#ifndef TRACKFIT_MODEL_STORE_MODEL_REPOSITORY_H_
#define TRACKFIT_MODEL_STORE_MODEL_REPOSITORY_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trackfit::model_store {

// A file with another state is another file.
struct FileState {
  std::uintmax_t size = 0;
  std::filesystem::file_time_type modified{};

  friend bool operator==(const FileState&, const FileState&) = default;
};

// <version>/canary: the share of new sessions that try the version, as a number.
struct CanaryFile {
  std::filesystem::path path;
  FileState state;
  absl::StatusOr<double> share;  // [0, 1), or what is wrong with the file
};

struct VersionFolder {
  std::uint64_t number = 0;
  std::string name;            // of the folder: the number's digits
  std::filesystem::path path;  // of model.pt
  FileState state;
  std::optional<CanaryFile> canary;
};

struct ModelFolder {
  std::string name;
  std::vector<VersionFolder> versions;  // highest number first; only those that hold a model.pt
};

// Versions of the default model are <root>/<number>/model.pt, of others <root>/<name>/<number>/model.pt. A
// name is of at most 64 letters, digits, '_', '-' and '.', and neither a number nor hidden; what else lies
// there is ignored.
class ModelRepository {
 public:
  explicit ModelRepository(const std::filesystem::path& root);

  // Of the default model: the name of the root's folder.
  const std::string& default_name() const { return default_name_; }

  // The default model first, also when it has no version, then the others that have one, by name. UNAVAILABLE
  // when the root cannot be read.
  absl::StatusOr<std::vector<ModelFolder>> Read() const;

  // NOT_FOUND: why the default model has no version, and what to do about it.
  absl::Status WhyEmpty() const;

 private:
  const std::filesystem::path root_;
  const std::string default_name_;
};

}  // namespace trackfit::model_store

#endif  // TRACKFIT_MODEL_STORE_MODEL_REPOSITORY_H_
