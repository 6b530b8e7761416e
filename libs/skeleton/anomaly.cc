#include "skeleton/anomaly.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace trackfit::skeleton {
namespace {

constexpr int kMinFrames = 5;
constexpr int kPasses = 3;  // finding one run may reveal another next to it
constexpr float kDepthShare = 1.0F / 3;
constexpr float kDiagonalShare = 0.25F;
// The range of a bone's length, relative to the median, required on both sides of a jump.
constexpr double kNormalBoneLow = 0.65, kNormalBoneHigh = 1.5;

struct Point {
  float x = NAN, y = NAN, z = NAN;

  bool present() const { return std::isfinite(x) && std::isfinite(y); }
};

Point operator+(const Point& a, const Point& b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
Point operator-(const Point& a, const Point& b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
Point operator*(const Point& a, float s) { return {a.x * s, a.y * s, a.z * s}; }
float Length2D(const Point& a) { return std::hypot(a.x, a.y); }
float Length3D(const Point& a) { return std::isfinite(a.z) ? std::hypot(a.x, a.y, a.z) : Length2D(a); }

using Frame = std::array<Point, kJointCount>;
using Marks = std::array<std::vector<char>, kJointCount>;  // per joint and frame

float Median(std::vector<float> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Joint positions in torso lengths of the clip.
std::vector<Frame> BodyFrames(std::span<const Pose> poses) {
  std::vector<Frame> frames(poses.size());
  std::vector<float> torsos, diagonals;
  for (size_t t = 0; t < poses.size(); ++t) {
    const Pose& pose = poses[t];
    const bool known_size = pose.image_width > 0 && pose.image_height > 0;
    const float aspect =
        known_size ? static_cast<float>(pose.image_height) / static_cast<float>(pose.image_width) : 1.0F;
    constexpr float kFar = std::numeric_limits<float>::max();
    Point low{kFar, kFar, 0}, high{-kFar, -kFar, 0};
    for (int j = 0; j < kJointCount; ++j) {
      const Landmark& l = pose.landmarks[j];
      Point& p = frames[t][j];
      p = {l.x, l.y * aspect, l.z * kDepthShare};
      if (!p.present()) continue;
      low = {std::min(low.x, p.x), std::min(low.y, p.y), 0};
      high = {std::max(high.x, p.x), std::max(high.y, p.y), 0};
    }
    if (low.x <= high.x) diagonals.push_back(Length2D(high - low));
    const Frame& f = frames[t];
    const float torso = Length2D((f[kLeftShoulder] + f[kRightShoulder] - f[kLeftHip] - f[kRightHip]) * 0.5F);
    if (std::isfinite(torso)) torsos.push_back(torso);
  }
  const float scale = std::max(Median(torsos), kDiagonalShare * Median(diagonals));
  if (!(scale > 1e-6F)) return frames;
  for (Frame& frame : frames) {
    for (Point& p : frame) p = p * (1 / scale);
  }
  return frames;
}

// ---- swapped sides ----

constexpr std::array<std::array<int, 6>, 2> kLimbs = {
    {{kLeftShoulder, kLeftElbow, kLeftWrist, kLeftPinky, kLeftIndex, kLeftThumb},
     {kLeftHip, kLeftKnee, kLeftAnkle, kLeftHeel, kLeftFootIndex, kLeftFootIndex}}};

// Whether the left and right limb swap between two frames.
bool ChangesSides(const Frame& before, const Frame& after, const std::array<int, 6>& limb,
                  const AnomalyRule& rule) {
  float keep = 0, swap = 0;
  int joints = 0;
  for (const int left : limb) {
    const int right = MirroredJoints()[left];
    for (const auto& [from, to] : {std::pair{left, right}, std::pair{right, left}}) {
      if (!before[from].present() || !after[from].present() || !after[to].present()) continue;
      keep += Length2D(after[from] - before[from]);
      swap += Length2D(after[to] - before[from]);
      ++joints;
    }
  }
  if (joints < 6) return false;
  return keep > static_cast<float>(rule.swap_distance * joints) &&
         swap < static_cast<float>(rule.swap_share) * keep;
}

void FixSwappedSides(std::vector<Pose>& poses, std::vector<Frame>& frames, int longest,
                     const AnomalyRule& rule, AnomalyCounts& counts) {
  const int count = static_cast<int>(frames.size());
  for (const std::array<int, 6>& limb : kLimbs) {
    for (int first = 1; first < count; ++first) {
      if (!ChangesSides(frames[first - 1], frames[first], limb, rule)) continue;
      int end = first + 1;
      while (end < count && end - first <= longest && !ChangesSides(frames[end - 1], frames[end], limb, rule))
        ++end;
      if (end == count || end - first > longest) continue;
      for (int t = first; t < end; ++t) {
        for (size_t i = 0; i < limb.size(); ++i) {
          if (i > 0 && limb[i] == limb[i - 1]) continue;
          const int left = limb[i], right = MirroredJoints()[left];
          counts.swapped += (frames[t][left].present() ? 1 : 0) + (frames[t][right].present() ? 1 : 0);
          std::swap(frames[t][left], frames[t][right]);
          std::swap(poses[t].landmarks[left], poses[t].landmarks[right]);
          std::swap(poses[t].world_landmarks[left], poses[t].world_landmarks[right]);
        }
      }
      first = end;
    }
  }
}

// ---- teleporting joints ----

class TeleportFinder {
 public:
  TeleportFinder(const std::vector<Frame>& frames, double fps, int longest, const AnomalyRule& rule)
      : frames_(frames),
        distance_(static_cast<float>(rule.teleport_distance)),
        step_(static_cast<float>(rule.teleport_step)),
        max_velocity_change_(static_cast<float>(rule.teleport_acceleration / (fps * fps))),
        longest_(longest) {}

  // Marks a joint's runs; returns the number of newly marked frames.
  int Mark(int joint, std::vector<char>& marks) const {
    const int count = static_cast<int>(frames_.size());
    int found = 0;
    for (int first = 1; first + 1 < count; ++first) {
      if (!IsUsable(joint, first - 1, marks) || !IsUsable(joint, first, marks)) continue;
      if (!ExceedsAcceleration(joint, first, first - 1, first - 2, marks)) continue;
      const int length = RunLength(joint, first, marks);
      for (int t = first; t < first + length; ++t) {
        found += marks[t] != 0 ? 0 : 1;
        marks[t] = 1;
      }
      if (length > 0) first += length;
    }
    return found;
  }

 private:
  const Point& At(int joint, int t) const { return frames_[t][joint]; }
  bool IsUsable(int joint, int t, const std::vector<char>& marks) const {
    return t >= 0 && t < static_cast<int>(frames_.size()) && marks[t] == 0 && At(joint, t).present();
  }

  // Whether the step from frame `from` to its neighbour `to` exceeds the allowed acceleration. `behind` is
  // the frame on the other side of `from`.
  bool ExceedsAcceleration(int joint, int to, int from, int behind, const std::vector<char>& marks) const {
    Point step = At(joint, to) - At(joint, from);
    if (IsUsable(joint, behind, marks)) step = step - (At(joint, from) - At(joint, behind));
    return Length2D(step) > max_velocity_change_;
  }

  // Length of the shortest run from `first` after which the joint returns; 0 when it does not.
  int RunLength(int joint, int first, const std::vector<char>& marks) const {
    const int count = static_cast<int>(frames_.size());
    const Point& start = At(joint, first - 1);
    for (int length = 1; length <= longest_ && first + length < count; ++length) {
      const int behind = first + length;
      if (!IsUsable(joint, behind, marks) || !At(joint, behind - 1).present()) continue;
      const Point step = (At(joint, behind) - start) * (1 / static_cast<float>(length + 1));
      float off = std::numeric_limits<float>::max(), farthest = 0;
      for (int t = first; t < behind; ++t) {
        if (!At(joint, t).present()) continue;
        const Point expected = start + step * static_cast<float>(t - first + 1);
        off = std::min(off, Length2D(At(joint, t) - expected));
        farthest = std::max(farthest, Length2D(At(joint, t) - expected));
      }
      const bool returned = Length2D(At(joint, behind) - start) < off;
      const bool leaps = Length2D(At(joint, first) - start) > step_ * farthest &&
                         Length2D(At(joint, behind) - At(joint, behind - 1)) > step_ * farthest;
      if (returned && leaps && off > distance_ &&
          ExceedsAcceleration(joint, behind - 1, behind, behind + 1, marks))
        return length;
    }
    return 0;
  }

  const std::vector<Frame>& frames_;
  float distance_;
  float step_;
  float max_velocity_change_;  // torso lengths per frame squared
  int longest_;
};

// ---- jumping bone lengths ----

constexpr std::array<std::pair<int, int>, 10> kBones = {{{kLeftShoulder, kLeftElbow},
                                                         {kRightShoulder, kRightElbow},
                                                         {kLeftElbow, kLeftWrist},
                                                         {kRightElbow, kRightWrist},
                                                         {kLeftHip, kLeftKnee},
                                                         {kRightHip, kRightKnee},
                                                         {kLeftKnee, kLeftAnkle},
                                                         {kRightKnee, kRightAnkle},
                                                         {kLeftShoulder, kLeftHip},
                                                         {kRightShoulder, kRightHip}}};

// The joint's largest 3-D deviation, during a run, from the line between the frames around it.
float MaxDeviation(const std::vector<Frame>& frames, int joint, int first, int end) {
  const Point &start = frames[first - 1][joint], &back = frames[end][joint];
  if (!start.present() || !back.present()) return 0;
  float deviation = 0;
  for (int t = first; t < end; ++t) {
    const float part = static_cast<float>(t - first + 1) / static_cast<float>(end - first + 1);
    const float off = Length3D(frames[t][joint] - (start + (back - start) * part));
    if (std::isfinite(off)) deviation = std::max(deviation, off);
  }
  return deviation;
}

int MarkBone(const std::vector<Frame>& frames, const std::pair<int, int>& bone, int longest,
             const AnomalyRule& rule, const Marks& teleports, Marks& marks) {
  const int count = static_cast<int>(frames.size());
  const auto marked = [&](int t) { return teleports[bone.first][t] != 0 || teleports[bone.second][t] != 0; };
  std::vector<float> lengths(frames.size(), NAN), present;
  for (int t = 0; t < count; ++t) {
    if (marked(t)) continue;
    lengths[t] = Length3D(frames[t][bone.first] - frames[t][bone.second]);
    if (std::isfinite(lengths[t])) present.push_back(lengths[t]);
  }
  const float median = Median(present);
  if (!(median > 1e-6F)) return 0;
  const auto within = [&](int t, double low, double high) {
    return lengths[t] > low * median && lengths[t] < high * median;
  };
  const auto steps = [&](int a, int b) {
    return std::max(lengths[a], lengths[b]) > rule.bone_step * std::min(lengths[a], lengths[b]);
  };
  int found = 0;
  for (int first = 1; first < count; ++first) {
    if (!std::isfinite(lengths[first]) || within(first, rule.bone_low, rule.bone_high)) continue;
    if (!within(first - 1, kNormalBoneLow, kNormalBoneHigh) || !steps(first - 1, first)) continue;
    int end = first + 1;
    while (end < count && end - first <= longest && std::isfinite(lengths[end]) &&
           !within(end, rule.bone_low, rule.bone_high))
      ++end;
    if (end >= count || end - first > longest || !within(end, kNormalBoneLow, kNormalBoneHigh) ||
        !steps(end - 1, end))
      continue;
    const bool outer =
        MaxDeviation(frames, bone.second, first, end) >= MaxDeviation(frames, bone.first, first, end);
    for (int t = first; t < end; ++t) {
      char& mark = marks[outer ? bone.second : bone.first][t];
      found += mark != 0 ? 0 : 1;
      mark = 1;
    }
    first = end;
  }
  return found;
}

// ---- repair ----

void RemoveJoint(Pose& pose, int joint) {
  pose.landmarks[joint] = {NAN, NAN, NAN, 0, 0};
  pose.world_landmarks[joint] = {NAN, NAN, NAN, 0};
}

bool Present(const Pose& pose, int joint) {
  return std::isfinite(pose.landmarks[joint].x) && std::isfinite(pose.landmarks[joint].y);
}

float Lerp(float a, float b, float t) { return a + (b - a) * t; }

void Interpolate(std::vector<Pose>& poses, int joint, int first, int end) {
  const Pose &a = poses[first - 1], &b = poses[end];
  const Landmark &l = a.landmarks[joint], &m = b.landmarks[joint];
  const WorldLandmark &v = a.world_landmarks[joint], &w = b.world_landmarks[joint];
  for (int i = first; i < end; ++i) {
    const float t = static_cast<float>(i - first + 1) / static_cast<float>(end - first + 1);
    poses[i].landmarks[joint] = {Lerp(l.x, m.x, t), Lerp(l.y, m.y, t), Lerp(l.z, m.z, t),
                                 Lerp(l.visibility, m.visibility, t), Lerp(l.presence, m.presence, t)};
    poses[i].world_landmarks[joint] = {Lerp(v.x, w.x, t), Lerp(v.y, w.y, t), Lerp(v.z, w.z, t),
                                       Lerp(v.visibility, w.visibility, t)};
  }
}

// `marks` are those of one joint. A single unmarked frame between two runs is not trusted.
void RepairJoint(std::vector<Pose>& poses, int joint, const std::vector<char>& marks, int interpolated,
                 AnomalyCounts& counts) {
  const int count = static_cast<int>(poses.size());
  for (int first = 0; first < count; ++first) {
    if (marks[first] == 0) continue;
    int end = first + 1;
    while (end < count && (marks[end] != 0 || (end + 1 < count && marks[end + 1] != 0))) ++end;
    const bool anchored =
        first > 0 && end < count && Present(poses[first - 1], joint) && Present(poses[end], joint);
    const int length = end - first;
    if (anchored && length <= interpolated) {
      Interpolate(poses, joint, first, end);
      counts.interpolated += length;
    } else {
      for (int t = first; t < end; ++t) RemoveJoint(poses[t], joint);
      counts.left_out += length;
    }
    first = end - 1;
  }
}

void RemoveHiddenJoints(std::vector<Pose>& poses, const AnomalyRule& rule, AnomalyCounts& counts) {
  for (int j = 0; j < kJointCount; ++j) {
    int64_t present = 0, hidden = 0;
    for (const Pose& pose : poses) {
      if (!Present(pose, j)) continue;
      ++present;
      hidden += static_cast<double>(pose.landmarks[j].visibility) < rule.hidden_visibility ? 1 : 0;
    }
    if (present == 0 || static_cast<double>(hidden) < rule.hidden_share * static_cast<double>(present))
      continue;
    counts.hidden += present;
    for (Pose& pose : poses) RemoveJoint(pose, j);
  }
}

int FrameCount(double seconds, double fps) {
  return std::max(1, static_cast<int>(std::lround(seconds * fps)));
}

}  // namespace

AnomalyCounts& AnomalyCounts::operator+=(const AnomalyCounts& other) {
  frames += other.frames;
  broken_frames += other.broken_frames;
  joints += other.joints;
  teleported += other.teleported;
  bone_jumps += other.bone_jumps;
  swapped += other.swapped;
  hidden += other.hidden;
  interpolated += other.interpolated;
  left_out += other.left_out;
  return *this;
}

RepairedClip RepairAnomalies(std::span<const Pose> poses, double fps, const AnomalyRule& rule) {
  RepairedClip result{.poses = {poses.begin(), poses.end()}, .counts = {}, .broken = false};
  AnomalyCounts& counts = result.counts;
  const int count = static_cast<int>(poses.size());
  counts.frames = count;
  for (const Pose& pose : poses) {
    for (int j = 0; j < kJointCount; ++j) counts.joints += Present(pose, j) ? 1 : 0;
  }
  if (count < kMinFrames) return result;

  const int longest = FrameCount(rule.longest_seconds, fps);
  std::vector<Frame> frames = BodyFrames(poses);
  FixSwappedSides(result.poses, frames, longest, rule, counts);

  Marks marks, bone_marks;
  marks.fill(Marks::value_type(frames.size()));
  bone_marks = marks;
  const TeleportFinder finder(frames, fps, longest, rule);
  for (int j = 0; j < kJointCount; ++j) {
    for (int pass = 0; pass < kPasses; ++pass) {
      const int found = finder.Mark(j, marks[j]);
      counts.teleported += found;
      if (found == 0) break;
    }
  }
  for (const auto& bone : kBones)
    counts.bone_jumps += MarkBone(frames, bone, longest, rule, marks, bone_marks);

  for (int t = 0; t < count; ++t) {
    int present = 0, anomalous = 0;
    for (int j = 0; j < kJointCount; ++j) {
      if (!frames[t][j].present()) continue;
      marks[j][t] = static_cast<char>(marks[j][t] != 0 || bone_marks[j][t] != 0);
      ++present;
      anomalous += marks[j][t];
    }
    counts.broken_frames += anomalous > rule.broken_joints * present || present == 0 ? 1 : 0;
  }
  result.broken =
      static_cast<double>(counts.broken_frames) > rule.broken_frames * static_cast<double>(counts.frames);
  const int interpolated = FrameCount(rule.interpolated_seconds, fps);
  for (int j = 0; j < kJointCount; ++j) RepairJoint(result.poses, j, marks[j], interpolated, counts);
  RemoveHiddenJoints(result.poses, rule, counts);
  return result;
}

}  // namespace trackfit::skeleton
