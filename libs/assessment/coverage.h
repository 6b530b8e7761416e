// Time that overlapping windows cover together.
#ifndef TRACKFIT_ASSESSMENT_COVERAGE_H_
#define TRACKFIT_ASSESSMENT_COVERAGE_H_

#include <cstdint>
#include <optional>

#include "assessment/assessment.h"

namespace trackfit::assessment {

// Of windows in the order in which they end; what they share counts once. Within a window time counts as even
// over its sequences. Not thread-safe.
class Coverage {
 public:
  Coverage() = default;
  // Goes on from where another one was.
  Coverage(double us, std::optional<uint64_t> last_sequence) : us_(us), last_sequence_(last_sequence) {}

  void Add(const Assessment& window);

  double us() const { return us_; }  // microseconds
  // Of the latest window; nullopt: there was none.
  std::optional<uint64_t> last_sequence() const { return last_sequence_; }

 private:
  double us_ = 0;
  std::optional<uint64_t> last_sequence_;
};

}  // namespace trackfit::assessment

#endif  // TRACKFIT_ASSESSMENT_COVERAGE_H_
