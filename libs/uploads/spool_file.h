// Where an upload lies until it is dealt with.
#ifndef TRACKFIT_UPLOADS_SPOOL_FILE_H_
#define TRACKFIT_UPLOADS_SPOOL_FILE_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trackfit::uploads {

// A file without a name: gone with the last descriptor to it, however this process ends. Not thread-safe.
class SpoolFile {
 public:
  // UNAVAILABLE naming the folder where none can be made.
  static absl::StatusOr<SpoolFile> Create(const std::string& folder);
  SpoolFile(SpoolFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  SpoolFile& operator=(SpoolFile&&) = delete;
  ~SpoolFile();

  // Blocks. UNAVAILABLE where there is no room.
  absl::Status Append(absl::string_view bytes);
  int descriptor() const { return descriptor_; }

 private:
  explicit SpoolFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace trackfit::uploads

#endif  // TRACKFIT_UPLOADS_SPOOL_FILE_H_
