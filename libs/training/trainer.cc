#include "training/trainer.h"

#include <ATen/Parallel.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>
#include <torch/torch.h>

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
#include "protogcn/network_torch.h"
#include "torch_files/torch_file.h"
#include "training/loss_terms_torch.h"
#include "training/trainer_torch.h"

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

// Weight decay applies to matrices and kernels only, not to scales, shifts and biases.
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

// The tensors of the list `name` in `file`, checked to match `targets` in number, types and shapes. With
// `may_be_empty` a tensor may be empty, for a value that does not exist yet.
std::vector<torch::Tensor> ReadTensors(const Dict& file, const char* name,
                                       const std::vector<torch::Tensor>& targets, bool may_be_empty = false) {
  std::vector<torch::Tensor> values = file.at(name).toTensorVector();
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

// The optimiser keeps the state of a parameter under its address: as text in LibTorch 1.13, as it is in 2.x.
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

// The momentum of each parameter, empty where it has none yet.
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

Batch OnDevice(const Batch& batch, torch::Device device) {
  const auto moved = [&](const torch::Tensor& tensor) {
    return tensor.defined() ? tensor.to(device) : tensor;
  };
  return {moved(batch.windows), moved(batch.labels), moved(batch.names), moved(batch.forms),
          moved(batch.joint_faults)};
}

}  // namespace

absl::StatusOr<torch::Device> FindDevice(const std::string& name) {
  if (name == "cpu") return torch::Device(torch::kCPU);
  if (name != "cuda" && name != "auto") {
    return absl::InvalidArgumentError(
        absl::StrCat("device is \"", name, "\"; known are \"cpu\", \"cuda\" and \"auto\""));
  }
  if (torch::cuda::is_available()) return torch::Device(torch::kCUDA);
  if (name == "auto") return torch::Device(torch::kCPU);
  return absl::FailedPreconditionError(
      "device is \"cuda\", but it is not available, or this LibTorch was built without it");
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

class Trainer::Impl {
 public:
  Impl(const protogcn::Network& network, TrainingConfig config, int names, torch::Device device);

  absl::StatusOr<Losses> RunEpoch(const WindowSampler& sampler,
                                  const std::function<void(int64_t, const Losses&)>& progress);
  absl::StatusOr<Losses> Step(const Batch& given);
  double LearningRate() const;
  int epoch() const { return epoch_; }
  bool done() const { return epoch_ >= config_.epochs; }

  absl::Status Save(const std::filesystem::path& path) const;
  absl::Status Resume(const std::filesystem::path& path);

  const protogcn::Network& network() const { return network_; }
  protogcn::Network AveragedNetwork() const;

 private:
  std::vector<torch::Tensor> AuxiliaryState() const;
  absl::StatusOr<Losses> Descend(const torch::Tensor& loss, Losses losses);
  bool Frozen() const { return epoch_ < config_.freeze_epochs; }
  double Progress() const;  // share of all steps done
  void PreparePhase();
  void UpdateAverage();

  protogcn::Network network_;
  torch::jit::Module& module_;  // network_'s
  TrainingConfig config_;
  AuxiliaryHeads auxiliary_;
  torch::Device device_;
  bool decodes_joints_ = false;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> reconstruction_;  // of parameters_: those that the reconstruction trains
  std::vector<torch::Tensor> recognition_;     // of parameters_: all others
  std::vector<torch::Tensor> state_;           // parameters and floating-point buffers
  std::vector<torch::Tensor> average_;         // of state_
  std::unique_ptr<torch::optim::SGD> optimizer_;
  int epoch_ = 0;
  int64_t step_ = 0;
};

Trainer::Impl::Impl(const protogcn::Network& network, TrainingConfig config, int names, torch::Device device)
    : network_(network), module_(network_.module()), config_(std::move(config)), device_(device) {
  module_.to(device_);
  decodes_joints_ = protogcn::DecodesJoints(network_);
  for (const auto& parameter : module_.named_parameters()) {
    parameters_.push_back(parameter.value);
    (Reconstructs(parameter.name) ? reconstruction_ : recognition_).push_back(parameter.value);
  }
  state_ = FloatingState(module_);
  for (const torch::Tensor& tensor : state_) average_.push_back(tensor.detach().clone());

  const torch::Tensor classifier =
      module_.attr("cls_head").toModule().attr("fc_cls").toModule().attr("weight").toTensor();
  const int64_t classes = classifier.size(0), features = classifier.size(1);
  torch::manual_seed(config_.seed);
  const auto learned = [&](torch::Tensor& tensor, const torch::Tensor& start) {
    tensor = start.to(device_).requires_grad_();
    parameters_.push_back(tensor);
    recognition_.push_back(tensor);
  };
  if (config_.names_weight > 0) {
    learned(auxiliary_.names_weight, torch::randn({names, features}) * 0.05);
    learned(auxiliary_.names_bias, torch::zeros({names}));
  }
  if (config_.form_weight > 0) {
    learned(auxiliary_.prototypes, torch::rand({classes, features}));
    learned(auxiliary_.sharpness, torch::full({classes}, 10.0));
    learned(auxiliary_.offset, torch::full({classes}, 0.8));
  }
  if (config_.contrast_weight > 0) {
    const auto contrast =
        module_.attr("cls_head").toModule().attr("csc_loss").toModule().attr("cl_fc").toModule();
    auxiliary_.memory = torch::zeros({classes, contrast.attr("weight").toTensor().size(0)}, device_);
  }
  optimizer_ = MakeOptimizer(parameters_, config_);
  PreparePhase();
}

// While the backbone is frozen, so are its batch statistics.
void Trainer::Impl::PreparePhase() {
  const bool frozen = Frozen();
  module_.train(!config_.joints_only);
  if (frozen) module_.attr("backbone").toModule().train(false);
  const auto learns = [&](const std::string& name) {
    if (config_.joints_only) return name.rfind(kJointHeadPrefix, 0) == 0;
    return !frozen || name.rfind(kHeadPrefix, 0) == 0;
  };
  for (const auto& parameter : module_.named_parameters())
    parameter.value.requires_grad_(learns(parameter.name));
}

double Trainer::Impl::Progress() const {
  return static_cast<double>(step_) / static_cast<double>(config_.steps());
}

double Trainer::Impl::LearningRate() const {
  const double progress = Progress();
  if (progress < config_.warmup_share)
    return config_.learning_rate * (progress + 1e-3) / config_.warmup_share;
  const double share = (progress - config_.warmup_share) / (1 - config_.warmup_share);
  return config_.learning_rate * (0.5 + 0.5 * std::cos(std::numbers::pi * std::min(share, 1.0)));
}

absl::StatusOr<Losses> Trainer::Impl::Step(const Batch& given) {
  // The profiling executor is off: without it the backward pass is faster, and the random numbers do not
  // depend on how often the script has run.
  const torch::jit::GraphOptimizerEnabledGuard plain_executor(false);
  try {
    for (auto& group : optimizer_->param_groups()) {
      static_cast<torch::optim::SGDOptions&>(group.options()).lr(LearningRate());
    }
    const Batch batch = OnDevice(given, device_);
    if (config_.joints_only) {
      torch::jit::Module head = module_.attr("joint_head").toModule();
      const torch::Tensor term =
          JointLoss(head.forward({batch.windows}).toTensor(), batch.joint_faults, decodes_joints_);
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
      losses.names =
          add(config_.names_weight,
              torch::cross_entropy_loss(
                  torch::linear(output.pooled, auxiliary_.names_weight, auxiliary_.names_bias), batch.names));
    }
    if (config_.form_weight > 0)
      losses.form = add(config_.form_weight, FormLoss(auxiliary_, output.pooled, batch));
    if (config_.joint_weight > 0)
      losses.joints =
          add(config_.joint_weight, JointLoss(output.joints, batch.joint_faults, decodes_joints_));
    if (config_.contrast_weight > 0) {
      const torch::Tensor features = module_.get_method("contrast")({output.recon_mean}).toTensor();
      losses.contrast = add(config_.contrast_weight, ContrastLoss(auxiliary_, features, batch.labels));
    }
    if (config_.reconstruction_weight > 0 && !Frozen() && Progress() >= config_.reconstruction_start) {
      const auto outputs = module_.run_method("reconstruct", output.graph.detach()).toTuple();
      losses.reconstruction = add(config_.reconstruction_weight,
                                  ReconstructionLoss(outputs->elements()[0].toTensor(),
                                                     outputs->elements()[1].toTensor(), output.graph));
    }
    losses.classification = classification.item<double>();
    losses.accuracy =
        output.logits.detach().argmax(1).eq(batch.labels).to(torch::kFloat).mean().item<double>();
    return Descend(loss, losses);
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("training step ", step_, " failed: ", error.what()));
  }
}

absl::StatusOr<Losses> Trainer::Impl::Descend(const torch::Tensor& loss, Losses losses) {
  if (!std::isfinite(loss.item<double>())) {
    return absl::InternalError(
        absl::StrCat("the loss is not finite at step ", step_, "; lower the learning rate"));
  }
  optimizer_->zero_grad();
  loss.backward();
  // The reconstruction shares no gradient with the rest, so each is clipped on its own.
  torch::nn::utils::clip_grad_norm_(recognition_, config_.gradient_clip);
  torch::nn::utils::clip_grad_norm_(reconstruction_, config_.gradient_clip);
  optimizer_->step();
  ++step_;
  UpdateAverage();
  return losses;
}

void Trainer::Impl::UpdateAverage() {
  torch::NoGradGuard no_grad;
  // A short memory at the beginning, when the weights still move fast.
  const double decay = std::min(config_.average_decay,
                                (1.0 + static_cast<double>(step_)) / (10.0 + static_cast<double>(step_)));
  for (size_t i = 0; i < state_.size(); ++i) average_[i].lerp_(state_[i].detach(), 1 - decay);
}

absl::StatusOr<Losses> Trainer::Impl::RunEpoch(const WindowSampler& sampler,
                                               const std::function<void(int64_t, const Losses&)>& progress) {
  PreparePhase();
  // The seed of an epoch follows from its number, so that a resumed run is the same run; that of a batch from
  // its own number, so that batches can be drawn ahead while the network is trained.
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

std::vector<torch::Tensor> Trainer::Impl::AuxiliaryState() const {
  std::vector<torch::Tensor> tensors;
  for (const torch::Tensor& tensor : {auxiliary_.names_weight, auxiliary_.names_bias, auxiliary_.prototypes,
                                      auxiliary_.sharpness, auxiliary_.offset, auxiliary_.memory}) {
    if (tensor.defined()) tensors.push_back(tensor);
  }
  return tensors;
}

absl::Status Trainer::Impl::Save(const std::filesystem::path& path) const {
  try {
    Dict file(c10::StringType::get(), c10::AnyType::get());
    file.insert("format", kCheckpointFormat);
    file.insert("seed", static_cast<int64_t>(config_.seed));
    file.insert("epoch", int64_t{epoch_});
    file.insert("step", step_);
    file.insert("state", OnCpu(state_));
    file.insert("average", OnCpu(average_));
    file.insert("companions", OnCpu(AuxiliaryState()));
    file.insert("momentum", OnCpu(Momentum(*optimizer_, parameters_)));
    const std::vector<char> bytes = torch::pickle_save(file);
    return files::ReplaceFile(path, {bytes.data(), bytes.size()});
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("cannot encode the training state: ", error.what()));
  }
}

absl::Status Trainer::Impl::Resume(const std::filesystem::path& path) {
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
    // Everything is checked before anything is changed.
    const auto state = ReadTensors(file, "state", state_);
    const auto average = ReadTensors(file, "average", average_);
    const auto auxiliary = ReadTensors(file, "companions", AuxiliaryState());
    const auto momentum = ReadTensors(file, "momentum", parameters_, /*may_be_empty=*/true);
    Copy(state, state_);
    Copy(average, average_);
    Copy(auxiliary, AuxiliaryState());
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

protogcn::Network Trainer::Impl::AveragedNetwork() const {
  torch::jit::Module copy = module_.deepcopy();
  copy.to(torch::kCPU);
  torch::NoGradGuard no_grad;
  const std::vector<torch::Tensor> state = FloatingState(copy);
  for (size_t i = 0; i < state.size(); ++i) state[i].copy_(average_[i]);
  copy.eval();
  return protogcn::Network(copy);
}

Trainer::Trainer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Trainer::~Trainer() = default;

absl::StatusOr<std::unique_ptr<Trainer>> Trainer::Create(const protogcn::Network& network,
                                                         TrainingConfig config, int names) {
  if (const absl::Status status = config.Validate(); !status.ok()) return status;
  if (config.joint_weight > 0 && !network.module().hasattr("joint_head"))
    return absl::InvalidArgumentError("joint_weight is set, but the network has no joint head");
  if (config.joints_only && !(config.joint_weight > 0))
    return absl::InvalidArgumentError("joints_only is set, but joint_weight is 0");
  if (config.names_weight > 0 && names < 1)
    return absl::InvalidArgumentError("names_weight is set, but there are no names to learn");
  const absl::StatusOr<torch::Device> device = FindDevice(config.device);
  if (!device.ok()) return device.status();
  try {
    return std::unique_ptr<Trainer>(
        new Trainer(std::make_unique<Impl>(network, std::move(config), names, *device)));
  } catch (const c10::Error& error) {
    return absl::InternalError(absl::StrCat("cannot prepare training: ", error.what_without_backtrace()));
  }
}

absl::StatusOr<Losses> Trainer::RunEpoch(const WindowSampler& sampler,
                                         const std::function<void(int64_t, const Losses&)>& progress) {
  return impl_->RunEpoch(sampler, progress);
}
absl::StatusOr<Losses> Trainer::Step(const Batch& batch) { return impl_->Step(batch); }
int Trainer::epoch() const { return impl_->epoch(); }
bool Trainer::done() const { return impl_->done(); }
double Trainer::LearningRate() const { return impl_->LearningRate(); }
absl::Status Trainer::Save(const std::filesystem::path& path) const { return impl_->Save(path); }
absl::Status Trainer::Resume(const std::filesystem::path& path) { return impl_->Resume(path); }
const protogcn::Network& Trainer::network() const { return impl_->network(); }
protogcn::Network Trainer::AveragedNetwork() const { return impl_->AveragedNetwork(); }

void SetThreads(int threads) { at::set_num_threads(threads); }

}  // namespace trackfit::training
