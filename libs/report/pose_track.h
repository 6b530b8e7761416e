// The poses of a session in order of time, and the angles of their joints.
#ifndef TRACKFIT_REPORT_POSE_TRACK_H_
#define TRACKFIT_REPORT_POSE_TRACK_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "client/session_record.h"
#include "trackfit/v1/common.pb.h"

namespace trackfit::report {

// A joint's angle in the picture, in degrees, 180 = straight: the mean of left and right, or of the side that
// is seen.
enum class BodyAngle { kKnees, kHips, kElbows, kShoulders };
inline constexpr std::array kBodyAngles = {BodyAngle::kKnees, BodyAngle::kHips, BodyAngle::kElbows,
                                           BodyAngle::kShoulders};

// "Knees".
std::string NameOf(BodyAngle angle);
// NaN when neither side is seen.
float AngleIn(const v1::Pose& pose, BodyAngle angle);

// Of the record's kept results, which outlive this. Immutable.
class PoseTrack {
 public:
  explicit PoseTrack(const client::SessionRecord& record);

  // The pose of a frame, or of the nearest one within five; nullptr when there is none.
  const v1::Pose* Near(uint64_t sequence) const;
  // The pose nearest in time; nullptr when there are none at all.
  const v1::Pose* NearTime(int64_t time_us) const;
  // Of a frame, estimated by its neighbours where nobody was seen; 0 without poses.
  int64_t TimeOf(uint64_t sequence) const;
  // Those from `start_us` to `end_us`, both included.
  std::span<const v1::Pose* const> Between(int64_t start_us, int64_t end_us) const;

  bool empty() const { return poses_.empty(); }
  int64_t start_us() const { return empty() ? 0 : poses_.front()->timestamp_us(); }
  int64_t end_us() const { return empty() ? 0 : poses_.back()->timestamp_us(); }

 private:
  std::vector<const v1::Pose*> poses_;
};

}  // namespace trackfit::report

#endif  // TRACKFIT_REPORT_POSE_TRACK_H_
