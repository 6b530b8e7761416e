#include "framing/view_check.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <utility>
#include <vector>

#include "repetitions/body.h"
#include "skeleton/joint.h"

namespace trackfit::framing {
namespace {

using repetitions::View;

// From `appears` on a problem is there; one that is shown is mended below `mended`.
struct Limits {
  float appears;
  float mended;
};

// How far a part is outside the picture, fractions of its width or height.
constexpr Limits kCutOff = {0.0F, -0.02F};
// Hips so far outside leave less than the trunk to see.
constexpr float kHipsFarOut = 0.05F;
// Shorter side of the picture per torso length. At 11, a standing person takes up a third of the height.
constexpr Limits kFar = {11, 9.5F};
// Roll of the camera, degrees. People who stand still lean by up to 5.
constexpr Limits kTilt = {12, 8};
// What should be level is rolled by at least this share of the body's roll.
constexpr float kLevelShare = 0.4F;
// Above it, it is the person who leans.
constexpr float kMostTilt = 30;
// 1 - the median visibility of the joints that are needed.
constexpr Limits kUncertain = {0.5F, 0.4F};
// Distance between the shoulders in the picture per torso length: about 0.65 from the front, 0.1 from the
// side. What needs the side is judged up to a third.
constexpr Limits kTooBroadForSide = {0.42F, 0.33F};
// People who reach up look narrower: a tenth of those who hang and face the camera are below 0.44.
constexpr Limits kTooNarrowForFront = {-0.36F, -0.43F};
constexpr float kDiagonal = 0.4F;
constexpr Limits kOffDiagonal = {0.25F, 0.2F};  // distance from kDiagonal

// Legs and trunk of somebody who stands are at least so straight, degrees.
constexpr float kStraight = 160;

// y down, in widths of the picture.
struct Spot {
  float x = NAN;
  float y = NAN;

  bool known() const { return std::isfinite(x) && std::isfinite(y); }
};

float Length(Spot a, Spot b) { return std::hypot(a.x - b.x, a.y - b.y); }

constexpr float kDegrees = 180 / static_cast<float>(M_PI);

// At `corner`, degrees, [0, 180]; NaN where one of them is not known.
float Angle(Spot a, Spot corner, Spot b) {
  const float ux = a.x - corner.x, uy = a.y - corner.y, vx = b.x - corner.x, vy = b.y - corner.y;
  return std::abs(std::atan2(ux * vy - uy * vx, ux * vx + uy * vy)) * kDegrees;
}

// Of the line between two places to the horizontal, degrees, positive when its right end is lower.
float Slope(Spot a, Spot b) {
  if (a.x > b.x) std::swap(a, b);
  return std::atan2(b.y - a.y, b.x - a.x) * kDegrees;
}

class Check {
 public:
  Check(const skeleton::Pose& pose, const Needs& needs, const std::array<bool, kCodeCount>& shown)
      : pose_(pose), needs_(needs), shown_(shown) {
    if (pose.image_width > 0 && pose.image_height > 0)
      height_ = static_cast<float>(pose.image_height) / static_cast<float>(pose.image_width);
    torso_ = Torso();
  }

  Verdicts Run() {
    CheckEdges();
    Set(Code::kTooFar, std::min(1.0F, height_) / torso_, kFar);
    CheckTilt();
    CheckVisibility();
    CheckView();
    return verdicts_;
  }

 private:
  // NaN: not known.
  void Set(Code code, float value, Limits limits) {
    const auto i = static_cast<size_t>(code);
    if (std::isnan(value)) return;
    verdicts_[i] =
        value >= (shown_[i] ? limits.mended : limits.appears) ? Verdict::kPresent : Verdict::kAbsent;
  }

  void Replace(Code code, bool present) {
    verdicts_[static_cast<size_t>(code)] = present ? Verdict::kPresent : Verdict::kAbsent;
  }

  bool present(Code code) const { return verdicts_[static_cast<size_t>(code)] == Verdict::kPresent; }

  Spot At(int joint) const {
    const skeleton::Landmark& landmark = pose_.landmarks[static_cast<size_t>(joint)];
    return {landmark.x, landmark.y * height_};
  }

  float VisibilityOf(int joint) const {
    const skeleton::Landmark& landmark = pose_.landmarks[static_cast<size_t>(joint)];
    return std::isfinite(landmark.x) ? landmark.visibility : 0;
  }

  // The midpoint of a left joint and its right partner; where only one is seen, that one. Unknown where none
  // is.
  Spot Middle(int left) const {
    const bool left_seen = VisibilityOf(left) >= repetitions::kSeen;
    const bool right_seen = VisibilityOf(left + 1) >= repetitions::kSeen;
    const Spot a = At(left), b = At(left + 1);
    if (left_seen && right_seen) return {(a.x + b.x) / 2, (a.y + b.y) / 2};
    return left_seen ? a : right_seen ? b : Spot{};
  }

  // Length of the trunk, but at least a quarter of the body's diagonal, because it may point at the camera.
  float Torso() const {
    Spot least{INFINITY, INFINITY}, most{-INFINITY, -INFINITY};
    for (int joint = 0; joint < skeleton::kJointCount; ++joint) {
      const Spot at = At(joint);
      if (!at.known()) continue;
      least = {std::min(least.x, at.x), std::min(least.y, at.y)};
      most = {std::max(most.x, at.x), std::max(most.y, at.y)};
    }
    const float trunk = Length(Middle(skeleton::kLeftShoulder), Middle(skeleton::kLeftHip));
    const float torso = std::fmax(trunk, Length(least, most) / 4);
    return torso > 0 ? torso : NAN;
  }

  // How far the middle of these joints is outside the picture, negative inside; NaN when none is there.
  // BlazePose continues a body beyond the edges, so visibility does not matter here.
  float Outside(std::initializer_list<int> joints) const {
    float x = 0, y = 0;
    int present = 0;
    for (const int joint : joints) {
      const skeleton::Landmark& landmark = pose_.landmarks[static_cast<size_t>(joint)];
      if (!std::isfinite(landmark.x) || !std::isfinite(landmark.y)) continue;
      x += landmark.x;
      y += landmark.y;
      ++present;
    }
    if (present == 0) return NAN;
    x /= static_cast<float>(present);
    y /= static_cast<float>(present);
    return std::max({-x, x - 1, -y, y - 1});
  }

  void CheckEdges() {
    using namespace skeleton;  // NOLINT(google-build-using-namespace): joint names
    Set(Code::kHeadCutOff, Outside({kNose, kLeftEye, kRightEye, kLeftEar, kRightEar}), kCutOff);
    const float hands = std::fmax(Outside({kLeftWrist, kLeftIndex}), Outside({kRightWrist, kRightIndex}));
    Set(Code::kHandsCutOff, needs_.hands ? hands : -1, kCutOff);
    const float feet = std::fmax(Outside({kLeftAnkle, kLeftHeel, kLeftFootIndex}),
                                 Outside({kRightAnkle, kRightHeel, kRightFootIndex}));
    Set(Code::kFeetCutOff, needs_.feet ? feet : -1, kCutOff);
    // Too near when both ends of the body, or one and the hips, are outside: then moving the camera does not
    // help.
    const float hips = Outside({kLeftHip, kRightHip});
    const bool lower_end = present(Code::kFeetCutOff) || hips > 0;
    const bool near = present(Code::kHeadCutOff) && lower_end;
    Replace(Code::kTooNear, near || hips > kHipsFarOut);
    if (!present(Code::kTooNear)) return;
    for (const Code code : {Code::kHeadCutOff, Code::kHandsCutOff, Code::kFeetCutOff}) Replace(code, false);
  }

  // The camera's roll shows in somebody who stands straight.
  void CheckTilt() {
    using namespace skeleton;  // NOLINT(google-build-using-namespace): joint names
    const Spot shoulders = Middle(kLeftShoulder), hips = Middle(kLeftHip), ankles = Middle(kLeftAnkle);
    const bool straight =
        Angle(shoulders, hips, ankles) >= kStraight && Angle(hips, Middle(kLeftKnee), ankles) >= kStraight;
    if (!straight) return;
    const float roll = std::atan2(shoulders.x - ankles.x, ankles.y - shoulders.y) * kDegrees;
    if (std::abs(roll) > kMostTilt) return;
    // What is level in somebody who leans is not when the camera is tilted: shoulders from the front, feet
    // from the side.
    const bool front = Length(At(kLeftShoulder), At(kRightShoulder)) > kDiagonal * torso_;
    const float slope = front ? Slope(At(kLeftShoulder), At(kRightShoulder))
                              : Slope(Middle(kLeftHeel), Middle(kLeftFootIndex));
    if (slope / roll < kLevelShare) return Replace(Code::kCameraTilted, false);
    if (std::isfinite(slope)) Set(Code::kCameraTilted, std::abs(roll), kTilt);
  }

  void CheckVisibility() {
    using namespace skeleton;  // NOLINT(google-build-using-namespace): joint names
    std::vector<float> visibilities;
    for (const int left : {kLeftShoulder, kLeftElbow, kLeftWrist, kLeftHip, kLeftKnee, kLeftAnkle}) {
      if (left >= kLeftKnee && !needs_.feet) continue;
      if (!(Outside({left, left + 1}) < 0)) continue;  // that is another problem
      visibilities.push_back(std::max(VisibilityOf(left), VisibilityOf(left + 1)));
    }
    if (visibilities.empty()) return;
    const auto middle = visibilities.begin() + static_cast<ptrdiff_t>(visibilities.size() / 2);
    std::nth_element(visibilities.begin(), middle, visibilities.end());
    Set(Code::kHardToSee, 1 - *middle, kUncertain);
  }

  void CheckView() {
    const float breadth = Length(At(skeleton::kLeftShoulder), At(skeleton::kRightShoulder)) / torso_;
    for (const Code code : {Code::kTurnSideways, Code::kTurnDiagonally, Code::kTurnToFront})
      Replace(code, false);
    if (!needs_.view) return;
    switch (*needs_.view) {
      case View::kSide:
        return Set(Code::kTurnSideways, breadth, kTooBroadForSide);
      case View::kDiagonal:
        return Set(Code::kTurnDiagonally, std::abs(breadth - kDiagonal), kOffDiagonal);
      case View::kFront:
        return Set(Code::kTurnToFront, -breadth, kTooNarrowForFront);
    }
  }

  const skeleton::Pose& pose_;
  const Needs& needs_;
  const std::array<bool, kCodeCount>& shown_;
  float height_ = 1;  // of the picture, in widths
  float torso_ = NAN;
  Verdicts verdicts_{};
};

}  // namespace

Needs Needs::Of(const repetitions::Exercise* exercise) {
  if (exercise == nullptr) return {};
  Needs needs{.feet = false, .hands = false, .view = exercise->best_view};
  const auto add = [&](int measure) {
    for (const repetitions::Place& place : exercise->measures[static_cast<size_t>(measure)].places) {
      needs.feet = needs.feet || place.left >= skeleton::kLeftAnkle;
      needs.hands =
          needs.hands || (place.left >= skeleton::kLeftWrist && place.left <= skeleton::kRightThumb);
    }
  };
  for (const repetitions::Driver& driver : exercise->drivers) add(driver.measure);
  for (const repetitions::Requirement& requirement : exercise->requirements)
    add(requirement.quantity.measure);
  for (const repetitions::Condition& condition : exercise->conditions) add(condition.quantity.measure);
  return needs;
}

Verdicts CheckPose(const skeleton::Pose& pose, const Needs& needs,
                   const std::array<bool, kCodeCount>& shown) {
  return Check(pose, needs, shown).Run();
}

}  // namespace trackfit::framing
