#include "uploads/spool_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace trackfit::uploads {

absl::StatusOr<SpoolFile> SpoolFile::Create(const std::string& folder) {
  std::string path = folder + "/trackfit-upload-XXXXXX";
  const int descriptor = mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) {
    return absl::UnavailableError(
        absl::StrCat("uploads cannot be kept in ", folder, ": ", std::strerror(errno)));
  }
  unlink(path.c_str());
  return SpoolFile(descriptor);
}

SpoolFile::~SpoolFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::Status SpoolFile::Append(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return absl::UnavailableError(absl::StrCat("the upload cannot be kept: ", std::strerror(errno)));
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return absl::OkStatus();
}

}  // namespace trackfit::uploads
