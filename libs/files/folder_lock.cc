#include "files/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace trackfit::files {

absl::StatusOr<FolderLock> FolderLock::Take(const std::string& folder, Busy busy) {
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return absl::NotFoundError(absl::StrCat(folder, " cannot be used: ", std::strerror(errno)));
  FolderLock lock(file);
  int result = 0;
  do {
    result = flock(file, LOCK_EX | (busy == Busy::kFail ? LOCK_NB : 0));
  } while (result != 0 && errno == EINTR);
  if (result != 0 && errno == EWOULDBLOCK)
    return absl::UnavailableError(absl::StrCat("another process works on ", folder));
  return lock;
}

FolderLock::~FolderLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace trackfit::files
