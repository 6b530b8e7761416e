#include "files/outputs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "files/partial_file.h"

namespace trackfit::files {
namespace {

namespace fs = std::filesystem;

using Identity = std::pair<dev_t, ino_t>;

std::optional<Identity> IdentityOf(const fs::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return Identity{status.st_dev, status.st_ino};
}

std::string Describe(const NamedFile& file) { return absl::StrCat(file.name, " ", file.path.string()); }

absl::Status Unusable(const NamedFile& output, const std::string& why) {
  return absl::InvalidArgumentError(absl::StrCat(Describe(output), " ", why));
}

absl::Status CheckTarget(const NamedFile& output, const PartialFile& partial) {
  std::error_code error;
  if (fs::is_directory(output.path, error))
    return Unusable(output, "is a folder; name a file, for example one in it");
  const fs::path parent = partial.path().parent_path();
  if (!parent.empty() && !fs::is_directory(parent, error)) {
    return Unusable(output, absl::StrCat("cannot be written: the folder ", parent.string(),
                                         " does not exist; create it, or choose another"));
  }
  if (fs::exists(output.path, error) && access(output.path.c_str(), W_OK) != 0)
    return Unusable(output, absl::StrCat("may not be overwritten: ", std::strerror(errno)));
  const int file = open(partial.path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return Unusable(output, absl::StrCat("cannot be written: ", std::strerror(errno)));
  close(file);
  unlink(partial.path().c_str());
  return absl::OkStatus();
}

}  // namespace

FileKind HasExtension(std::string extension) {
  return [extension = std::move(extension)](const fs::path& path) { return path.extension() == extension; };
}

std::vector<NamedFile> FilesOf(const std::string& name, const fs::path& path, const FileKind& kind) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return {{name, path}};
  std::vector<NamedFile> files;
  for (fs::recursive_directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
    if (kind(it->path())) files.push_back({name, it->path()});
  }
  return files;
}

absl::Status CheckOutputs(const std::vector<NamedFile>& outputs, const std::vector<NamedFile>& inputs) {
  std::error_code error;
  std::map<Identity, const NamedFile*> read;
  for (const NamedFile& input : inputs) {
    if (input.path.empty()) continue;
    if (const auto identity = IdentityOf(input.path)) read.emplace(*identity, &input);
  }
  std::map<Identity, const NamedFile*> written;
  std::map<fs::path, const NamedFile*> planned;
  for (const NamedFile& output : outputs) {
    if (output.path.empty() || output.path == "-") continue;
    const PartialFile partial(output.path);
    if (partial.direct()) continue;
    const auto identity = IdentityOf(output.path);
    if (identity) {
      if (const auto input = read.find(*identity); input != read.end()) {
        return Unusable(output,
                        absl::StrCat("would overwrite ", Describe(*input->second), "; choose another file"));
      }
    }
    const NamedFile* other = nullptr;
    if (identity && !written.emplace(*identity, &output).second) other = written.at(*identity);
    const fs::path place = fs::weakly_canonical(fs::absolute(output.path, error), error);
    if (!planned.emplace(place, &output).second) other = planned.at(place);
    if (other != nullptr) {
      return Unusable(output, absl::StrCat("is also the file named by ", other->name, "; choose another"));
    }
    if (absl::Status status = CheckTarget(output, partial); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace trackfit::files
