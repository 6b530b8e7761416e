#include "command_line/model_directory.h"

#include <filesystem>

namespace trackfit::command_line {
namespace {

namespace fs = std::filesystem;

bool IsDirectory(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

}  // namespace

std::string ModelDirectoryFor(const std::string& executable, const std::string& family) {
  const fs::path installed =
      (fs::path(executable).parent_path() / TRACKFIT_DATA_FROM_BIN).lexically_normal() / "models";
  if (!executable.empty() && IsDirectory(installed)) return installed / family;
  const fs::path in_tree = fs::path("deploy/models") / family;
  if (IsDirectory(in_tree)) return in_tree;
  return fs::path(TRACKFIT_DATA_DIR) / "models" / family;
}

std::string DefaultModelDirectory(const std::string& family) {
  std::error_code error;  // without /proc the executable's path stays unknown
  return ModelDirectoryFor(fs::read_symlink("/proc/self/exe", error).string(), family);
}

}  // namespace trackfit::command_line
