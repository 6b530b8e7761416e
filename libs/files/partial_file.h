// Writing whole files.
#ifndef TRACKFIT_FILES_PARTIAL_FILE_H_
#define TRACKFIT_FILES_PARTIAL_FILE_H_

#include <filesystem>
#include <string_view>

#include "absl/status/status.h"

namespace trackfit::files {

// A file that is written beside its place and put there when it is whole, so that a reader never sees half of
// it and an older one stays until then. Devices, pipes and what processes have open (/dev/stdout, /dev/fd/3)
// are written directly. Makes nothing itself. Not thread-safe.
class PartialFile {
 public:
  enum class Name {
    kPlain,          // ends in .partial
    kKeepExtension,  // hidden, but ends as its target, for writers that go by the ending
  };

  // Links are followed: what `target` points to is replaced.
  explicit PartialFile(const std::filesystem::path& target, Name name = Name::kPlain);
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  // Removes what was written and neither committed nor kept.
  ~PartialFile();

  // What to write to; of a name of this process's own.
  const std::filesystem::path& path() const { return partial_; }
  // Whether that is the target itself, to which one appends.
  bool direct() const { return partial_ == target_; }

  // Puts the file in its place, with the permissions of the one that was there. Where it cannot be renamed it
  // is copied over the other. UNAVAILABLE naming the place, and where the file is kept instead.
  absl::Status Commit();
  // Leaves it at path() for good.
  void Keep();

 private:
  std::filesystem::path target_;
  std::filesystem::path partial_;
  bool done_ = false;
};

// Puts all of `bytes` at `path`, or leaves what was there. UNAVAILABLE naming the path and the reason;
// half a file does not stay behind then.
absl::Status ReplaceFile(const std::filesystem::path& path, std::string_view bytes);

// Removes what all PartialFiles of this process have written and not committed: for a process that ends
// without their destructors. Thread-safe.
void RemovePartialFiles();

}  // namespace trackfit::files

#endif  // TRACKFIT_FILES_PARTIAL_FILE_H_
