// Imports checkpoints of upstream ProtoGCN (PyTorch .pth files) without Python.
#ifndef TRACKFIT_PROTOGCN_CHECKPOINT_H_
#define TRACKFIT_PROTOGCN_CHECKPOINT_H_

#include <torch/script.h>

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "protogcn/architecture.h"
#include "skeleton/layout.h"

namespace trackfit::protogcn {

// What a .pth file holds that matters here.
struct Checkpoint {
  std::map<std::string, torch::Tensor> tensors;  // the state_dict; contiguous, on the CPU
  std::string config;                            // meta["config"]: the Python text of the training config
  std::vector<std::string> classes;              // meta["CLASSES"]; often empty
};

// Reads torch.save's zip format (1.6 and later) and the older one, either {"state_dict": ...} or a bare
// state_dict. NOT_FOUND, or DATA_LOSS saying what is wrong and where.
absl::StatusOr<Checkpoint> ReadCheckpoint(const std::string& path);

struct ImportedNetwork {
  torch::jit::Module network;  // evaluation mode
  NetworkConfig config;
  std::vector<std::string> classes;  // as the checkpoint names them; may be empty
};

// The network that a checkpoint describes: its shape is read off the weights, the temporal strides off the
// config text where there is one, else every widening stage also halves the frame rate, as in all of
// upstream's configs. `layout` names the nodes. INVALID_ARGUMENT naming the weight that is missing, unknown
// or misshapen.
absl::StatusOr<ImportedNetwork> ImportCheckpoint(const std::string& path, const skeleton::Layout& layout);

// Track-Fit's mapping of the nodes of coco_20 to BlazePose joints, as its checkpoints were trained: nodes 17,
// 18 and 19 are joints 19, 20 and 31 (index fingers and a toe), not mid-hip, mid-spine and neck.
std::vector<std::vector<int>> TrackFitJointMapping();

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_CHECKPOINT_H_
