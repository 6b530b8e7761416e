#include "gateway/poison_watch.h"

#include "runtime/connection_lost.h"

namespace trackfit::gateway {
namespace {

constexpr int kBreaks = 2;
constexpr int kMostInARow = 3;

}  // namespace

bool MayBeTheRequestsFault(const absl::Status& status) {
  return runtime::IsConnectionLost(status) || absl::IsInternal(status) || absl::IsUnknown(status);
}

bool PoisonWatch::Blames(std::optional<uint64_t> point, const absl::Status& status) {
  if (!MayBeTheRequestsFault(status)) return false;
  if (breaks_ == 0 || point != point_) {
    point_ = point;
    breaks_ = 0;
  }
  if (++breaks_ < kBreaks || in_a_row_ >= kMostInARow) return false;
  breaks_ = 0;
  ++in_a_row_;
  return true;
}

}  // namespace trackfit::gateway
