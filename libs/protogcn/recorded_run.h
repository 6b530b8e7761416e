// A model's outputs on a recorded input, as .npy files: for comparison with other implementations.
#ifndef TRACKFIT_PROTOGCN_RECORDED_RUN_H_
#define TRACKFIT_PROTOGCN_RECORDED_RUN_H_

#include <filesystem>
#include <string>

#include "absl/status/status.h"

namespace trackfit::protogcn {

// The files that RunRecorded writes, named after the outputs of forward() (see network.h).
inline constexpr const char* kRecordedOutputs[] = {"logits.npy", "pooled.npy", "recon_mean.npy",
                                                   "response.npy"};

// Runs the archive `model`, frozen as for serving, on `input`, a .npy file of float32 [N, 1, T, V, C] with V
// and C of the model, and writes kRecordedOutputs into `folder`. INVALID_ARGUMENT for an input of another
// shape, else the errors of LoadArchive, torch_files::ReadNpy and torch_files::WriteNpy.
absl::Status RunRecorded(const std::string& model, const std::string& input,
                         const std::filesystem::path& folder);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_RECORDED_RUN_H_
