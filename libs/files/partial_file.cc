#include "files/partial_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace trackfit::files {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxLinks = 40;  // the kernel's limit

fs::path FollowLinks(fs::path path) {
  std::error_code error;
  for (int i = 0; i < kMaxLinks && fs::is_symlink(path, error); ++i) {
    const fs::path next = fs::read_symlink(path, error);
    if (error) break;
    path = next.is_absolute() ? next : path.parent_path() / next;
  }
  return path;
}

bool IsDirect(const fs::path& path) {
  const std::string name = path.string();
  // Files opened by a process: there is no folder to create a temporary file in.
  if (name == "/dev/stdin" || name == "/dev/stdout" || name == "/dev/stderr") return true;
  if (absl::StartsWith(name, "/dev/fd/") || absl::StartsWith(name, "/proc/")) return true;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

// All partial files of this process, for RemovePartialFiles().
struct Registry {
  std::mutex mutex;
  std::set<fs::path> paths;
};

Registry& PartialFiles() {
  static auto* const kRegistry = new Registry;  // never destroyed, because threads may outlive main()
  return *kRegistry;
}

// Unlike rename(), also works if `to` is a mount point or somebody else's file in a sticky folder. Opens
// without O_CREAT, which kernels reject in that case.
bool OverwriteByCopy(const fs::path& from, const fs::path& to) {
  std::error_code error;
  if (!fs::is_regular_file(to, error)) return false;
  std::ifstream in(from, std::ios::binary);
  if (!in) return false;
  fs::resize_file(to, 0, error);
  std::fstream out(to, std::ios::binary | std::ios::in | std::ios::out);
  if (in.peek() != std::ifstream::traits_type::eof()) out << in.rdbuf();
  out.close();
  return !error && !in.bad() && out.good();
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
  const std::scoped_lock lock(PartialFiles().mutex);
  PartialFiles().paths.insert(partial_);
}

PartialFile::~PartialFile() {
  std::error_code ignored;
  if (direct()) return;
  if (!done_) fs::remove(partial_, ignored);
  Keep();
}

void PartialFile::Keep() {
  done_ = true;
  const std::scoped_lock lock(PartialFiles().mutex);
  PartialFiles().paths.erase(partial_);
}

absl::Status PartialFile::Commit() {
  if (direct()) return absl::OkStatus();
  std::error_code error;
  const fs::file_status old = fs::status(target_, error);
  if (fs::is_regular_file(old)) fs::permissions(partial_, old.permissions(), error);
  fs::rename(partial_, target_, error);
  if (!error) {
    done_ = true;
    return absl::OkStatus();
  }
  if (OverwriteByCopy(partial_, target_)) return absl::OkStatus();
  Keep();
  return absl::UnavailableError(absl::StrCat(target_.string(), ": cannot be written: ", error.message(),
                                             "; its new content is in ", partial_.string()));
}

void RemovePartialFiles() {
  const std::scoped_lock lock(PartialFiles().mutex);
  std::error_code ignored;
  for (const fs::path& path : PartialFiles().paths) fs::remove(path, ignored);
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

absl::Status ReplaceSecretFile(const fs::path& path, std::string_view bytes) {
  PartialFile partial(path);
  std::error_code ignored;
  if (!partial.direct()) fs::remove(partial.path(), ignored);  // of a process of this number that was killed
  const int flags = partial.direct() ? O_APPEND : O_CREAT | O_EXCL | O_NOFOLLOW;
  const int file = open(partial.path().c_str(), O_WRONLY | O_CLOEXEC | flags, S_IRUSR | S_IWUSR);
  bool written = file >= 0;
  for (size_t done = 0; written && done < bytes.size();) {
    const ssize_t count = write(file, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    written = count > 0;
    if (written) done += static_cast<size_t>(count);
  }
  written = written && (partial.direct() || fsync(file) == 0);
  const int reason = errno;
  if (file >= 0) close(file);
  if (!written)
    return absl::UnavailableError(
        absl::StrCat(path.string(), ": cannot be written: ", std::strerror(reason)));
  return partial.Commit();
}

}  // namespace trackfit::files
