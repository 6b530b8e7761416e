#include "protogcn/training.h"

#include <torch/csrc/jit/runtime/graph_executor.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <numbers>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "protogcn/file_io.h"
#include "protogcn/network.h"
#include "protogcn/torch_file.h"

namespace trackfit::protogcn {
namespace {

constexpr int64_t kCheckpointFormat = 1;
constexpr const char* kHeadPrefix = "cls_head.";
constexpr const char* kReconstructionPrefixes[] = {"backbone.prn.", "backbone.post.", "backbone.bn."};

std::vector<torch::Tensor> FloatingState(const torch::jit::Module& network) {
  std::vector<torch::Tensor> state;
  for (const torch::Tensor& parameter : network.parameters()) state.push_back(parameter);
  for (const torch::Tensor& buffer : network.buffers()) {
    if (buffer.is_floating_point()) state.push_back(buffer);
  }
  return state;
}

// Weight decay is for matrices and kernels; scales, shifts and biases go without.
std::unique_ptr<torch::optim::SGD> MakeOptimizer(const std::vector<torch::Tensor>& parameters,
                                                 const TrainingConfig& config) {
  std::vector<torch::Tensor> decayed, plain;
  for (const torch::Tensor& parameter : parameters)
    (parameter.dim() > 1 ? decayed : plain).push_back(parameter);
  const auto options = [&](double weight_decay) {
    return std::make_unique<torch::optim::SGDOptions>(torch::optim::SGDOptions(config.learning_rate)
                                                          .momentum(config.momentum)
                                                          .nesterov(config.momentum > 0)
                                                          .weight_decay(weight_decay));
  };
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.emplace_back(decayed, options(config.weight_decay));
  groups.emplace_back(plain, options(0));
  return std::make_unique<torch::optim::SGD>(groups, torch::optim::SGDOptions(config.learning_rate));
}

// Loss of what the prototypes make of a graph, before and after the last layer. The graph is a given here:
// only the reconstruction learns. In units of the graph's variance, so that 1 is no better than a constant.
torch::Tensor ReconstructionLoss(torch::jit::Module& network, const torch::Tensor& graph) {
  const torch::Tensor target = graph.detach();
  const auto outputs = network.run_method("reconstruct", target).toTuple();
  constexpr double kMinVariance = 1e-4;  // a young graph is nearly constant
  const torch::Tensor variance = target.var().clamp_min(kMinVariance);
  const torch::Tensor error = torch::mse_loss(outputs->elements()[0].toTensor(), target) +
                              torch::mse_loss(outputs->elements()[1].toTensor(), target);
  return 0.5 * error / variance;
}

bool Reconstructs(const std::string& name) {
  return std::any_of(std::begin(kReconstructionPrefixes), std::end(kReconstructionPrefixes),
                     [&](const char* prefix) { return name.rfind(prefix, 0) == 0; });
}

using Dict = c10::impl::GenericDict;

torch::Tensor Bytes(const std::string& text) {
  return torch::tensor(std::vector<uint8_t>(text.begin(), text.end()), torch::kUInt8);
}
std::string Text(const torch::Tensor& bytes) {
  return {reinterpret_cast<const char*>(bytes.data_ptr<uint8_t>()), static_cast<size_t>(bytes.numel())};
}

void CopyInto(const std::vector<torch::Tensor>& targets, const c10::IValue& list) {
  const std::vector<torch::Tensor> values = list.toTensorVector();
  TORCH_CHECK(values.size() == targets.size(), "it holds ", values.size(), " tensors, the network ",
              targets.size());
  torch::NoGradGuard no_grad;
  for (size_t i = 0; i < targets.size(); ++i) {
    TORCH_CHECK(values[i].sizes() == targets[i].sizes(), "tensor ", i, " has shape ", values[i].sizes(),
                ", the network's has ", targets[i].sizes());
    targets[i].copy_(values[i]);
  }
}

}  // namespace

absl::Status TrainingConfig::Validate() const {
  for (const auto& [name, value] :
       {std::pair{"epochs", epochs}, {"samples_per_epoch", samples_per_epoch}, {"batch_size", batch_size}}) {
    if (value < 1)
      return absl::InvalidArgumentError(absl::StrCat(name, " is ", value, "; it must be at least 1"));
  }
  if (freeze_epochs < 0 || freeze_epochs > epochs) {
    return absl::InvalidArgumentError(
        absl::StrCat("freeze_epochs is ", freeze_epochs, "; it must be within [0, epochs]"));
  }
  if (!(learning_rate > 0)) return absl::InvalidArgumentError("learning_rate must be positive");
  for (const auto& [name, value] : {std::pair{"warmup_share", warmup_share},
                                    {"momentum", momentum},
                                    {"label_smoothing", label_smoothing},
                                    {"reconstruction_start", reconstruction_start},
                                    {"average_decay", average_decay}}) {
    if (!(value >= 0 && value < 1)) {
      return absl::InvalidArgumentError(absl::StrCat(name, " is ", value, "; it must be within [0, 1)"));
    }
  }
  if (!(weight_decay >= 0) || !(reconstruction_weight >= 0) || !(gradient_clip > 0)) {
    return absl::InvalidArgumentError(
        "weight_decay and reconstruction_weight must not be negative, gradient_clip must be positive");
  }
  return absl::OkStatus();
}

Batch DrawBatch(const WindowSampler& sampler, int size, Random& random) {
  const WindowShape& shape = sampler.config().shape;
  Batch batch{.windows = torch::empty({size, 1, shape.frames, shape.layout.nodes(), 3}),
              .labels = torch::empty({size}, torch::kLong)};
  for (int i = 0; i < size; ++i) {
    const Sample sample = sampler.Draw(random);
    std::copy(sample.window.begin(), sample.window.end(),
              batch.windows.data_ptr<float>() + i * shape.numbers());
    batch.labels[i] = sample.label;
  }
  return batch;
}

Trainer::Trainer(torch::jit::Module network, TrainingConfig config)
    : network_(std::move(network)), config_(std::move(config)) {
  for (const auto& parameter : network_.named_parameters()) {
    parameters_.push_back(parameter.value);
    (Reconstructs(parameter.name) ? reconstruction_ : recognition_).push_back(parameter.value);
  }
  state_ = FloatingState(network_);
  for (const torch::Tensor& tensor : state_) average_.push_back(tensor.detach().clone());
  optimizer_ = MakeOptimizer(parameters_, config_);
  PreparePhase();
}

absl::StatusOr<std::unique_ptr<Trainer>> Trainer::Create(torch::jit::Module network, TrainingConfig config) {
  if (const absl::Status status = config.Validate(); !status.ok()) return status;
  try {
    return std::unique_ptr<Trainer>(new Trainer(std::move(network), std::move(config)));
  } catch (const c10::Error& error) {
    return absl::InternalError(absl::StrCat("cannot prepare training: ", error.what_without_backtrace()));
  }
}

// While the backbone is frozen its batch statistics are, too.
void Trainer::PreparePhase() {
  const bool frozen = Frozen();
  network_.train(true);
  if (frozen) network_.attr("backbone").toModule().train(false);
  for (const auto& parameter : network_.named_parameters()) {
    parameter.value.requires_grad_(!frozen || parameter.name.rfind(kHeadPrefix, 0) == 0);
  }
}

double Trainer::Progress() const { return static_cast<double>(step_) / static_cast<double>(config_.steps()); }

double Trainer::LearningRate() const {
  const double progress = Progress();
  if (progress < config_.warmup_share)
    return config_.learning_rate * (progress + 1e-3) / config_.warmup_share;
  const double share = (progress - config_.warmup_share) / (1 - config_.warmup_share);
  return config_.learning_rate * (0.5 + 0.5 * std::cos(std::numbers::pi * std::min(share, 1.0)));
}

absl::StatusOr<Losses> Trainer::Step(const Batch& batch) {
  // The script as it stands: faster to differentiate than what the profiling executor makes of it, and its
  // random numbers do not depend on how often it has run.
  const torch::jit::GraphOptimizerEnabledGuard plain_executor(false);
  try {
    for (auto& group : optimizer_->param_groups()) {
      static_cast<torch::optim::SGDOptions&>(group.options()).lr(LearningRate());
    }
    const NetworkOutput output = Forward(network_, batch.windows);
    const torch::Tensor classification = torch::nn::functional::cross_entropy(
        output.logits, batch.labels,
        torch::nn::functional::CrossEntropyFuncOptions().label_smoothing(config_.label_smoothing));
    torch::Tensor loss = classification;
    double reconstruction = 0;
    if (config_.reconstruction_weight > 0 && !Frozen() && Progress() >= config_.reconstruction_start) {
      const torch::Tensor term = ReconstructionLoss(network_, output.graph);
      reconstruction = term.item<double>();
      loss = loss + config_.reconstruction_weight * term;
    }
    if (!std::isfinite(loss.item<double>())) {
      return absl::InternalError(
          absl::StrCat("the loss is not finite at step ", step_, "; lower the learning rate"));
    }
    optimizer_->zero_grad();
    loss.backward();
    // The reconstruction shares no gradient with the rest, so neither may drown the other when clipped.
    torch::nn::utils::clip_grad_norm_(recognition_, config_.gradient_clip);
    torch::nn::utils::clip_grad_norm_(reconstruction_, config_.gradient_clip);
    optimizer_->step();
    ++step_;
    UpdateAverage();
    const torch::Tensor hits = output.logits.detach().argmax(1).eq(batch.labels);
    return Losses{.classification = classification.item<double>(),
                  .reconstruction = reconstruction,
                  .accuracy = hits.to(torch::kFloat).mean().item<double>()};
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("training step ", step_, " failed: ", error.what()));
  }
}

void Trainer::UpdateAverage() {
  torch::NoGradGuard no_grad;
  // A short memory at the beginning, when the weights still move fast.
  const double decay = std::min(config_.average_decay,
                                (1.0 + static_cast<double>(step_)) / (10.0 + static_cast<double>(step_)));
  for (size_t i = 0; i < state_.size(); ++i) average_[i].lerp_(state_[i].detach(), 1 - decay);
}

absl::StatusOr<Losses> Trainer::RunEpoch(const WindowSampler& sampler,
                                         const std::function<void(int64_t, const Losses&)>& progress) {
  PreparePhase();
  // All randomness of an epoch follows from its number, so that a resumed run is the same run.
  const uint64_t seed = config_.seed * 1'000'003 + static_cast<uint64_t>(epoch_);
  Random random(seed);
  torch::manual_seed(seed);
  Losses mean;
  for (int64_t i = 0; i < config_.steps_per_epoch(); ++i) {
    const absl::StatusOr<Losses> losses = Step(DrawBatch(sampler, config_.batch_size, random));
    if (!losses.ok()) return losses.status();
    const double share = 1.0 / static_cast<double>(i + 1);
    mean.classification += (losses->classification - mean.classification) * share;
    mean.reconstruction += (losses->reconstruction - mean.reconstruction) * share;
    mean.accuracy += (losses->accuracy - mean.accuracy) * share;
    if (progress) progress(i + 1, mean);
  }
  ++epoch_;
  return mean;
}

absl::Status Trainer::Save(const std::filesystem::path& path) const {
  try {
    std::ostringstream optimizer;
    torch::save(*optimizer_, optimizer);
    const auto tensors = [](const std::vector<torch::Tensor>& list) {
      c10::List<torch::Tensor> copy;
      for (const torch::Tensor& tensor : list) copy.push_back(tensor.detach());
      return copy;
    };
    Dict file(c10::StringType::get(), c10::AnyType::get());
    file.insert("format", kCheckpointFormat);
    file.insert("seed", static_cast<int64_t>(config_.seed));
    file.insert("epoch", int64_t{epoch_});
    file.insert("step", step_);
    file.insert("state", tensors(state_));
    file.insert("average", tensors(average_));
    file.insert("optimizer", Bytes(optimizer.str()));
    const std::vector<char> bytes = torch::pickle_save(file);
    return ReplaceFile(path, {bytes.data(), bytes.size()});
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("cannot encode the training state: ", error.what()));
  }
}

absl::Status Trainer::Resume(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return absl::NotFoundError(absl::StrCat("cannot open ", path.string()));
  const std::vector<char> bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  const absl::StatusOr<c10::IValue> loaded = LoadPickle(bytes);
  if (!loaded.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot resume from ", path.string(), ": ", loaded.status().message()));
  }
  try {
    const Dict file = loaded->toGenericDict();
    TORCH_CHECK(file.at("format").toInt() == kCheckpointFormat, "its format is not ", kCheckpointFormat);
    TORCH_CHECK(file.at("seed").toInt() == static_cast<int64_t>(config_.seed), "its seed is ",
                file.at("seed").toInt(), ", not ", config_.seed);
    CopyInto(state_, file.at("state"));
    CopyInto(average_, file.at("average"));
    std::istringstream optimizer(Text(file.at("optimizer").toTensor()));
    torch::load(*optimizer_, optimizer);
    epoch_ = static_cast<int>(file.at("epoch").toInt());
    step_ = file.at("step").toInt();
  } catch (const c10::Error& error) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot resume from ", path.string(), ": ", error.what_without_backtrace()));
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("cannot resume from ", path.string(), ": ", error.what()));
  }
  PreparePhase();
  return absl::OkStatus();
}

torch::jit::Module Trainer::AveragedNetwork() const {
  torch::jit::Module copy = network_.deepcopy();
  torch::NoGradGuard no_grad;
  const std::vector<torch::Tensor> state = FloatingState(copy);
  for (size_t i = 0; i < state.size(); ++i) state[i].copy_(average_[i]);
  copy.eval();
  return copy;
}

int CopyWeights(const torch::jit::Module& from, torch::jit::Module& to) {
  torch::NoGradGuard no_grad;
  std::map<std::string, torch::Tensor> source;
  for (const auto& item : from.named_parameters()) source[item.name] = item.value;
  for (const auto& item : from.named_buffers()) source[item.name] = item.value;
  int left_out = 0;
  const auto copy = [&](const std::string& name, const torch::Tensor& target) {
    const auto found = source.find(name);
    if (found == source.end() || found->second.sizes() != target.sizes()) {
      ++left_out;
      return;
    }
    target.detach().copy_(found->second);
  };
  for (const auto& item : to.named_parameters()) copy(item.name, item.value);
  for (const auto& item : to.named_buffers()) copy(item.name, item.value);
  return left_out;
}

}  // namespace trackfit::protogcn
