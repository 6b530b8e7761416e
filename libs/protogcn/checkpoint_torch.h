// The tensors of a checkpoint. Compiles LibTorch; checkpoint.h does not.
#ifndef TRACKFIT_PROTOGCN_CHECKPOINT_TORCH_H_
#define TRACKFIT_PROTOGCN_CHECKPOINT_TORCH_H_

#include <torch/types.h>

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace trackfit::protogcn {

// The parts of a .pth file that matter here.
struct Checkpoint {
  std::map<std::string, torch::Tensor> tensors;  // the state_dict; contiguous, on the CPU
  std::string config;                            // meta["config"]: the Python text of the training config
  std::vector<std::string> classes;              // meta["CLASSES"]; often empty
};

// Reads torch.save's zip format (1.6 and later) and the older one, either {"state_dict": ...} or a bare
// state_dict. NOT_FOUND, or DATA_LOSS saying what is wrong and where.
absl::StatusOr<Checkpoint> ReadCheckpoint(const std::string& path);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_CHECKPOINT_TORCH_H_
