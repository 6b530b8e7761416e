// Optional recorded data outside the source tree. Tests that need it are labelled `data`, and skipped without
// it.
#ifndef TRACKFIT_TESTS_SUPPORT_SHARED_DATA_H_
#define TRACKFIT_TESTS_SUPPORT_SHARED_DATA_H_

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace trackfit::testing {

// The path of `relative` in $TRACKFIT_SHARED (default: ../shared beside the source tree), or nullopt when it
// is absent.
inline std::optional<std::filesystem::path> SharedData(const std::string& relative) {
  const char* root = std::getenv("TRACKFIT_SHARED");
  const std::filesystem::path path = std::filesystem::path(root != nullptr ? root : "../shared") / relative;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  return path;
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_SHARED_DATA_H_
