#include "skeleton/validate.h"

#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"

namespace trackfit::skeleton {
namespace {

constexpr float kMaxCoordinate = 100;

struct Field {
  const char* name;
  float value;
  float low;
  float high;
};

absl::Status CheckField(const std::string& owner, const Field& field) {
  if (!std::isfinite(field.value)) {
    return absl::InvalidArgumentError(absl::StrCat(owner, ".", field.name, " is not finite"));
  }
  if (field.value < field.low || field.value > field.high) {
    return absl::InvalidArgumentError(absl::StrCat(owner, ".", field.name, " is ", field.value,
                                                   "; it must be within [", field.low, ", ", field.high,
                                                   "]"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidatePose(const Pose& pose) {
  if (pose.image_width < 0 || pose.image_height < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("pose.image_width and pose.image_height must not be negative, got ", pose.image_width,
                     "x", pose.image_height));
  }
  if (const absl::Status status = CheckField("pose", {"score", pose.score, 0, 1}); !status.ok())
    return status;
  for (int j = 0; j < kJointCount; ++j) {
    const std::string owner = absl::StrCat("pose.landmarks[", j, "]");
    const Landmark& landmark = pose.landmarks[j];
    for (const Field& field :
         {Field{"x", landmark.x, -kMaxCoordinate, kMaxCoordinate},
          Field{"y", landmark.y, -kMaxCoordinate, kMaxCoordinate},
          Field{"z", landmark.z, -kMaxCoordinate, kMaxCoordinate},
          Field{"visibility", landmark.visibility, 0, 1}, Field{"presence", landmark.presence, 0, 1}}) {
      if (const absl::Status status = CheckField(owner, field); !status.ok()) return status;
    }
    if (!pose.has_world_landmarks) continue;
    const std::string world_owner = absl::StrCat("pose.world_landmarks[", j, "]");
    const WorldLandmark& world = pose.world_landmarks[j];
    for (const Field& field : {Field{"x", world.x, -kMaxCoordinate, kMaxCoordinate},
                               Field{"y", world.y, -kMaxCoordinate, kMaxCoordinate},
                               Field{"z", world.z, -kMaxCoordinate, kMaxCoordinate},
                               Field{"visibility", world.visibility, 0, 1}}) {
      if (const absl::Status status = CheckField(world_owner, field); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace trackfit::skeleton
