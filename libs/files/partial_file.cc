#include "files/partial_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace trackfit::files {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;  // as the kernel follows

fs::path FollowLinks(fs::path path) {
  std::error_code error;
  for (int i = 0; i < kMostLinks && fs::is_symlink(path, error); ++i) {
    const fs::path next = fs::read_symlink(path, error);
    if (error) break;
    path = next.is_absolute() ? next : path.parent_path() / next;
  }
  return path;
}

// What a file at `path` would be put beside cannot be told for these.
bool IsDirect(const fs::path& path) {
  if (absl::StartsWith(path.string(), "/dev/") || absl::StartsWith(path.string(), "/proc/")) return true;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

}  // namespace

PartialFile::PartialFile(const fs::path& target, Name name) : target_(target), partial_(target) {
  if (IsDirect(target)) return;
  target_ = FollowLinks(target);
  const std::string file = target_.filename().string();
  partial_ = target_.parent_path() / (name == Name::kPlain
                                          ? absl::StrCat(file, ".", getpid(), ".partial")
                                          : absl::StrCat(".", target_.stem().string(), ".", getpid(),
                                                         ".partial", target_.extension().string()));
}

PartialFile::~PartialFile() {
  std::error_code ignored;
  if (!committed_ && !direct()) fs::remove(partial_, ignored);
}

absl::Status PartialFile::Commit() {
  if (direct()) return absl::OkStatus();
  std::error_code error;
  const fs::file_status old = fs::status(target_, error);
  if (fs::is_regular_file(old)) fs::permissions(partial_, old.permissions(), error);
  fs::rename(partial_, target_, error);
  if (error) {
    return absl::UnavailableError(absl::StrCat(target_.string(), ": cannot be written: ", error.message()));
  }
  committed_ = true;
  return absl::OkStatus();
}

absl::Status ReplaceFile(const fs::path& path, std::string_view bytes) {
  PartialFile partial(path);
  errno = 0;
  std::ofstream file(partial.path(), partial.direct() ? std::ios::binary | std::ios::app : std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) {
    return absl::UnavailableError(absl::StrCat(
        path.string(), ": cannot be written: ", errno != 0 ? std::strerror(errno) : "unknown reason"));
  }
  return partial.Commit();
}

}  // namespace trackfit::files
