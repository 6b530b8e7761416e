#include "schema/folder.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace trackfit::schema {

namespace fs = std::filesystem;

absl::StatusOr<std::vector<File>> ReadFolder(const std::string& folder, const std::string& what) {
  std::error_code error;
  std::vector<File> files;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".yaml") files.push_back({entry->path(), ""});
  }
  if (error) return absl::NotFoundError(absl::StrCat("cannot read ", folder, ": ", error.message()));
  if (files.empty()) return absl::NotFoundError(absl::StrCat("there are no ", what, " (*.yaml) in ", folder));
  std::ranges::sort(files, {}, &File::path);
  for (File& file : files) {
    std::ifstream in(file.path);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return absl::NotFoundError(absl::StrCat("cannot read ", file.path.string()));
    file.text = std::move(text).str();
  }
  return files;
}

absl::Status CheckName(const File& file, const std::string& key, const std::string& name) {
  if (name == file.path.stem()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(file.path.string(), ": ", key, " is \"", name,
                                                 "\", but the file is called ",
                                                 file.path.filename().string()));
}

}  // namespace trackfit::schema
