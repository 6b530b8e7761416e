// Validates poses from clients before anything computes with them.
#ifndef TRACKFIT_SKELETON_VALIDATE_H_
#define TRACKFIT_SKELETON_VALIDATE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "skeleton/pose.h"

namespace trackfit::skeleton {

// Timestamps are within +-kMaxTimestampUs (285 years), so that the difference of any two fits an int64.
inline constexpr int64_t kMaxTimestampUs = int64_t{1} << 53;

// INVALID_ARGUMENT naming the field, e.g. "frame.timestamp_us is ..." if `owner` is "frame".
absl::Status ValidateTimestamp(const std::string& owner, int64_t timestamp_us);

// Checks that sequences and timestamps of one stream's frames or poses strictly increase. Rejected values do
// not change the state. Not thread-safe.
class StreamOrder {
 public:
  StreamOrder() = default;
  // Goes on behind what another one has accepted; without `last_us` no timestamp was.
  StreamOrder(std::optional<uint64_t> last_sequence, int64_t first_us, std::optional<int64_t> last_us)
      : last_sequence_(last_sequence), first_us_(first_us), last_us_(last_us) {}

  // INVALID_ARGUMENT naming the field, e.g. "frame.sequence is 4; it must be greater than the one before, 5".
  absl::Status TakeSequence(const std::string& owner, uint64_t sequence);
  // INVALID_ARGUMENT naming the field when the timestamp is out of range or does not increase.
  absl::Status TakeTimestamp(const std::string& owner, int64_t timestamp_us);

  // The last accepted sequence; nullopt before the first.
  std::optional<uint64_t> last_sequence() const { return last_sequence_; }
  // The first and the last accepted timestamp; 0 and nullopt before the first.
  int64_t first_us() const { return first_us_; }
  std::optional<int64_t> last_us() const { return last_us_; }
  // From the first accepted timestamp to the last.
  int64_t duration_us() const { return last_us_ ? *last_us_ - first_us_ : 0; }

 private:
  std::optional<uint64_t> last_sequence_;
  int64_t first_us_ = 0;
  std::optional<int64_t> last_us_;
};

// The largest number of people that can be tracked in one stream at a time.
inline constexpr uint32_t kMaxPeople = 8;

// INVALID_ARGUMENT naming the field, e.g. "config.max_people is ..." if `owner` is "config".
absl::Status ValidateMaxPeople(const std::string& owner, uint32_t max_people);

// INVALID_ARGUMENT naming the field and the limit, e.g. "pose.landmarks[7].x is not finite": when a number is
// NaN or infinite, a coordinate is outside [-100, 100], a visibility or presence is outside [0, 1], the image
// size is negative, or the timestamp is out of range.
absl::Status ValidatePose(const Pose& pose);

// Clients mark an unknown joint by a visibility of exactly 0; internally, such a joint is absent (NaN). A
// pose whose visibilities are all 0 comes from a client that does not send them, so all its joints count as
// visible.
void MarkAbsentJoints(Pose& pose);

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_VALIDATE_H_
