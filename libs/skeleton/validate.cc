#include "skeleton/validate.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace trackfit::skeleton {
namespace {

constexpr float kMaxCoordinate = 100;

struct Field {
  const char* name;
  float value;
  float low;
  float high;

  bool valid() const { return value >= low && value <= high; }  // false for NaN
};

absl::Status Invalid(const std::string& owner, const Field& field) {
  if (!std::isfinite(field.value)) {
    return absl::InvalidArgumentError(absl::StrCat(owner, ".", field.name, " is not finite"));
  }
  return absl::InvalidArgumentError(absl::StrCat(owner, ".", field.name, " is ", field.value,
                                                 "; it must be within [", field.low, ", ", field.high, "]"));
}

}  // namespace

absl::Status ValidateTimestamp(const std::string& owner, int64_t timestamp_us) {
  if (timestamp_us >= -kMaxTimestampUs && timestamp_us <= kMaxTimestampUs) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(owner, ".timestamp_us is ", timestamp_us,
                                                 "; it must be within [", -kMaxTimestampUs, ", ",
                                                 kMaxTimestampUs, "]"));
}

absl::Status StreamOrder::TakeSequence(const std::string& owner, uint64_t sequence) {
  if (last_sequence_ && sequence <= *last_sequence_) {
    return absl::InvalidArgumentError(absl::StrCat(
        owner, ".sequence is ", sequence, "; it must be greater than the one before, ", *last_sequence_));
  }
  last_sequence_ = sequence;
  return absl::OkStatus();
}

absl::Status StreamOrder::TakeTimestamp(const std::string& owner, int64_t timestamp_us) {
  if (absl::Status valid = ValidateTimestamp(owner, timestamp_us); !valid.ok()) return valid;
  if (last_us_ && timestamp_us <= *last_us_) {
    return absl::InvalidArgumentError(absl::StrCat("timestamp does not increase: ", owner,
                                                   ".timestamp_us is ", timestamp_us,
                                                   "; it must be greater than the one before, ", *last_us_));
  }
  if (!last_us_) first_us_ = timestamp_us;
  last_us_ = timestamp_us;
  return absl::OkStatus();
}

absl::Status ValidateMaxPeople(const std::string& owner, uint32_t max_people) {
  if (max_people >= 1 && max_people <= kMaxPeople) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(owner, ".max_people is ", max_people, "; it must be within [1, ", kMaxPeople, "]"));
}

absl::Status ValidatePose(const Pose& pose) {
  if (absl::Status time = ValidateTimestamp("pose", pose.timestamp_us); !time.ok()) return time;
  if (pose.image_width < 0 || pose.image_height < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("pose.image_width and pose.image_height must not be negative, got ", pose.image_width,
                     "x", pose.image_height));
  }
  if (const Field score{"score", pose.score, 0, 1}; !score.valid()) return Invalid("pose", score);
  for (int j = 0; j < kJointCount; ++j) {
    const Landmark& landmark = pose.landmarks[j];
    for (const Field& field :
         {Field{"x", landmark.x, -kMaxCoordinate, kMaxCoordinate},
          Field{"y", landmark.y, -kMaxCoordinate, kMaxCoordinate},
          Field{"z", landmark.z, -kMaxCoordinate, kMaxCoordinate},
          Field{"visibility", landmark.visibility, 0, 1}, Field{"presence", landmark.presence, 0, 1}}) {
      if (!field.valid()) return Invalid(absl::StrCat("pose.landmarks[", j, "]"), field);
    }
    if (!pose.has_world_landmarks) continue;
    const WorldLandmark& world = pose.world_landmarks[j];
    for (const Field& field : {Field{"x", world.x, -kMaxCoordinate, kMaxCoordinate},
                               Field{"y", world.y, -kMaxCoordinate, kMaxCoordinate},
                               Field{"z", world.z, -kMaxCoordinate, kMaxCoordinate},
                               Field{"visibility", world.visibility, 0, 1}}) {
      if (!field.valid()) return Invalid(absl::StrCat("pose.world_landmarks[", j, "]"), field);
    }
  }
  return absl::OkStatus();
}

void MarkAbsentJoints(Pose& pose) {
  if (std::all_of(pose.landmarks.begin(), pose.landmarks.end(),
                  [](const Landmark& landmark) { return landmark.visibility == 0; })) {
    for (Landmark& landmark : pose.landmarks) landmark.visibility = 1;
    return;
  }
  for (Landmark& landmark : pose.landmarks) {
    if (landmark.visibility == 0) landmark.x = landmark.y = landmark.z = NAN;
  }
}

}  // namespace trackfit::skeleton
