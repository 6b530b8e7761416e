// The nodes that a network sees: a layout defines its nodes, their bones, and how each node is computed from
// the 33 BlazePose joints.
#ifndef TRACKFIT_SKELETON_LAYOUT_H_
#define TRACKFIT_SKELETON_LAYOUT_H_

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "skeleton/pose.h"

namespace trackfit::skeleton {

struct Layout {
  std::string name;
  int centre = 0;                          // root of the bone tree
  std::vector<std::pair<int, int>> bones;  // (child, parent), parent nearer to the centre
  std::vector<std::vector<int>> sources;   // per node: the BlazePose joints whose mean it is

  int nodes() const { return static_cast<int>(sources.size()); }
};

// The 33 BlazePose joints themselves, rooted at the nose.
const Layout& Blazepose33();

// The joints that matter for exercises: nose, ears, shoulders, elbows, wrists, hands (the mean of three
// fingers), hips, knees, ankles, toes; rooted at the nose. The face and finger joints that it omits cause
// most of blazepose_33's noise, and a graph of 19 nodes has a third of the edges.
const Layout& Body19();

// Upstream ProtoGCN's `coco_new`: COCO's 17 keypoints, then 17 = mid-hip, 18 = mid-spine, 19 = neck, which is
// the root.
const Layout& Coco20();

// "blazepose_33", "body_19" or "coco_20"; NOT_FOUND lists the known ones.
absl::StatusOr<Layout> FindLayout(const std::string& name);

// Maps one value per node to the 33 joints: each joint gets the mean over the nodes computed from it; a joint
// that no node uses gets the value of its nearest used ancestor (a hand its wrist's, a face point the nose's,
// a foot its ankle's).
std::array<float, kJointCount> NodesToJoints(const Layout& layout, const std::vector<float>& node_values);

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_LAYOUT_H_
