// Writing whole files.
#ifndef TRACKFIT_PROTOGCN_FILE_IO_H_
#define TRACKFIT_PROTOGCN_FILE_IO_H_

#include <filesystem>
#include <string_view>

#include "absl/status/status.h"

namespace trackfit::protogcn {

// Puts all of `bytes` at `path`, or leaves what was there: written beside it under a name of this process's
// own, then renamed, so that a reader never sees half a file. UNAVAILABLE naming the path; nothing stays
// behind then.
absl::Status ReplaceFile(const std::filesystem::path& path, std::string_view bytes);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_FILE_IO_H_
