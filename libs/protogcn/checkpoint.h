// Imports checkpoints of upstream ProtoGCN (PyTorch .pth files) without Python.
#ifndef TRACKFIT_PROTOGCN_CHECKPOINT_H_
#define TRACKFIT_PROTOGCN_CHECKPOINT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "protogcn/architecture.h"
#include "protogcn/network.h"
#include "skeleton/layout.h"

namespace trackfit::protogcn {

struct ImportedNetwork {
  Network network;  // evaluation mode
  NetworkConfig config;
  std::vector<std::string> classes;  // as the checkpoint names them; may be empty
};

// The network that a checkpoint describes. Its shape follows from the weights, the temporal strides from the
// config text if there is one; otherwise every widening stage also halves the frame rate, as in all of
// upstream's configs. `layout` names the nodes. NOT_FOUND or DATA_LOSS for a file that is absent or broken,
// INVALID_ARGUMENT naming the weight that is missing, unknown or of the wrong shape.
absl::StatusOr<ImportedNetwork> ImportCheckpoint(const std::string& path, const skeleton::Layout& layout);

// Track-Fit's mapping of the nodes of coco_20 to BlazePose joints, as its checkpoints were trained: nodes 17,
// 18 and 19 are joints 19, 20 and 31 (index fingers and a toe), not mid-hip, mid-spine and neck.
std::vector<std::vector<int>> TrackFitJointMapping();

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_CHECKPOINT_H_
