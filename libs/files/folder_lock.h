// Keeps other processes from working on the same folder.
#ifndef TRACKFIT_FILES_FOLDER_LOCK_H_
#define TRACKFIT_FILES_FOLDER_LOCK_H_

#include <string>

#include "absl/status/statusor.h"

namespace trackfit::files {

// Advisory: it keeps out those who take it, too, and leaves no file behind. Ends with this object or its
// process. Where the file system knows no locks, everybody gets it.
class FolderLock {
 public:
  enum class Busy {
    kFail,  // UNAVAILABLE
    kWait,  // until the other is done
  };

  // NOT_FOUND where the folder cannot be opened.
  static absl::StatusOr<FolderLock> Take(const std::string& folder, Busy busy);
  FolderLock(FolderLock&& other) noexcept : file_(other.file_) { other.file_ = -1; }
  FolderLock& operator=(FolderLock&& other) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int file) : file_(file) {}

  int file_;
};

}  // namespace trackfit::files

#endif  // TRACKFIT_FILES_FOLDER_LOCK_H_
