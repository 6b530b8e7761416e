#include "protogcn/file_io.h"

#include <unistd.h>

#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace trackfit::protogcn {

absl::Status ReplaceFile(const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path partial = absl::StrCat(path.string(), ".", getpid(), ".partial");
  std::ofstream file(partial, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(partial, path, error);
  if (file && !error) return absl::OkStatus();
  std::error_code ignored;
  std::filesystem::remove(partial, ignored);
  return absl::UnavailableError(absl::StrCat(path.string(), ": cannot be written"));
}

}  // namespace trackfit::protogcn
