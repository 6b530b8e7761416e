// The network against recorded answers of upstream's Python code. Optional data.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "protogcn/checkpoint.h"
#include "protogcn/network_torch.h"
#include "support/shared_data.h"
#include "torch_files/npy.h"

namespace trackfit::protogcn {
namespace {

using torch::Tensor;

constexpr double kGate = 1e-4;

Tensor Load(const std::filesystem::path& path) {
  auto array = torch_files::ReadNpy(path);
  EXPECT_TRUE(array.ok()) << array.status();
  return torch::tensor(array->values).reshape(array->shape);
}

// blazepose_33 and coco_20 are told apart by the number of nodes.
const skeleton::Layout& LayoutOf(const Tensor& input) {
  return input.size(3) == 20 ? skeleton::Coco20() : skeleton::Blazepose33();
}

void ExpectConforms(const std::filesystem::path& folder, const std::string& checkpoint) {
  SCOPED_TRACE(checkpoint);
  const Tensor input = Load(folder / "input.npy");
  auto imported = ImportCheckpoint(folder / checkpoint, LayoutOf(input));
  ASSERT_TRUE(imported.ok()) << imported.status();
  auto frozen = FreezeNetwork(imported->network);
  ASSERT_TRUE(frozen.ok()) << frozen.status();
  torch::NoGradGuard no_grad;
  for (const Network* network : {&imported->network, &*frozen}) {
    const NetworkOutput output = Forward(*network, input);
    const std::vector<std::pair<std::string, Tensor>> outputs = {
        {"logits", output.logits},         {"pooled", output.pooled},
        {"graph", output.graph},           {"recon_graph", output.recon_graph},
        {"recon_mean", output.recon_mean}, {"response", output.response}};
    for (const auto& [name, actual] : outputs) {
      const std::filesystem::path expected = folder / (name + ".npy");
      if (!std::filesystem::exists(expected)) continue;
      const double distance = (Load(expected) - actual).abs().max().item<double>();
      EXPECT_LE(distance, kGate) << name;
      ::testing::Test::RecordProperty(name, std::to_string(distance));
      std::printf("%s/%s %s: %.2g\n", folder.filename().c_str(), checkpoint.c_str(), name.c_str(), distance);
    }
  }
}

class Conformance : public ::testing::TestWithParam<const char*> {};

TEST_P(Conformance, EveryCheckpointOfAFolderReproducesUpstream) {
  const auto folder = testing::SharedData(std::string("conformance/protogcn/") + GetParam());
  if (!folder.has_value()) GTEST_SKIP() << "conformance/protogcn/" << GetParam() << " is not there";
  int checkpoints = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
    if (entry.path().extension() != ".pth") continue;
    ExpectConforms(*folder, entry.path().filename());
    ++checkpoints;
  }
  EXPECT_GT(checkpoints, 0);
}

INSTANTIATE_TEST_SUITE_P(Upstream, Conformance,
                         ::testing::Values("small_seed0", "small_seed1", "small_v33_seed3"));

}  // namespace
}  // namespace trackfit::protogcn
