#include "rpc/private_socket.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"

namespace trackfit::rpc {

absl::StatusOr<std::unique_ptr<PrivateSocket>> PrivateSocket::Create() {
  std::error_code none;
  std::string folder = std::filesystem::temp_directory_path(none).string();
  if (none) folder = "/tmp";
  absl::StrAppend(&folder, "/trackfit-XXXXXX");
  if (mkdtemp(folder.data()) == nullptr) {  // with mode 0700
    return absl::UnavailableError(absl::StrCat("cannot make the folder ", folder, ": ", std::strerror(errno),
                                               "; TMPDIR names another"));
  }
  return std::unique_ptr<PrivateSocket>(new PrivateSocket(std::move(folder)));
}

PrivateSocket::~PrivateSocket() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace trackfit::rpc
