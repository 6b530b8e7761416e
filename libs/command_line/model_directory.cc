#include "command_line/model_directory.h"

#include <filesystem>

namespace trackfit::command_line {
namespace {

namespace fs = std::filesystem;

bool IsDirectory(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

// `folder` of the data that programs come with, which is `in_tree` in a source tree. Installed counts whose
// `top` was installed.
std::string DataFolderFor(const std::string& executable, const fs::path& top, const fs::path& folder,
                          const fs::path& in_tree) {
  const fs::path installed = (fs::path(executable).parent_path() / TRACKFIT_DATA_FROM_BIN).lexically_normal();
  if (!executable.empty() && IsDirectory(installed / top)) return installed / folder;
  if (IsDirectory(in_tree)) return in_tree;
  for (fs::path above = fs::path(executable).parent_path(); above.has_relative_path();
       above = above.parent_path()) {
    if (IsDirectory(above / in_tree)) return above / in_tree;
  }
  return fs::path(TRACKFIT_DATA_DIR) / folder;
}

std::string OwnExecutable() {
  std::error_code error;  // without /proc it stays unknown
  return fs::read_symlink("/proc/self/exe", error).string();
}

}  // namespace

std::string ModelDirectoryFor(const std::string& executable, const std::string& family) {
  const fs::path folder = fs::path("models") / family;
  return DataFolderFor(executable, "models", folder, "deploy" / folder);
}

std::string DefaultModelDirectory(const std::string& family) {
  return ModelDirectoryFor(OwnExecutable(), family);
}

std::string ExerciseDirectoryFor(const std::string& executable) {
  return DataFolderFor(executable, "exercises", "exercises", "deploy/exercises");
}

std::string DefaultExerciseDirectory() { return ExerciseDirectoryFor(OwnExecutable()); }

std::string WebDirectoryFor(const std::string& executable) {
  return DataFolderFor(executable, "web", "web", "services/gateway/web/dist");
}

std::string DefaultWebDirectory() { return WebDirectoryFor(OwnExecutable()); }

std::string ProgramBeside(const std::string& name) {
  const fs::path path = fs::path(OwnExecutable()).replace_filename(name);
  std::error_code error;
  return fs::is_regular_file(path, error) ? path.string() : "";
}

}  // namespace trackfit::command_line
