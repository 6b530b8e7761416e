#include "net/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

namespace trackfit::net {
namespace {

// An unlimited limit must still fit an int, and no server needs more.
constexpr rlim_t kEnough = 1 << 20;

}  // namespace

int RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  const rlim_t wanted = std::min(limit.rlim_max, kEnough);
  if (limit.rlim_cur < wanted) {
    const rlimit raised{wanted, limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  return static_cast<int>(std::min(limit.rlim_cur, kEnough));
}

}  // namespace trackfit::net
