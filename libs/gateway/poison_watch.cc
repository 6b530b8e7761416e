#include "gateway/poison_watch.h"

#include <utility>

#include "runtime/connection_lost.h"

namespace trackfit::gateway {
namespace {

constexpr int kMostInARow = 3;

}  // namespace

bool MayBeTheRequestsFault(const absl::Status& status) {
  return runtime::IsConnectionLost(status) || absl::IsInternal(status) || absl::IsUnknown(status);
}

bool PoisonWatch::Blames(const std::optional<Suspects>& suspects, const absl::Status& status) {
  if (!suspects || !MayBeTheRequestsFault(status)) return false;
  const std::string before = std::exchange(server_, runtime::LostServer(status));
  const bool outlived = !before.empty() && before == server_;
  const bool again =
      suspects_ && !outlived && suspects_->first <= suspects->last && suspects->first <= suspects_->last;
  suspects_ = suspects;
  if (!again || in_a_row_ >= kMostInARow) return false;
  suspects_.reset();
  ++in_a_row_;
  return true;
}

}  // namespace trackfit::gateway
