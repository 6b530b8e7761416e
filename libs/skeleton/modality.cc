#include "skeleton/modality.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"

namespace trackfit::skeleton {
namespace {

constexpr int kChannels = 3;

// For each node its neighbour towards the centre; the centre's parent is itself.
std::vector<int> Parents(const Layout& layout) {
  std::vector<int> parents(static_cast<size_t>(layout.nodes()));
  std::iota(parents.begin(), parents.end(), 0);
  for (const auto& [child, parent] : layout.bones) parents[child] = parent;
  return parents;
}

std::vector<bool> PresentNodes(std::span<const float> window, size_t nodes) {
  std::vector<bool> present(nodes);
  for (size_t i = 0; i < window.size(); ++i) {
    if (window[i] != 0.0F) present[i / kChannels % nodes] = true;
  }
  return present;
}

constexpr int kNone = -1;

// For each node the other end of its bone, or kNone.
std::vector<int> Ancestors(const Layout& layout, int hops, const std::vector<bool>& present) {
  const std::vector<int> parents = Parents(layout);
  std::vector<int> ancestors(parents.size(), kNone);
  for (size_t node = 0; node < parents.size(); ++node) {
    if (!present[node]) continue;
    int other = static_cast<int>(node), steps = 0;
    for (; steps < hops && parents[other] != other; ++steps) other = parents[other];
    if (steps < hops) continue;
    while (!present[other] && parents[other] != other) other = parents[other];
    if (present[other]) ancestors[node] = other;
  }
  return ancestors;
}

}  // namespace

absl::StatusOr<Modality> ParseModality(const std::string& name) {
  for (const Modality modality : {Modality::kJoint, Modality::kBone, Modality::kKBone}) {
    if (ModalityName(modality) == name) return modality;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("modality \"", name, "\" is unknown; known are \"joint\", \"bone\" and \"k_bone\""));
}

std::string ModalityName(Modality modality) {
  switch (modality) {
    case Modality::kJoint:
      return "joint";
    case Modality::kBone:
      return "bone";
    case Modality::kKBone:
      return "k_bone";
  }
  return "";
}

void ApplyModality(Modality modality, const Layout& layout, Normalization normalization,
                   std::span<float> window) {
  if (modality == Modality::kJoint) return;
  const size_t nodes = static_cast<size_t>(layout.nodes());
  const std::vector<int> ancestors =
      Ancestors(layout, modality == Modality::kBone ? 1 : kBoneHops, PresentNodes(window, nodes));
  const bool means = modality == Modality::kBone && normalization == Normalization::kImage;
  const int differences = means ? kChannels - 1 : kChannels;
  std::vector<float> frame(nodes * kChannels);  // copy of the original values
  for (size_t first = 0; first + frame.size() <= window.size(); first += frame.size()) {
    const std::span<float> bones = window.subspan(first, frame.size());
    std::copy(bones.begin(), bones.end(), frame.begin());
    for (size_t node = 0; node < nodes; ++node) {
      for (int c = 0; c < kChannels; ++c) {
        const float here = frame[node * kChannels + c];
        const float there =
            ancestors[node] == kNone ? here : frame[static_cast<size_t>(ancestors[node]) * kChannels + c];
        bones[node * kChannels + c] = c < differences ? here - there : (here + there) / 2;
      }
    }
  }
}

}  // namespace trackfit::skeleton
