#include "report/skeleton_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "report/svg.h"
#include "skeleton/bones.h"
#include "skeleton/joint.h"

namespace trackfit::report {
namespace {

constexpr float kWidth = 180, kHeight = 190, kMargin = 22;
constexpr float kSeen = 0.3F;

using Joints = std::array<Point, skeleton::kJointCount>;  // NaN: not seen

Joints JointsOf(const v1::Pose& pose) {
  const float aspect = pose.image_width() > 0 && pose.image_height() > 0
                           ? static_cast<float>(pose.image_height()) / static_cast<float>(pose.image_width())
                           : 1.0F;
  Joints joints;
  for (int i = 0; i < skeleton::kJointCount; ++i) {
    const v1::Landmark& landmark = pose.landmarks(i);
    joints[i] = {landmark.x(), landmark.y() * aspect};
    if (landmark.visibility() < kSeen) joints[i].x = std::numeric_limits<float>::quiet_NaN();
  }
  return joints;
}

bool Seen(const Point& point) { return std::isfinite(point.x) && std::isfinite(point.y); }

Point Middle(const Joints& joints, int left) {
  if (!Seen(joints[left])) return joints[left + 1];
  if (!Seen(joints[left + 1])) return joints[left];
  return {(joints[left].x + joints[left + 1].x) / 2, (joints[left].y + joints[left + 1].y) / 2};
}

// Moves `joints` so that the feet, or else the hips, are where `to` has them.
void Align(Joints& joints, const Joints& to) {
  for (const int pair : {skeleton::kLeftAnkle, skeleton::kLeftHip}) {
    const Point a = Middle(joints, pair), b = Middle(to, pair);
    if (!Seen(a) || !Seen(b)) continue;
    for (Point& joint : joints) joint = {joint.x + b.x - a.x, joint.y + b.y - a.y};
    return;
  }
}

// Fits what is seen of all of them into the picture.
void Fit(std::span<Joints* const> all) {
  Point low{1e9F, 1e9F}, high{-1e9F, -1e9F};
  for (const Joints* joints : all) {
    for (const Point& joint : *joints) {
      if (!Seen(joint)) continue;
      low = {std::min(low.x, joint.x), std::min(low.y, joint.y)};
      high = {std::max(high.x, joint.x), std::max(high.y, joint.y)};
    }
  }
  const float scale = std::min((kWidth - 2 * kMargin) / std::max(high.x - low.x, 1e-3F),
                               (kHeight - 2 * kMargin) / std::max(high.y - low.y, 1e-3F));
  const Point middle{(low.x + high.x) / 2, (low.y + high.y) / 2};
  for (Joints* joints : all) {
    for (Point& joint : *joints)
      joint = {kWidth / 2 + (joint.x - middle.x) * scale, kHeight / 2 + (joint.y - middle.y) * scale};
  }
}

void DrawHead(Svg& svg, const Joints& joints, const char* css_class) {
  const Point ears = Middle(joints, skeleton::kLeftEar), neck = Middle(joints, skeleton::kLeftShoulder);
  if (!Seen(ears) || !Seen(neck)) return;
  const float reach = std::hypot(ears.x - neck.x, ears.y - neck.y);
  svg.Circle(ears, std::clamp(reach * 0.55F, 4.0F, 14.0F), css_class);
}

}  // namespace

std::string Drawn(const SkeletonPicture& picture) {
  Svg svg(kWidth, kHeight, picture.label);
  Joints joints = JointsOf(*picture.pose), outline{};
  std::vector<Joints*> all = {&joints};
  if (picture.outline != nullptr) {
    outline = JointsOf(*picture.outline);
    Align(outline, joints);
    all.push_back(&outline);
  }
  Fit(all);
  const auto draw = [&](const Joints& of, auto css_class) {
    for (const skeleton::Bone& bone : skeleton::kBones) {
      if (Seen(of[bone.from]) && Seen(of[bone.to])) svg.Line(of[bone.from], of[bone.to], css_class(bone));
    }
  };
  if (picture.outline != nullptr) {
    draw(outline, [](const skeleton::Bone&) { return "outline"; });
    DrawHead(svg, outline, "outline");
  }
  draw(joints, [](const skeleton::Bone& bone) {
    if (bone.from % 2 != bone.to % 2) return "bone";
    return bone.from % 2 == 1 ? "bone left" : "bone right";  // odd joints are the left side's
  });
  DrawHead(svg, joints, "bone head");
  for (const int joint : picture.marked) {
    if (!Seen(joints[joint])) continue;
    const bool clearly = picture.level == v1::FINDING_LEVEL_CLEARLY;
    svg.Circle(joints[joint], 10, clearly ? "halo clearly" : "halo slightly");
    svg.Circle(joints[joint], 4.5F, clearly ? "dot clearly" : "dot slightly");
  }
  return svg.Markup();
}

}  // namespace trackfit::report
