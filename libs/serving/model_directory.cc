#include "serving/model_directory.h"

#include <filesystem>

namespace trackfit::serving {

std::string DefaultModelDirectory(const std::string& family) {
  const std::filesystem::path in_tree = std::filesystem::path("deploy/models") / family;
  std::error_code error;
  if (std::filesystem::is_directory(in_tree, error)) return in_tree;
  return std::filesystem::path(TRACKFIT_DATA_DIR) / "models" / family;
}

}  // namespace trackfit::serving
