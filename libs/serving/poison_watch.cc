#include "serving/poison_watch.h"

#include "absl/strings/cord.h"

namespace trackfit::serving {
namespace {

constexpr char kLostPayload[] = "trackfit/connection-lost";
constexpr int kBreaks = 2;
constexpr int kMostInARow = 3;

}  // namespace

absl::Status ConnectionLost(absl::Status status) {
  status.SetPayload(kLostPayload, absl::Cord());
  return status;
}

bool IsConnectionLost(const absl::Status& status) { return status.GetPayload(kLostPayload).has_value(); }

bool MayBeTheRequestsFault(const absl::Status& status) {
  return IsConnectionLost(status) || absl::IsInternal(status) || absl::IsUnknown(status);
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

}  // namespace trackfit::serving
