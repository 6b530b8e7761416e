#include "training/trainer.h"

#include <torch/csrc/jit/runtime/graph_executor.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <fstream>
#include <future>
#include <iterator>
#include <map>
#include <numbers>
#include <random>
#include <sstream>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "files/partial_file.h"
#include "protogcn/network.h"
#include "torch_files/torch_file.h"

namespace trackfit::training {
namespace {

constexpr int64_t kCheckpointFormat = 2;
constexpr const char* kHeadPrefix = "cls_head.";
constexpr const char* kJointHeadPrefix = "joint_head.";
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

// As torch::nn::functional::normalize, whose options GCC 12 takes for uninitialised under the sanitizers.
torch::Tensor UnitRows(const torch::Tensor& rows) { return rows / rows.norm(2, {1}, true).clamp_min(1e-12); }

bool Reconstructs(const std::string& name) {
  return std::any_of(std::begin(kReconstructionPrefixes), std::end(kReconstructionPrefixes),
                     [&](const char* prefix) { return name.rfind(prefix, 0) == 0; });
}

using Dict = c10::impl::GenericDict;

c10::List<torch::Tensor> OnCpu(const std::vector<torch::Tensor>& tensors) {
  c10::List<torch::Tensor> copies;
  for (const torch::Tensor& tensor : tensors) copies.push_back(tensor.detach().cpu());
  return copies;
}

// The tensors of `file`'s list `name` if they are as many as `targets` and of the same types and shapes. With
// `may_be_empty` also empty ones, for what there is not yet.
std::vector<torch::Tensor> ReadTensors(const Dict& file, const char* name,
                                       const std::vector<torch::Tensor>& targets, bool may_be_empty = false) {
  const std::vector<torch::Tensor> values = file.at(name).toTensorVector();
  TORCH_CHECK(values.size() == targets.size(), "its ", name, " holds ", values.size(), " tensors, not ",
              targets.size());
  for (size_t i = 0; i < targets.size(); ++i) {
    if (may_be_empty && values[i].numel() == 0) continue;
    TORCH_CHECK(values[i].sizes() == targets[i].sizes(), "tensor ", i, " of its ", name, " has shape ",
                values[i].sizes(), ", not ", targets[i].sizes());
    TORCH_CHECK(values[i].scalar_type() == targets[i].scalar_type(), "tensor ", i, " of its ", name,
                " has another type");
  }
  return values;
}

void Copy(const std::vector<torch::Tensor>& from, const std::vector<torch::Tensor>& to) {
  torch::NoGradGuard no_grad;
  for (size_t i = 0; i < from.size(); ++i) to[i].copy_(from[i]);
}

// The optimiser's memory of a parameter has its address as key: as text in LibTorch 1.13, plainly in 2.x.
template <typename States>
typename States::key_type StateKey(const States&, const torch::Tensor& parameter) {
  using Key = typename States::key_type;
  if constexpr (std::is_same_v<Key, std::string>) {
    std::ostringstream address;
    address << parameter.unsafeGetTensorImpl();
    return address.str();
  } else {
    return parameter.unsafeGetTensorImpl();
  }
}

// Per parameter its momentum, empty where it has none yet.
std::vector<torch::Tensor> Momentum(const torch::optim::SGD& optimizer,
                                    const std::vector<torch::Tensor>& parameters) {
  std::vector<torch::Tensor> momentum;
  for (const torch::Tensor& parameter : parameters) {
    const auto found = optimizer.state().find(StateKey(optimizer.state(), parameter));
    torch::Tensor buffer;
    if (found != optimizer.state().end())
      buffer = static_cast<const torch::optim::SGDParamState&>(*found->second).momentum_buffer();
    momentum.push_back(buffer.defined() ? buffer : torch::empty({0}));
  }
  return momentum;
}

void SetMomentum(torch::optim::SGD& optimizer, const std::vector<torch::Tensor>& parameters,
                 const std::vector<torch::Tensor>& momentum) {
  optimizer.state().clear();
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (momentum[i].numel() == 0) continue;
    auto state = std::make_unique<torch::optim::SGDParamState>();
    state->momentum_buffer(momentum[i].to(parameters[i].device()).clone());
    optimizer.state()[StateKey(optimizer.state(), parameters[i])] = std::move(state);
  }
}

}  // namespace

absl::Status TrainingConfig::Validate() const {
  for (const auto& [name, value] :
       {std::pair{"samples_per_epoch", samples_per_epoch}, {"batch_size", batch_size}}) {
    if (value < 1)
      return absl::InvalidArgumentError(absl::StrCat(name, " is ", value, "; it must be at least 1"));
  }
  if (epochs < 0)
    return absl::InvalidArgumentError(absl::StrCat("epochs is ", epochs, "; it must not be negative"));
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
  for (const auto& [name, value] : {std::pair{"weight_decay", weight_decay},
                                    {"reconstruction_weight", reconstruction_weight},
                                    {"names_weight", names_weight},
                                    {"form_weight", form_weight},
                                    {"joint_weight", joint_weight},
                                    {"contrast_weight", contrast_weight}}) {
    if (!(value >= 0)) {
      return absl::InvalidArgumentError(absl::StrCat(name, " is ", value, "; it must not be negative"));
    }
  }
  if (!(gradient_clip > 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("gradient_clip is ", gradient_clip, "; it must be positive"));
  }
  return absl::OkStatus();
}

absl::StatusOr<torch::Device> FindDevice(const std::string& name) {
  if (name == "cpu") return torch::Device(torch::kCPU);
  if (name != "cuda" && name != "auto") {
    return absl::InvalidArgumentError(
        absl::StrCat("device is \"", name, "\"; known are \"cpu\", \"cuda\" and \"auto\""));
  }
  if (torch::cuda::is_available()) return torch::Device(torch::kCUDA);
  if (name == "auto") return torch::Device(torch::kCPU);
  return absl::FailedPreconditionError(
      "device is \"cuda\", but there is none, or this LibTorch was built without");
}

Batch DrawBatch(const WindowSampler& sampler, int size, Random& random) {
  const protogcn::WindowShape& shape = sampler.config().shape;
  const int nodes = shape.layout.nodes();
  Batch batch{.windows = torch::empty({size, 1, shape.frames, nodes, 3}),
              .labels = torch::empty({size}, torch::kLong),
              .names = torch::empty({size}, torch::kLong),
              .forms = torch::empty({size}),
              .joint_faults = torch::empty({size, nodes})};
  for (int i = 0; i < size; ++i) {
    const Sample sample = sampler.Draw(random);
    std::copy(sample.window.begin(), sample.window.end(),
              batch.windows.data_ptr<float>() + i * shape.numbers());
    std::copy(sample.joint_faults.begin(), sample.joint_faults.end(),
              batch.joint_faults.data_ptr<float>() + static_cast<ptrdiff_t>(i) * nodes);
    batch.labels.data_ptr<int64_t>()[i] = sample.label;
    batch.names.data_ptr<int64_t>()[i] = sample.name;
    batch.forms.data_ptr<float>()[i] = static_cast<float>(sample.form);
  }
  return batch;
}

Trainer::Trainer(torch::jit::Module network, TrainingConfig config, int names, torch::Device device)
    : network_(std::move(network)), config_(std::move(config)), device_(device) {
  network_.to(device_);
  decodes_joints_ = protogcn::DecodesJoints(network_);
  for (const auto& parameter : network_.named_parameters()) {
    parameters_.push_back(parameter.value);
    (Reconstructs(parameter.name) ? reconstruction_ : recognition_).push_back(parameter.value);
  }
  state_ = FloatingState(network_);
  for (const torch::Tensor& tensor : state_) average_.push_back(tensor.detach().clone());

  const torch::Tensor classifier =
      network_.attr("cls_head").toModule().attr("fc_cls").toModule().attr("weight").toTensor();
  const int64_t classes = classifier.size(0), features = classifier.size(1);
  torch::manual_seed(config_.seed);
  const auto learned = [&](torch::Tensor& tensor, torch::Tensor start) {
    tensor = start.to(device_).requires_grad_();
    parameters_.push_back(tensor);
    recognition_.push_back(tensor);
  };
  if (config_.names_weight > 0) {
    learned(companions_.names_weight, torch::randn({names, features}) * 0.05);
    learned(companions_.names_bias, torch::zeros({names}));
  }
  if (config_.form_weight > 0) {
    learned(companions_.prototypes, torch::rand({classes, features}));
    learned(companions_.sharpness, torch::full({classes}, 10.0));
    learned(companions_.offset, torch::full({classes}, 0.8));
  }
  if (config_.contrast_weight > 0) {
    const auto contrast =
        network_.attr("cls_head").toModule().attr("csc_loss").toModule().attr("cl_fc").toModule();
    companions_.memory = torch::zeros({classes, contrast.attr("weight").toTensor().size(0)}, device_);
  }
  optimizer_ = MakeOptimizer(parameters_, config_);
  PreparePhase();
}

absl::StatusOr<std::unique_ptr<Trainer>> Trainer::Create(torch::jit::Module network, TrainingConfig config,
                                                         int names) {
  if (const absl::Status status = config.Validate(); !status.ok()) return status;
  if (config.joint_weight > 0 && !network.hasattr("joint_head"))
    return absl::InvalidArgumentError("joint_weight is set, but the network has no joint head");
  if (config.joints_only && !(config.joint_weight > 0))
    return absl::InvalidArgumentError("joints_only is set, but joint_weight is 0");
  if (config.names_weight > 0 && names < 1)
    return absl::InvalidArgumentError("names_weight is set, but there are no names to learn");
  const absl::StatusOr<torch::Device> device = FindDevice(config.device);
  if (!device.ok()) return device.status();
  try {
    return std::unique_ptr<Trainer>(new Trainer(std::move(network), std::move(config), names, *device));
  } catch (const c10::Error& error) {
    return absl::InternalError(absl::StrCat("cannot prepare training: ", error.what_without_backtrace()));
  }
}

// While the backbone is frozen its batch statistics are, too.
void Trainer::PreparePhase() {
  const bool frozen = Frozen();
  network_.train(!config_.joints_only);
  if (frozen) network_.attr("backbone").toModule().train(false);
  const auto learns = [&](const std::string& name) {
    if (config_.joints_only) return name.rfind(kJointHeadPrefix, 0) == 0;
    return !frozen || name.rfind(kHeadPrefix, 0) == 0;
  };
  for (const auto& parameter : network_.named_parameters())
    parameter.value.requires_grad_(learns(parameter.name));
}

double Trainer::Progress() const { return static_cast<double>(step_) / static_cast<double>(config_.steps()); }

double Trainer::LearningRate() const {
  const double progress = Progress();
  if (progress < config_.warmup_share)
    return config_.learning_rate * (progress + 1e-3) / config_.warmup_share;
  const double share = (progress - config_.warmup_share) / (1 - config_.warmup_share);
  return config_.learning_rate * (0.5 + 0.5 * std::cos(std::numbers::pi * std::min(share, 1.0)));
}

// Whether an execution is correct, by its cosine to the class's prototype: what serving's quality is made of.
torch::Tensor Trainer::FormLoss(const torch::Tensor& pooled, const Batch& batch) const {
  const torch::Tensor known = batch.forms.ge(0).to(torch::kFloat);
  const torch::Tensor prototypes = UnitRows(companions_.prototypes).index_select(0, batch.labels);
  const torch::Tensor cosine = (UnitRows(pooled) * prototypes).sum(1);
  const torch::Tensor logits = companions_.sharpness.index_select(0, batch.labels) *
                               (cosine - companions_.offset.index_select(0, batch.labels));
  const torch::Tensor losses =
      torch::binary_cross_entropy_with_logits(logits, batch.forms.clamp_min(0), {}, {}, at::Reduction::None);
  return (losses * known).sum() / known.sum().clamp_min(1);
}

// Class-specific contrast, after upstream's and FR-Head's: what the graph's reconstruction says of a window
// shall be nearest to the mean of its own class. The means are a memory of what was seen before.
torch::Tensor Trainer::ContrastLoss(const torch::Tensor& recon_mean, const torch::Tensor& labels) {
  constexpr double kTemperature = 0.125, kMemory = 0.9;
  const torch::Tensor features = UnitRows(network_.get_method("contrast")({recon_mean}).toTensor());
  const torch::Tensor loss = torch::cross_entropy_loss(
      torch::matmul(features, companions_.memory.clone().t()) / kTemperature, labels);
  torch::NoGradGuard no_grad;
  for (int64_t i = 0; i < labels.size(0); ++i) {
    torch::Tensor mean = companions_.memory[labels[i].item<int64_t>()];
    mean.mul_(kMemory).add_(features[i].detach(), 1 - kMemory);
    mean.div_(mean.norm().clamp_min(1e-6));
  }
  return loss;
}

// A decoder learns from the joints that are right. The other head learns from both; joints at fault are few,
// so each counts as several that are right.
torch::Tensor Trainer::JointLoss(const torch::Tensor& joints, const torch::Tensor& faults) const {
  if (decodes_joints_) {
    const torch::Tensor right = faults.eq(0).to(torch::kFloat);
    return (joints * right).sum() / right.sum().clamp_min(1);
  }
  constexpr double kFaultWeight = 4;
  const torch::Tensor known = faults.ge(0).to(torch::kFloat);
  const torch::Tensor losses = torch::binary_cross_entropy_with_logits(
      joints, faults.clamp_min(0), known, torch::full({1}, kFaultWeight, faults.options()),
      at::Reduction::Sum);
  return losses / known.sum().clamp_min(1);
}

Batch OnDevice(const Batch& batch, torch::Device device) {
  const auto moved = [&](const torch::Tensor& tensor) {
    return tensor.defined() ? tensor.to(device) : tensor;
  };
  return {moved(batch.windows), moved(batch.labels), moved(batch.names), moved(batch.forms),
          moved(batch.joint_faults)};
}

absl::StatusOr<Losses> Trainer::Step(const Batch& given) {
  // The script as it stands: faster to differentiate than what the profiling executor makes of it, and its
  // random numbers do not depend on how often it has run.
  const torch::jit::GraphOptimizerEnabledGuard plain_executor(false);
  try {
    for (auto& group : optimizer_->param_groups()) {
      static_cast<torch::optim::SGDOptions&>(group.options()).lr(LearningRate());
    }
    const Batch batch = OnDevice(given, device_);
    if (config_.joints_only) {
      torch::jit::Module head = network_.attr("joint_head").toModule();
      const torch::Tensor term = JointLoss(head.forward({batch.windows}).toTensor(), batch.joint_faults);
      return Descend(config_.joint_weight * term, Losses{.joints = term.item<double>()});
    }
    const protogcn::NetworkOutput output = protogcn::Forward(network_, batch.windows);
    const torch::Tensor classification = torch::nn::functional::cross_entropy(
        output.logits, batch.labels,
        torch::nn::functional::CrossEntropyFuncOptions().label_smoothing(config_.label_smoothing));
    torch::Tensor loss = classification;
    Losses losses;
    const auto add = [&loss](double weight, const torch::Tensor& term) {
      loss = loss + weight * term;
      return term.item<double>();
    };
    if (config_.names_weight > 0) {
      losses.names = add(
          config_.names_weight,
          torch::cross_entropy_loss(
              torch::linear(output.pooled, companions_.names_weight, companions_.names_bias), batch.names));
    }
    if (config_.form_weight > 0) losses.form = add(config_.form_weight, FormLoss(output.pooled, batch));
    if (config_.joint_weight > 0)
      losses.joints = add(config_.joint_weight, JointLoss(output.joints, batch.joint_faults));
    if (config_.contrast_weight > 0)
      losses.contrast = add(config_.contrast_weight, ContrastLoss(output.recon_mean, batch.labels));
    if (config_.reconstruction_weight > 0 && !Frozen() && Progress() >= config_.reconstruction_start) {
      losses.reconstruction = add(config_.reconstruction_weight, ReconstructionLoss(network_, output.graph));
    }
    losses.classification = classification.item<double>();
    losses.accuracy =
        output.logits.detach().argmax(1).eq(batch.labels).to(torch::kFloat).mean().item<double>();
    return Descend(loss, losses);
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("training step ", step_, " failed: ", error.what()));
  }
}

absl::StatusOr<Losses> Trainer::Descend(const torch::Tensor& loss, Losses losses) {
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
  return losses;
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
  // All randomness of an epoch follows from its number, so that a resumed run is the same run; that of a
  // batch from its own, so that batches can be drawn ahead while the network learns.
  const uint64_t seed = config_.seed * 1'000'003 + static_cast<uint64_t>(epoch_);
  torch::manual_seed(seed);
  const auto draw = [&](int64_t step) {
    std::seed_seq sequence{seed, static_cast<uint64_t>(step)};
    Random random(sequence);
    return DrawBatch(sampler, config_.batch_size, random);
  };
  const int64_t steps = config_.steps_per_epoch();
  constexpr int64_t kDrawnAhead = 2;
  std::deque<std::future<Batch>> ahead;
  for (int64_t i = 0; i < std::min(kDrawnAhead, steps); ++i)
    ahead.push_back(std::async(std::launch::async, draw, i));
  Losses mean;
  for (int64_t i = 0; i < steps; ++i) {
    const Batch batch = ahead.front().get();
    ahead.pop_front();
    if (i + kDrawnAhead < steps) ahead.push_back(std::async(std::launch::async, draw, i + kDrawnAhead));
    const absl::StatusOr<Losses> losses = Step(batch);
    if (!losses.ok()) return losses.status();
    for (const auto field : {&Losses::classification, &Losses::names, &Losses::form, &Losses::joints,
                             &Losses::contrast, &Losses::reconstruction, &Losses::accuracy}) {
      mean.*field += ((*losses).*field - mean.*field) / static_cast<double>(i + 1);
    }
    if (progress) progress(i + 1, mean);
  }
  ++epoch_;
  return mean;
}

std::vector<torch::Tensor> Trainer::CompanionState() const {
  std::vector<torch::Tensor> tensors;
  for (const torch::Tensor& tensor :
       {companions_.names_weight, companions_.names_bias, companions_.prototypes, companions_.sharpness,
        companions_.offset, companions_.memory}) {
    if (tensor.defined()) tensors.push_back(tensor);
  }
  return tensors;
}

absl::Status Trainer::Save(const std::filesystem::path& path) const {
  try {
    Dict file(c10::StringType::get(), c10::AnyType::get());
    file.insert("format", kCheckpointFormat);
    file.insert("seed", static_cast<int64_t>(config_.seed));
    file.insert("epoch", int64_t{epoch_});
    file.insert("step", step_);
    file.insert("state", OnCpu(state_));
    file.insert("average", OnCpu(average_));
    file.insert("companions", OnCpu(CompanionState()));
    file.insert("momentum", OnCpu(Momentum(*optimizer_, parameters_)));
    const std::vector<char> bytes = torch::pickle_save(file);
    return files::ReplaceFile(path, {bytes.data(), bytes.size()});
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("cannot encode the training state: ", error.what()));
  }
}

absl::Status Trainer::Resume(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return absl::NotFoundError(absl::StrCat("cannot open ", path.string()));
  const std::vector<char> bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  const absl::StatusOr<c10::IValue> loaded = torch_files::LoadPickle(bytes);
  if (!loaded.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot resume from ", path.string(), ": ", loaded.status().message()));
  }
  try {
    const Dict file = loaded->toGenericDict();
    TORCH_CHECK(file.at("format").toInt() == kCheckpointFormat, "its format is not ", kCheckpointFormat);
    TORCH_CHECK(file.at("seed").toInt() == static_cast<int64_t>(config_.seed), "its seed is ",
                file.at("seed").toInt(), ", not ", config_.seed);
    const int64_t epoch = file.at("epoch").toInt(), step = file.at("step").toInt();
    TORCH_CHECK(epoch >= 0 && epoch <= config_.epochs, "it is after epoch ", epoch, " of ", config_.epochs);
    TORCH_CHECK(step == epoch * config_.steps_per_epoch(), "it is after step ", step, ", but ", epoch,
                " epochs of ", config_.samples_per_epoch, " samples in batches of ", config_.batch_size,
                " have ", epoch * config_.steps_per_epoch());
    // Everything is looked at before anything is changed.
    const auto state = ReadTensors(file, "state", state_);
    const auto average = ReadTensors(file, "average", average_);
    const auto companions = ReadTensors(file, "companions", CompanionState());
    const auto momentum = ReadTensors(file, "momentum", parameters_, /*may_be_empty=*/true);
    Copy(state, state_);
    Copy(average, average_);
    Copy(companions, CompanionState());
    SetMomentum(*optimizer_, parameters_, momentum);
    epoch_ = static_cast<int>(epoch);
    step_ = step;
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
  copy.to(torch::kCPU);
  torch::NoGradGuard no_grad;
  const std::vector<torch::Tensor> state = FloatingState(copy);
  for (size_t i = 0; i < state.size(); ++i) state[i].copy_(average_[i]);
  copy.eval();
  return copy;
}

CopiedWeights CopyWeights(const torch::jit::Module& from, torch::jit::Module& to, bool same_classes) {
  torch::NoGradGuard no_grad;
  std::map<std::string, torch::Tensor> source;
  for (const auto& item : from.named_parameters()) source[item.name] = item.value;
  for (const auto& item : from.named_buffers()) source[item.name] = item.value;
  const bool same_joint_head = protogcn::DecodesJoints(from) == protogcn::DecodesJoints(to);
  CopiedWeights count;
  const auto copy = [&](const std::string& name, const torch::Tensor& target) {
    const auto found = source.find(name);
    const bool means_the_same = (same_classes || name.rfind(kClassifierPrefix, 0) != 0) &&
                                (same_joint_head || name.rfind(kJointHeadPrefix, 0) != 0);
    if (found == source.end() || found->second.sizes() != target.sizes() || !means_the_same) {
      ++count.afresh;
      return;
    }
    target.detach().copy_(found->second);
    ++count.copied;
  };
  for (const auto& item : to.named_parameters()) copy(item.name, item.value);
  for (const auto& item : to.named_buffers()) copy(item.name, item.value);
  return count;
}

}  // namespace trackfit::training
