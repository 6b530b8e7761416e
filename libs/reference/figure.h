// The joints that movements are compared by, in space, and the angles between them.
#ifndef TRACKFIT_REFERENCE_FIGURE_H_
#define TRACKFIT_REFERENCE_FIGURE_H_

#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include "repetitions/body.h"
#include "repetitions/repetition.h"
#include "skeleton/joint.h"

namespace trackfit::reference {

// Torso lengths; x to the right of the picture, y up, z away from the camera.
struct Vector {
  float x = 0;
  float y = 0;
  float z = 0;

  friend Vector operator+(const Vector& a, const Vector& b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend Vector operator-(const Vector& a, const Vector& b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  friend Vector operator*(const Vector& a, float s) { return {a.x * s, a.y * s, a.z * s}; }
};
inline float Dot(const Vector& a, const Vector& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline Vector Cross(const Vector& a, const Vector& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline float Length(const Vector& a) { return std::sqrt(Dot(a, a)); }
// `a` turned about the unit vector `axis`, radians.
Vector Turned(const Vector& a, const Vector& axis, float angle);

// Left before right, so that node ^ 1 is the other side.
enum Node : int {
  kLeftShoulder,
  kRightShoulder,
  kLeftElbow,
  kRightElbow,
  kLeftWrist,
  kRightWrist,
  kLeftHip,
  kRightHip,
  kLeftKnee,
  kRightKnee,
  kLeftAnkle,
  kRightAnkle,
  kNodeCount
};
// BlazePose's joint of a node.
inline constexpr std::array<skeleton::Joint, kNodeCount> kJointOfNode = {
    skeleton::kLeftShoulder, skeleton::kRightShoulder, skeleton::kLeftElbow, skeleton::kRightElbow,
    skeleton::kLeftWrist,    skeleton::kRightWrist,    skeleton::kLeftHip,   skeleton::kRightHip,
    skeleton::kLeftKnee,     skeleton::kRightKnee,     skeleton::kLeftAnkle, skeleton::kRightAnkle};

// An angle at `at` between the nodes before and after it, 180 degrees = straight.
struct Hinge {
  Node from, at, to;
};
inline constexpr int kHingeCount = 8;
inline constexpr std::array<Hinge, kHingeCount> kHinges = {{{kLeftShoulder, kLeftElbow, kLeftWrist},
                                                            {kRightShoulder, kRightElbow, kRightWrist},
                                                            {kLeftHip, kLeftShoulder, kLeftElbow},
                                                            {kRightHip, kRightShoulder, kRightElbow},
                                                            {kLeftShoulder, kLeftHip, kLeftKnee},
                                                            {kRightShoulder, kRightHip, kRightKnee},
                                                            {kLeftHip, kLeftKnee, kLeftAnkle},
                                                            {kRightHip, kRightKnee, kRightAnkle}}};

// The hinges, then the lean of the trunk on the left and on the right: degrees between the line from hip to
// shoulder and upright.
inline constexpr int kAngleCount = kHingeCount + 2;
// "left_elbow", ..., "left_trunk", "right_trunk".
const std::array<std::string_view, kAngleCount>& AngleNames();

// One moment: where the nodes are, from the mid-hip, and how well each is seen, [0, 1]; at 0 its place means
// nothing.
struct Figure {
  std::array<Vector, kNodeCount> nodes{};
  std::array<float, kNodeCount> seen{};

  // NaN where a node that it needs is not seen at all.
  std::array<float, kAngleCount> Angles() const;
};

Figure FigureOf(const repetitions::Body& body);
// Left and right exchanged, and the picture mirrored: what the same movement on the other side looks like.
Figure Mirrored(const Figure& figure);

// The mean of figures: of each node's place weighted by how well it is seen.
class FigureMean {
 public:
  void Add(const Figure& figure, float weight = 1);
  Figure Get() const;

 private:
  Figure sum_;
  float weight_ = 0;
};

// Samples of a repetition: as many on the way to the turning point as on the way back, and some of the rest
// there.
inline constexpr int kPhases = 64;
inline constexpr int kTurnPhases = 8;

// The repetition, whatever its tempo: the mean of the frames about each phase.
struct Performance {
  std::vector<Figure> figures;  // kPhases
  std::vector<size_t> frames;   // of each phase: the nearest of the attempt's frames
};
Performance Perform(const repetitions::Attempt& attempt);

}  // namespace trackfit::reference

#endif  // TRACKFIT_REFERENCE_FIGURE_H_
