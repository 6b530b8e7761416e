// Numbers the repetitions of a session, set by set, and sums each set up.
#ifndef TRACKFIT_COACHING_SET_TRACKER_H_
#define TRACKFIT_COACHING_SET_TRACKER_H_

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

#include "repetitions/repetition.h"

namespace trackfit::coaching {

// Repetitions with a longer rest between them belong to two sets.
inline constexpr int64_t kSetRestUs = 20'000'000;

// Not thread-safe. Memory is bounded: a set of a thousand repetitions is closed.
class SetTracker {
 public:
  // Whether a repetition that starts then would belong to another set than the open one.
  bool WouldClose(const std::string& exercise, int64_t start_us) const;

  // Gives the repetition its set and number; opens a set if none is open. Close() comes before, where needed.
  void Add(repetitions::Repetition& repetition);

  // Ends the open set and sums it up; nullopt when none is open.
  std::optional<repetitions::SetSummary> Close();

  bool open() const { return open_.has_value(); }
  // Of the open set, or the last one; 0 before the first.
  int64_t end_us() const { return end_us_; }
  // Of the open set, all repetitions.
  int numbered() const {
    return open_ ? static_cast<int>(open_->summary.repetitions + open_->summary.partial) : 0;
  }
  // Mean share of the full range of the open set's complete repetitions; 0 when none.
  float mean_range() const;

  nlohmann::json Save() const;
  // Throws nlohmann::json::exception.
  void Load(const nlohmann::json& saved);

 private:
  struct Open {
    repetitions::SetSummary summary;  // so far
    double score = 0;                 // sum
    std::vector<float> durations;     // seconds, of each complete repetition
    std::vector<float> ranges;        // share of full, of each of them
  };

  uint32_t sets_ = 0;  // opened so far
  int64_t end_us_ = 0;
  std::optional<Open> open_;
};

}  // namespace trackfit::coaching

#endif  // TRACKFIT_COACHING_SET_TRACKER_H_
