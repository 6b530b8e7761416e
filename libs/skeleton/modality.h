// What a network sees of each node: its position, or its offset from a node nearer to the centre. Bones and
// k-bones match ProtoGCN's JointToBone and JointToKB, its modalities "b" and "k"
// (protogcn/datasets/pipelines/pose_related.py), so that its checkpoints get the input they were trained on.
// Upstream has a table per layout; the rules below give the same pairs for any tree.
#ifndef TRACKFIT_SKELETON_MODALITY_H_
#define TRACKFIT_SKELETON_MODALITY_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skeleton/layout.h"
#include "skeleton/normalize.h"

namespace trackfit::skeleton {

enum class Modality {
  kJoint,  // the node
  kBone,   // the node minus its parent in the layout's tree of bones; the centre has no bone
  kKBone,  // the node minus its parent's parent; the centre and the nodes next to it have no k-bone
};

// Bones in a k-bone: upper arm and forearm together form one, from shoulder to wrist.
inline constexpr int kBoneHops = 2;

// "joint", "bone" or "k_bone"; INVALID_ARGUMENT lists the known ones.
absl::StatusOr<Modality> ParseModality(const std::string& name);
std::string ModalityName(Modality modality);

// Converts a window of nodes, [frames, layout.nodes(), 3] as returned by WindowTensor, to `modality`, in
// place.
//
// The coordinates of nodes without a bone become zero. A node that is zero throughout the window is absent
// (our own rule; upstream always has every joint): it stays zero, and where it would be the other end of a
// bone, its next present ancestor is used; without one there is no bone. Under Normalization::kImage the
// third channel is visibility: a bone's is the mean of its two ends', the centre's its own; a k-bone's, as in
// upstream's `coco_new`, the difference, or zero if there is no k-bone.
void ApplyModality(Modality modality, const Layout& layout, Normalization normalization,
                   std::span<float> window);

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_MODALITY_H_
