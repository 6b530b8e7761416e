#include "skeleton/layout.h"

#include "absl/strings/str_cat.h"

namespace trackfit::skeleton {
namespace {

// The BlazePose body as a tree: (joint, its neighbour towards the nose).
constexpr std::array<std::pair<int, int>, kJointCount - 1> kBlazeposeBones = {{
    {kLeftEyeInner, kNose},      {kLeftEye, kLeftEyeInner},     {kLeftEyeOuter, kLeftEye},
    {kLeftEar, kLeftEyeOuter},   {kRightEyeInner, kNose},       {kRightEye, kRightEyeInner},
    {kRightEyeOuter, kRightEye}, {kRightEar, kRightEyeOuter},   {kMouthLeft, kNose},
    {kMouthRight, kNose},        {kLeftShoulder, kNose},        {kRightShoulder, kNose},
    {kLeftElbow, kLeftShoulder}, {kRightElbow, kRightShoulder}, {kLeftWrist, kLeftElbow},
    {kRightWrist, kRightElbow},  {kLeftPinky, kLeftWrist},      {kRightPinky, kRightWrist},
    {kLeftIndex, kLeftWrist},    {kRightIndex, kRightWrist},    {kLeftThumb, kLeftWrist},
    {kRightThumb, kRightWrist},  {kLeftHip, kLeftShoulder},     {kRightHip, kRightShoulder},
    {kLeftKnee, kLeftHip},       {kRightKnee, kRightHip},       {kLeftAnkle, kLeftKnee},
    {kRightAnkle, kRightKnee},   {kLeftHeel, kLeftAnkle},       {kRightHeel, kRightAnkle},
    {kLeftFootIndex, kLeftHeel}, {kRightFootIndex, kRightHeel},
}};

Layout MakeBlazepose33() {
  Layout layout{.name = "blazepose_33", .centre = kNose, .bones = {}, .sources = {}};
  layout.bones.assign(kBlazeposeBones.begin(), kBlazeposeBones.end());
  for (int joint = 0; joint < kJointCount; ++joint) layout.sources.push_back({joint});
  return layout;
}

Layout MakeCoco20() {
  constexpr int kMidHip = 17, kMidSpine = 18, kNeck = 19;
  return {.name = "coco_20",
          .centre = kNeck,
          .bones = {{kMidSpine, kNeck},
                    {kMidHip, kMidSpine},
                    {0, kNeck},
                    {1, 0},
                    {2, 0},
                    {3, 1},
                    {4, 2},
                    {5, kNeck},
                    {6, kNeck},
                    {7, 5},
                    {8, 6},
                    {9, 7},
                    {10, 8},
                    {11, kMidHip},
                    {12, kMidHip},
                    {13, 11},
                    {14, 12},
                    {15, 13},
                    {16, 14}},
          .sources = {{kNose},
                      {kLeftEye},
                      {kRightEye},
                      {kLeftEar},
                      {kRightEar},
                      {kLeftShoulder},
                      {kRightShoulder},
                      {kLeftElbow},
                      {kRightElbow},
                      {kLeftWrist},
                      {kRightWrist},
                      {kLeftHip},
                      {kRightHip},
                      {kLeftKnee},
                      {kRightKnee},
                      {kLeftAnkle},
                      {kRightAnkle},
                      {kLeftHip, kRightHip},
                      {kLeftHip, kRightHip, kLeftShoulder, kRightShoulder},
                      {kLeftShoulder, kRightShoulder}}};
}

// Nodes are numbered in pairs, left before right, as BlazePose's joints are.
Layout MakeBody19() {
  return {.name = "body_19",
          .centre = 0,
          .bones = {{1, 0},
                    {2, 0},
                    {3, 0},
                    {4, 0},
                    {5, 3},
                    {6, 4},
                    {7, 5},
                    {8, 6},
                    {9, 7},
                    {10, 8},
                    {11, 3},
                    {12, 4},
                    {13, 11},
                    {14, 12},
                    {15, 13},
                    {16, 14},
                    {17, 15},
                    {18, 16}},
          .sources = {{kNose},
                      {kLeftEar},
                      {kRightEar},
                      {kLeftShoulder},
                      {kRightShoulder},
                      {kLeftElbow},
                      {kRightElbow},
                      {kLeftWrist},
                      {kRightWrist},
                      {kLeftPinky, kLeftIndex, kLeftThumb},
                      {kRightPinky, kRightIndex, kRightThumb},
                      {kLeftHip},
                      {kRightHip},
                      {kLeftKnee},
                      {kRightKnee},
                      {kLeftAnkle},
                      {kRightAnkle},
                      {kLeftFootIndex},
                      {kRightFootIndex}}};
}

int ParentJoint(int joint) {
  for (const auto& [child, parent] : kBlazeposeBones) {
    if (child == joint) return parent;
  }
  return joint;
}

}  // namespace

const Layout& Blazepose33() {
  static const Layout kLayout = MakeBlazepose33();
  return kLayout;
}

const Layout& Coco20() {
  static const Layout kLayout = MakeCoco20();
  return kLayout;
}

const Layout& Body19() {
  static const Layout kLayout = MakeBody19();
  return kLayout;
}

absl::StatusOr<Layout> FindLayout(const std::string& name) {
  for (const Layout* layout : {&Blazepose33(), &Body19(), &Coco20()}) {
    if (layout->name == name) return *layout;
  }
  return absl::NotFoundError(absl::StrCat(
      "layout \"", name, "\" is unknown; known are \"blazepose_33\", \"body_19\" and \"coco_20\""));
}

std::array<float, kJointCount> NodesToJoints(const Layout& layout, const std::vector<float>& node_values) {
  std::array<float, kJointCount> sum{};
  std::array<int, kJointCount> count{};
  for (int node = 0; node < layout.nodes(); ++node) {
    for (const int joint : layout.sources[node]) {
      sum[joint] += node_values[node];
      ++count[joint];
    }
  }
  std::array<float, kJointCount> values{};
  for (int joint = 0; joint < kJointCount; ++joint) {
    int source = joint;
    while (count[source] == 0 && ParentJoint(source) != source) source = ParentJoint(source);
    if (count[source] > 0) values[joint] = sum[source] / static_cast<float>(count[source]);
  }
  return values;
}

}  // namespace trackfit::skeleton
