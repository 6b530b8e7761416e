// What a network sees of each node: the node itself, or where it lies as seen from nodes nearer to the
// centre. Bones and k-bones are those of ProtoGCN's JointToBone and JointToKB, which make its modalities "b"
// and "k" (protogcn/datasets/pipelines/pose_related.py), so that checkpoints of either see here what they
// were trained on. Theirs are tables per layout; the rules below give the same pairs for any tree.
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

// Steps from one end of a k-bone to the other: an upper arm and its forearm are one, from shoulder to wrist.
inline constexpr int kBoneHops = 2;

// "joint", "bone" or "k_bone"; INVALID_ARGUMENT names the known ones.
absl::StatusOr<Modality> ParseModality(const std::string& name);
std::string ModalityName(Modality modality);

// Turns a window of nodes, [frames, layout.nodes(), 3] as WindowTensor makes it, into `modality`, in place.
//
// Where there is no bone the coordinates become zero. A node that is zero throughout the window is absent (a
// rule of ours, upstream has every joint): it stays zero, and as an ancestor the next one towards the centre
// stands in for it; where there is none there is no bone. Under Normalization::kImage the third channel is a
// visibility: of a bone the mean of both ends', of the centre its own; of a k-bone, as in upstream's
// `coco_new`, the difference, zero where there is none.
void ApplyModality(Modality modality, const Layout& layout, Normalization normalization,
                   std::span<float> window);

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_MODALITY_H_
