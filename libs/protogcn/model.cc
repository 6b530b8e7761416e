#include "protogcn/model.h"

#include <ATen/Parallel.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protogcn/archive_io.h"
#include "protogcn/class_probabilities.h"
#include "protogcn/network_torch.h"

namespace trackfit::protogcn {
namespace {

using torch::Tensor;

constexpr double kFreezeTolerance = 1e-4;
constexpr int kWarmUpRuns = 3;  // LibTorch profiles, then optimises, then runs
constexpr int64_t kBlasSize = 512;
constexpr int kBlasRuns = 4;

std::vector<int64_t> InputShape(const NetworkConfig& config) {
  return {1, 1, config.window, config.nodes, config.in_channels};
}

std::vector<float> ToVector(const Tensor& tensor) {
  const Tensor flat = tensor.to(torch::kFloat).contiguous();
  const auto* begin = flat.data_ptr<float>();
  return {begin, begin + flat.numel()};
}

// Whether `actual` equals `expected` up to rounding; NaN never does.
bool Agrees(const Tensor& expected, const Tensor& actual) {
  if (expected.sizes() != actual.sizes()) return false;
  const Tensor scale = expected.abs().clamp_min(1);
  return ((expected - actual).abs() / scale).max().item<double>() <= kFreezeTolerance;
}

absl::Status CheckShapes(const NetworkConfig& config, const NetworkOutput& output) {
  const int64_t nodes = config.nodes;
  const bool fits = output.logits.sizes() == torch::IntArrayRef{1, config.classes} &&
                    output.pooled.sizes() == torch::IntArrayRef{1, FeatureChannels(config)} &&
                    output.graph.sizes() == torch::IntArrayRef{1, GraphChannels(config), nodes, nodes} &&
                    output.recon_graph.sizes() == output.graph.sizes() &&
                    output.joints.defined() == (config.joint_channels > 0) &&
                    (!output.joints.defined() || output.joints.sizes() == torch::IntArrayRef{1, nodes});
  return fits ? absl::OkStatus()
              : absl::DataLossError("its network is not the one that its metadata describe");
}

// Freezing must not change the output; the input is arbitrary, but the same every time.
absl::Status CheckFrozen(const NetworkConfig& config, const Network& network, const Network& frozen) {
  const Tensor input =
      torch::sin(torch::arange(int64_t{config.window} * config.nodes * config.in_channels).to(torch::kFloat) *
                 0.37f)
          .reshape(InputShape(config));
  const NetworkOutput expected = Forward(network, input);
  if (absl::Status status = CheckShapes(config, expected); !status.ok()) return status;
  for (int run = 0; run < kWarmUpRuns; ++run) {
    const NetworkOutput actual = Forward(frozen, input);
    if (!Agrees(expected.logits, actual.logits) || !Agrees(expected.pooled, actual.pooled) ||
        (expected.joints.defined() && !Agrees(expected.joints, actual.joints)) ||
        !Agrees(expected.graph, actual.graph) || !Agrees(expected.recon_graph, actual.recon_graph)) {
      return absl::DataLossError("its network's output is not finite, or changes when it is frozen");
    }
  }
  return absl::OkStatus();
}

absl::Status WithPath(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
}

}  // namespace

struct Model::Impl {
  ModelMetadata metadata;
  Network network;  // frozen
};

Model::Model(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Model::~Model() = default;

absl::StatusOr<std::unique_ptr<Model>> Model::Load(const std::string& path) {
  auto archive = LoadArchive(path);
  if (!archive.ok()) return archive.status();
  auto model = FromNetwork(archive->network, std::move(archive->metadata));
  if (!model.ok()) return WithPath(path, model.status());
  return model;
}

absl::StatusOr<std::unique_ptr<Model>> Model::FromNetwork(const Network& network, ModelMetadata metadata) {
  if (absl::Status status = metadata.Validate(); !status.ok()) return status;
  try {
    const torch::jit::GraphOptimizerEnabledGuard optimise(true);  // as when served
    const Network original(network.module().deepcopy());
    original.module().eval();
    auto frozen = FreezeNetwork(original);
    if (!frozen.ok()) return frozen.status();
    const c10::InferenceMode inference;
    at::init_num_threads();
    if (DecodesJoints(original) !=
        (metadata.network.joint_channels > 0 && metadata.network.joint_head == kDecoderHead))
      return absl::DataLossError("its joint head is not the one that its metadata describe");
    if (absl::Status status = CheckFrozen(metadata.network, original, *frozen); !status.ok()) return status;
    auto impl = std::make_unique<Impl>(Impl{std::move(metadata), *std::move(frozen)});
    return std::unique_ptr<Model>(new Model(std::move(impl)));
  } catch (const c10::Error& failure) {
    return absl::DataLossError(absl::StrCat("its network does not run: ", failure.what_without_backtrace()));
  } catch (const std::exception& failure) {
    return absl::DataLossError(absl::StrCat("its network does not run: ", failure.what()));
  }
}

const ModelMetadata& Model::metadata() const { return impl_->metadata; }

absl::StatusOr<Prediction> Model::Run(std::span<const float> window) const {
  const NetworkConfig& config = impl_->metadata.network;
  const size_t expected = static_cast<size_t>(config.window) * config.nodes * config.in_channels;
  if (window.size() != expected) {
    return absl::InvalidArgumentError(absl::StrCat("window has ", window.size(), " values; expected ",
                                                   config.window, " x ", config.nodes, " x ",
                                                   config.in_channels));
  }
  if (!std::all_of(window.begin(), window.end(), [](float value) { return std::isfinite(value); })) {
    return absl::InvalidArgumentError("window has a value that is not finite");
  }
  try {
    const c10::InferenceMode inference;
    at::init_num_threads();  // OpenMP counts threads per calling thread
    Tensor input = torch::empty(InputShape(config));
    std::copy(window.begin(), window.end(), input.data_ptr<float>());
    const NetworkOutput output = Forward(impl_->network, input);
    Prediction prediction;
    prediction.logits = ToVector(output.logits);
    prediction.probabilities = ClassProbabilities(prediction.logits, impl_->metadata);
    prediction.embedding = ToVector(output.pooled / output.pooled.norm().clamp_min(1e-12));
    prediction.joint_error = ToVector(impl_->metadata.joint_error == JointErrorSource::kHead
                                          ? output.joints
                                          : JointErrors(output.graph, output.recon_graph));
    return prediction;
  } catch (const std::exception& failure) {
    return absl::InternalError(absl::StrCat("the network failed: ", failure.what()));
  }
}

void ConfigureThreads() {
  at::set_num_threads(1);
  // LibTorch allows it once, and only before the first parallel work.
  static const bool kConfigured = [] {
    try {
      at::set_num_interop_threads(1);
      return true;
    } catch (const c10::Error&) {
      return false;
    }
  }();
  static_cast<void>(kConfigured);
}

double MeasureBlas() {
  const c10::InferenceMode inference;
  at::init_num_threads();
  const Tensor a = torch::full({kBlasSize, kBlasSize}, 0.5f);
  const Tensor b = torch::full({kBlasSize, kBlasSize}, 0.25f);
  double fastest = INFINITY;
  for (int run = 0; run < kBlasRuns; ++run) {
    const auto start = std::chrono::steady_clock::now();
    torch::mm(a, b);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    fastest = std::min(fastest, seconds.count());
  }
  return 2e-9 * kBlasSize * kBlasSize * kBlasSize / fastest;
}

}  // namespace trackfit::protogcn
