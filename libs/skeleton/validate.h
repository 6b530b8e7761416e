// What a pose from outside must satisfy before anything computes with it.
#ifndef TRACKFIT_SKELETON_VALIDATE_H_
#define TRACKFIT_SKELETON_VALIDATE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "skeleton/pose.h"

namespace trackfit::skeleton {

// Timestamps lie within +-kMaxTimestampUs (285 years): the difference of any two fits an int64.
inline constexpr int64_t kMaxTimestampUs = int64_t{1} << 53;

// INVALID_ARGUMENT naming the field, e.g. "frame.timestamp_us is ..." for the owner "frame".
absl::Status ValidateTimestamp(const std::string& owner, int64_t timestamp_us);

// The order of one stream's frames or poses: sequences and timestamps strictly increase. What is refused does
// not count. Not thread-safe.
class StreamOrder {
 public:
  // INVALID_ARGUMENT naming the field of `owner`, e.g. "frame.sequence is 4; it must be greater than the one
  // before, 5".
  absl::Status TakeSequence(const std::string& owner, uint64_t sequence);
  // INVALID_ARGUMENT naming the field: beyond its limits, or "timestamp does not increase: ...".
  absl::Status TakeTimestamp(const std::string& owner, int64_t timestamp_us);

  // Of those taken; nullopt before the first.
  std::optional<uint64_t> last_sequence() const { return last_sequence_; }
  // From the first timestamp taken to the last.
  int64_t duration_us() const { return last_us_ ? *last_us_ - first_us_ : 0; }

 private:
  std::optional<uint64_t> last_sequence_;
  int64_t first_us_ = 0;
  std::optional<int64_t> last_us_;
};

// How many people of one stream can be followed at a time.
inline constexpr uint32_t kMaxPeople = 8;

// INVALID_ARGUMENT naming the field, e.g. "config.max_people is ..." for the owner "config".
absl::Status ValidateMaxPeople(const std::string& owner, uint32_t max_people);

// INVALID_ARGUMENT naming the field and the limit, e.g. "pose.landmarks[7].x is not finite" when a number is
// NaN or infinite, a coordinate is further than 100 images away, a visibility or presence is outside [0, 1],
// the image size is negative, or the timestamp is beyond its limits.
absl::Status ValidatePose(const Pose& pose);

// Clients that do not know a joint send it with a visibility of exactly 0: inside, it is absent (NaN). A pose
// without any visibility comes from a client that does not send them: all its joints then count as seen.
void MarkAbsentJoints(Pose& pose);

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_VALIDATE_H_
