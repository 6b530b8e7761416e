// Atomic writing of files.
#ifndef TRACKFIT_FILES_PARTIAL_FILE_H_
#define TRACKFIT_FILES_PARTIAL_FILE_H_

#include <filesystem>
#include <string_view>

#include "absl/status/status.h"

namespace trackfit::files {

// A temporary file next to its target, which it replaces when it is complete, so that readers never see half
// a file and the old one stays until then. Devices, pipes and files opened by a process (/dev/stdout,
// /dev/fd/3) are written directly. The constructor does not create a file. Not thread-safe.
class PartialFile {
 public:
  enum class Name {
    kPlain,          // ends in .partial
    kKeepExtension,  // hidden, with the target's extension, for writers that depend on it
  };

  // Symbolic links are followed: the file that `target` points to is replaced.
  explicit PartialFile(const std::filesystem::path& target, Name name = Name::kPlain);
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  // Removes the temporary file unless it was committed or kept.
  ~PartialFile();

  // The path to write to; its name is unique to this process.
  const std::filesystem::path& path() const { return partial_; }
  // Whether that is the target itself, which must be opened for appending.
  bool direct() const { return partial_ == target_; }

  // Moves the file to its target and gives it the permissions of the file it replaces. If it cannot be
  // renamed, it is copied into the old file. UNAVAILABLE naming the target, and the path at which the file
  // was kept.
  absl::Status Commit();
  // Keeps the file at path().
  void Keep();

 private:
  std::filesystem::path target_;
  std::filesystem::path partial_;
  bool done_ = false;
};

// Atomically replaces the content of `path` by `bytes`. UNAVAILABLE naming the path and the reason; the old
// file stays, and no partial one is left behind.
absl::Status ReplaceFile(const std::filesystem::path& path, std::string_view bytes);

// The same for what only this user may read (a new file gets mode 0600), on the disk before it takes the
// place of the old one.
absl::Status ReplaceSecretFile(const std::filesystem::path& path, std::string_view bytes);

// Removes the uncommitted files of all PartialFiles of this process, for processes that end without running
// destructors. Thread-safe.
void RemovePartialFiles();

}  // namespace trackfit::files

#endif  // TRACKFIT_FILES_PARTIAL_FILE_H_
