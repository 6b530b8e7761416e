#include "assessment/coverage.h"

#include <algorithm>

namespace trackfit::assessment {

void Coverage::Add(const Assessment& window) {
  double share = 1;
  if (last_sequence_ && *last_sequence_ >= window.first_sequence) {
    const uint64_t added = std::max(window.last_sequence, *last_sequence_) - *last_sequence_;
    share =
        static_cast<double>(added) / static_cast<double>(window.last_sequence - window.first_sequence + 1);
  }
  us_ += share * static_cast<double>(window.duration_us);
  last_sequence_ = std::max(last_sequence_.value_or(0), window.last_sequence);
}

}  // namespace trackfit::assessment
