#include "protogcn/recorded_run.h"

#include <torch/script.h>

#include <cstdint>
#include <iterator>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "protogcn/archive_io.h"
#include "protogcn/network_torch.h"
#include "torch_files/npy.h"

namespace trackfit::protogcn {
namespace {

bool Fits(const std::vector<int64_t>& shape, const NetworkConfig& network) {
  return shape.size() == 5 && shape[0] > 0 && shape[1] == 1 && shape[2] > 0 && shape[3] == network.nodes &&
         shape[4] == network.in_channels;
}

absl::Status WriteTensor(const std::filesystem::path& path, const torch::Tensor& tensor) {
  const torch::Tensor values = tensor.contiguous();
  return torch_files::WriteNpy(
      path, {.shape = values.sizes().vec(),
             .values = {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()}});
}

}  // namespace

absl::Status RunRecorded(const std::string& model, const std::string& input,
                         const std::filesystem::path& folder) {
  const auto archive = LoadArchive(model);
  if (!archive.ok()) return archive.status();
  auto recorded = torch_files::ReadNpy(input);
  if (!recorded.ok()) return recorded.status();
  const NetworkConfig& config = archive->metadata.network;
  if (!Fits(recorded->shape, config)) {
    return absl::InvalidArgumentError(
        absl::StrCat(input, " has shape (", absl::StrJoin(recorded->shape, ", "), "); expected (N, 1, T, ",
                     config.nodes, ", ", config.in_channels, ")"));
  }
  const auto network = FreezeNetwork(archive->network);
  if (!network.ok()) return network.status();
  try {
    const c10::InferenceMode inference;
    const NetworkOutput output =
        Forward(*network, torch::from_blob(recorded->values.data(), recorded->shape, torch::kFloat));
    const torch::Tensor* const values[] = {&output.logits, &output.pooled, &output.recon_mean,
                                           &output.response};
    static_assert(std::size(values) == std::size(kRecordedOutputs));
    for (size_t i = 0; i < std::size(values); ++i) {
      if (absl::Status status = WriteTensor(folder / kRecordedOutputs[i], *values[i]); !status.ok())
        return status;
    }
    return absl::OkStatus();
  } catch (const std::exception& failure) {
    return absl::InternalError(absl::StrCat("the network failed on ", input, ": ", failure.what()));
  }
}

}  // namespace trackfit::protogcn
