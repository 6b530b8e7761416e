// What a network sees of each node: the node itself, or where it lies as seen from nodes nearer to the
// centre.
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
  kBone,   // the node minus its parent in the layout's tree of bones
  kKBone,  // the node minus the ancestor kBoneHops steps away
};

// Of kKBone: with two, an upper arm and its forearm are one bone from shoulder to wrist.
inline constexpr int kBoneHops = 2;

// "joint", "bone" or "k_bone"; INVALID_ARGUMENT names the known ones.
absl::StatusOr<Modality> ParseModality(const std::string& name);
std::string ModalityName(Modality modality);

// Turns a window of nodes, [frames, layout.nodes(), 3] as WindowTensor makes it, into `modality`, in place.
//
// An ancestor that is as many steps away as there are none is the centre; the centre itself becomes zero. A
// node that is zero throughout the window is absent: it stays zero, and as an ancestor the next one towards
// the centre stands in for it; where there is none the bone is zero. Under Normalization::kImage the third
// channel is a visibility: it becomes the mean of both ends'.
void ApplyModality(Modality modality, const Layout& layout, Normalization normalization,
                   std::span<float> window);

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_MODALITY_H_
