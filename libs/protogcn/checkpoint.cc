#include "protogcn/checkpoint.h"

#include <torch/script.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "protogcn/checkpoint_torch.h"
#include "torch_files/torch_file.h"
#include "torch_files/unpickler.h"

namespace trackfit::protogcn {
namespace {

using torch::Tensor;
using Kind = torch_files::PickleValue::Kind;

// torch.save's older format starts with this number (0x1950a86a20f9469cfc6c) as a pickle.
constexpr std::string_view kLegacyMagic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);
constexpr int64_t kLegacyProtocol = 1001;
constexpr const char* kRebuildParameter = "torch._utils._rebuild_parameter";

// The source of the tensors' bytes.
class StorageSource {
 public:
  virtual ~StorageSource() = default;
  // A one-dimensional tensor of all elements.
  virtual absl::StatusOr<Tensor> Read(const torch_files::TorchStorage& storage) = 0;
};

absl::Status Broken(const std::string& what) { return absl::DataLossError(what); }

// The first of `bytes` as a one-dimensional tensor; they need not be aligned.
Tensor Elements(std::string_view bytes, const torch_files::TorchStorage& storage) {
  Tensor elements = torch::empty({storage.elements}, torch_files::ScalarTypeOf(storage.type));
  std::copy_n(bytes.data(), elements.nbytes(), static_cast<char*>(elements.data_ptr()));
  return elements;
}

// --- from pickled values to tensors

absl::StatusOr<Tensor> ReadTensor(const torch_files::PickleValue& value, StorageSource& source) {
  if (value.IsCallOf(kRebuildParameter) && !value.items[1]->items.empty()) {
    const torch_files::PickleValue& inner = *value.items[1]->items[0];
    if (inner.IsCallOf(kRebuildParameter)) return Broken("a parameter is nested");
    return ReadTensor(inner, source);
  }
  const auto tensor = torch_files::ParseTensor(value);
  if (!tensor.ok()) return tensor.status();
  if (tensor->empty()) return Broken("it is empty");
  auto elements = source.Read(tensor->storage);
  if (!elements.ok()) return elements.status();
  return elements->as_strided(tensor->sizes, tensor->strides, tensor->offset).clone().contiguous();
}

bool IsTensor(const torch_files::PickleValue& value) {
  return value.IsCallOf(torch_files::kRebuildTensor) || value.IsCallOf(kRebuildParameter);
}

// Without the prefix that nn.DataParallel adds to every name.
std::string PlainName(const std::string& name) { return std::string(absl::StripPrefix(name, "module.")); }

absl::Status ReadTensors(const torch_files::PickleValue& state, StorageSource& source,
                         Checkpoint& checkpoint) {
  int64_t bytes = 0;
  for (size_t i = 0; i + 1 < state.items.size(); i += 2) {
    const torch_files::PickleValue& key = *state.items[i];
    const torch_files::PickleValue& value = *state.items[i + 1];
    if (key.kind != Kind::kString || !IsTensor(value)) continue;
    auto tensor = ReadTensor(value, source);
    if (!tensor.ok()) return Broken(absl::StrCat("weight \"", key.text, "\": ", tensor.status().message()));
    bytes += static_cast<int64_t>(tensor->nbytes());
    if (bytes > torch_files::kMaxTorchBytes) return Broken("its weights are larger than any network of ours");
    checkpoint.tensors[PlainName(key.text)] = *std::move(tensor);
  }
  if (checkpoint.tensors.empty()) return Broken("there are no weights in it");
  return absl::OkStatus();
}

void ReadMeta(const torch_files::PickleValue& meta, Checkpoint& checkpoint) {
  if (const torch_files::PickleValue* config = meta.Find("config");
      config != nullptr && config->kind == Kind::kString) {
    checkpoint.config = config->text;
  }
  const torch_files::PickleValue* classes = meta.Find("CLASSES");
  if (classes == nullptr || (classes->kind != Kind::kTuple && classes->kind != Kind::kList)) return;
  for (const torch_files::PickleValue* name : classes->items) {
    if (name->kind != Kind::kString) return checkpoint.classes.clear();
    checkpoint.classes.push_back(name->text);
  }
}

// LibTorch saves every container together with its type.
const torch_files::PickleValue& Untagged(const torch_files::PickleValue& value) {
  const bool tagged = value.IsCallOf("torch.jit._pickle.restore_type_tag") && !value.items[1]->items.empty();
  return tagged ? *value.items[1]->items[0] : value;
}

absl::StatusOr<Checkpoint> Interpret(const torch_files::PickleValue& saved, StorageSource& source) {
  const torch_files::PickleValue& root = Untagged(saved);
  if (root.kind != Kind::kDict) return Broken("it does not hold a dict");
  Checkpoint checkpoint;
  const torch_files::PickleValue* state = root.Find("state_dict");
  if (state != nullptr) state = &Untagged(*state);
  if (state != nullptr && state->kind != Kind::kDict) return Broken("state_dict is not a dict");
  if (const torch_files::PickleValue* meta = root.Find("meta"); meta != nullptr) {
    ReadMeta(Untagged(*meta), checkpoint);
  }
  if (auto status = ReadTensors(state != nullptr ? *state : root, source, checkpoint); !status.ok())
    return status;
  return checkpoint;
}

// --- torch.save's zip format

class ZipStorages : public StorageSource {
 public:
  explicit ZipStorages(const torch_files::TorchRecords& records) : records_(records) {}

  absl::StatusOr<Tensor> Read(const torch_files::TorchStorage& storage) override {
    const auto bytes = records_.BytesOf(storage);
    if (!bytes.ok()) return bytes.status();
    return Elements(*bytes, storage);
  }

 private:
  const torch_files::TorchRecords& records_;
};

absl::StatusOr<Checkpoint> ReadZip(std::string_view bytes) {
  const auto records = torch_files::TorchRecords::Read(bytes);
  if (!records.ok()) return records.status();
  if (const auto order = records->Find("byteorder"); order && *order != "little") {
    return Broken("it is big-endian");
  }
  const auto pickle = records->ReadValues();
  if (!pickle.ok()) return pickle.status();
  ZipStorages storages(*records);
  return Interpret(*pickle->root, storages);
}

// --- torch.save's format before 1.6: pickles one after the other, then the storages

class LegacyStorages : public StorageSource {
 public:
  // `keys` in the order in which the storages follow in `bytes`: a 64-bit element count and the elements.
  LegacyStorages(std::vector<std::string> keys, std::string_view bytes)
      : keys_(std::move(keys)), bytes_(bytes) {}

  // The file does not say how wide the elements of a storage are; the tensors that use it do.
  absl::Status Index(const torch_files::PickleValue& root) {
    std::map<std::string, torch_files::ElementType> types;
    if (auto status = CollectTypes(root, types); !status.ok()) return status;
    size_t position = 0;
    for (const std::string& key : keys_) {
      const auto type = types.find(key);
      if (type == types.end()) return Broken(absl::StrCat("no tensor gives the type of storage ", key));
      if (bytes_.size() - position < sizeof(int64_t)) return Broken("the storages end too early");
      int64_t elements = 0;
      std::copy_n(bytes_.data() + position, sizeof elements, reinterpret_cast<char*>(&elements));
      position += sizeof elements;
      const size_t width = torch_files::ElementBytes(type->second);
      if (elements < 0 || static_cast<uint64_t>(elements) > (bytes_.size() - position) / width) {
        return Broken(absl::StrCat("storage ", key, " is too short"));
      }
      places_[key] = {position, elements};
      position += static_cast<size_t>(elements) * width;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Tensor> Read(const torch_files::TorchStorage& storage) override {
    const auto place = places_.find(storage.key);
    if (place == places_.end()) return Broken(absl::StrCat("storage ", storage.key, " is missing"));
    if (place->second.elements < storage.elements)
      return Broken(absl::StrCat("storage ", storage.key, " is too short"));
    return Elements(bytes_.substr(place->second.position), storage);
  }

 private:
  struct Place {
    size_t position = 0;
    int64_t elements = 0;
  };

  // Persistent ids anywhere in the pickle, also in the optimizer's state.
  absl::Status CollectTypes(const torch_files::PickleValue& root,
                            std::map<std::string, torch_files::ElementType>& types) {
    std::vector<const torch_files::PickleValue*> open = {&root};
    std::set<const torch_files::PickleValue*> seen = {&root};
    while (!open.empty()) {
      const torch_files::PickleValue* value = open.back();
      open.pop_back();
      if (value->kind == Kind::kPersistent) {
        auto storage = torch_files::ParseStorage(*value);
        if (!storage.ok()) return storage.status();
        const auto [entry, added] = types.emplace(storage->key, storage->type);
        if (!added && entry->second != storage->type)
          return Broken(absl::StrCat("storage ", storage->key, " has two types"));
      }
      for (const torch_files::PickleValue* item : value->items) {
        if (seen.insert(item).second) open.push_back(item);
      }
    }
    return absl::OkStatus();
  }

  std::vector<std::string> keys_;
  std::string_view bytes_;
  std::map<std::string, Place> places_;
};

absl::StatusOr<Checkpoint> ReadLegacy(std::string_view bytes) {
  std::vector<torch_files::Pickle> pickles;  // magic, protocol, system, object, storage keys
  for (const char* part :
       {"the magic number", "the protocol", "the system", "the object", "the storage keys"}) {
    auto pickle = torch_files::ReadPickle(bytes);
    if (!pickle.ok()) return Broken(absl::StrCat(part, ": ", pickle.status().message()));
    bytes.remove_prefix(pickle->size);
    pickles.push_back(*std::move(pickle));
    if (pickles.size() == 1 &&
        (pickles[0].root->kind != Kind::kLong || pickles[0].root->text != kLegacyMagic)) {
      return Broken("it is not a PyTorch file");
    }
  }
  if (pickles[1].root->integer != kLegacyProtocol) return Broken("its protocol is not 1001");
  const torch_files::PickleValue* little = pickles[2].root->Find("little_endian");
  if (little != nullptr && little->integer == 0) return Broken("it is big-endian");
  std::vector<std::string> keys;
  for (const torch_files::PickleValue* key : pickles[4].root->items) keys.push_back(key->text);
  LegacyStorages storages(std::move(keys), bytes);
  if (auto status = storages.Index(*pickles[3].root); !status.ok()) return status;
  return Interpret(*pickles[3].root, storages);
}

absl::StatusOr<Checkpoint> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError("cannot be opened");
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return absl::StartsWith(bytes, "PK\x03\x04") ? ReadZip(bytes) : ReadLegacy(bytes);
}

absl::Status WithPath(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
}

// --- from weights to an architecture

absl::StatusOr<Tensor> Weight(const Checkpoint& checkpoint, const std::string& name, int dimensions) {
  const auto found = checkpoint.tensors.find(name);
  if (found == checkpoint.tensors.end())
    return absl::InvalidArgumentError(absl::StrCat("weight \"", name, "\" is missing"));
  if (found->second.dim() != dimensions) {
    return absl::InvalidArgumentError(absl::StrCat("weight \"", name, "\" has ", found->second.dim(),
                                                   " dimensions; expected ", dimensions));
  }
  return found->second;
}

// The numbers of `field=[5, 8]` or `field=(5, 8)` in a Python config.
std::optional<std::vector<int>> ListInConfig(const std::string& config, const std::string& field) {
  const size_t found = config.find(field);
  if (found == std::string::npos) return std::nullopt;
  const size_t begin = config.find_first_of("[(", found);
  const size_t end = config.find_first_of("])", found);
  if (begin == std::string::npos || end == std::string::npos || begin > end) return std::nullopt;
  if (config.substr(found + field.size(), begin - found - field.size()).find_first_not_of(" =:'\"") !=
      std::string::npos) {
    return std::nullopt;
  }
  std::vector<int> numbers;
  for (const absl::string_view part :
       absl::StrSplit(config.substr(begin + 1, end - begin - 1), ',', absl::SkipWhitespace())) {
    int number = 0;
    if (!absl::SimpleAtoi(part, &number)) return std::nullopt;
    numbers.push_back(number);
  }
  return numbers;
}

std::string StageName(int index) { return absl::StrCat("backbone.gcn.", index, "."); }

int CountStages(const Checkpoint& checkpoint) {
  int stages = 0;
  while (checkpoint.tensors.contains(StageName(stages) + "gcn.A")) ++stages;
  return stages;
}

absl::Status InferStages(const Checkpoint& checkpoint, NetworkConfig& config) {
  config.num_stages = CountStages(checkpoint);
  config.inflate_stages.clear();
  config.down_stages.clear();
  int channels = config.base_channels;
  for (int index = 1; index < config.num_stages; ++index) {
    auto post = Weight(checkpoint, StageName(index) + "gcn.post.weight", 4);
    if (!post.ok()) return post.status();
    const auto out = static_cast<int>(post->size(0));
    const bool projects = checkpoint.tensors.contains(StageName(index) + "residual.conv.weight");
    if (out != channels) {
      if (config.inflate_stages.empty()) config.ch_ratio = static_cast<double>(out) / channels;
      config.inflate_stages.push_back(index + 1);
    }
    if (projects) config.down_stages.push_back(index + 1);
    channels = out;
  }
  if (auto listed = ListInConfig(checkpoint.config, "down_stages"); listed.has_value())
    config.down_stages = *listed;
  return absl::OkStatus();
}

absl::StatusOr<NetworkConfig> InferConfig(const Checkpoint& checkpoint, const skeleton::Layout& layout) {
  NetworkConfig config;
  config.layout = layout.name;
  config.bones = layout.bones;
  auto graphs = Weight(checkpoint, StageName(0) + "gcn.A", 3);
  auto pre = Weight(checkpoint, StageName(0) + "gcn.pre.0.weight", 4);
  auto post = Weight(checkpoint, StageName(0) + "gcn.post.weight", 4);
  auto coefficients = Weight(checkpoint, StageName(0) + "tcn.add_coeff", 1);
  auto query = Weight(checkpoint, "backbone.prn.query_matrix.weight", 2);
  auto contrast = Weight(checkpoint, "cls_head.csc_loss.cl_fc.weight", 2);
  auto classifier = Weight(checkpoint, "cls_head.fc_cls.weight", 2);
  for (const auto* weight : {&graphs, &pre, &post, &coefficients, &query, &contrast, &classifier}) {
    if (!weight->ok()) return weight->status();
  }
  config.num_filters = static_cast<int>(graphs->size(0));
  config.nodes = static_cast<int>(graphs->size(1));
  config.in_channels = static_cast<int>(pre->size(1));
  config.base_channels = static_cast<int>(post->size(0));
  config.joint_coefficients = static_cast<int>(coefficients->size(0));
  config.num_prototypes = static_cast<int>(query->size(0));
  config.contrast_channels = static_cast<int>(contrast->size(0));
  config.classes = static_cast<int>(classifier->size(0));
  if (config.num_filters < 1 || config.base_channels < 1)
    return absl::InvalidArgumentError("the first stage is empty");
  config.filter_ratio = static_cast<double>(pre->size(0)) / config.num_filters / config.base_channels;
  if (config.nodes != layout.nodes()) {
    return absl::InvalidArgumentError(
        absl::StrCat("it has ", config.nodes, " nodes, but layout ", layout.name, " has ", layout.nodes()));
  }
  if (auto status = InferStages(checkpoint, config); !status.ok()) return status;
  if (auto status = config.Validate(); !status.ok()) return status;
  return config;
}

bool IsCounter(const std::string& name) { return absl::EndsWith(name, ".num_batches_tracked"); }

absl::Status LoadWeight(const Checkpoint& checkpoint, const std::string& name, const Tensor& target) {
  const auto source = checkpoint.tensors.find(name);
  if (source == checkpoint.tensors.end()) {
    if (IsCounter(name)) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat("weight \"", name, "\" is missing"));
  }
  if (source->second.sizes() != target.sizes()) {
    return absl::InvalidArgumentError(
        absl::StrCat("weight \"", name, "\" has shape [", absl::StrJoin(source->second.sizes(), ", "),
                     "]; expected [", absl::StrJoin(target.sizes(), ", "), "]"));
  }
  target.copy_(source->second);
  return absl::OkStatus();
}

// Every weight of the network must be in the checkpoint. Other weights of a backbone would belong to another
// network, so they are refused.
absl::Status LoadWeights(const Checkpoint& checkpoint, const torch::jit::Module& network) {
  torch::NoGradGuard no_grad;
  std::set<std::string> loaded;
  const auto load = [&](const auto& list) {
    for (const auto& item : list) {
      if (auto status = LoadWeight(checkpoint, item.name, item.value); !status.ok()) return status;
      loaded.insert(item.name);
    }
    return absl::OkStatus();
  };
  if (auto status = load(network.named_parameters()); !status.ok()) return status;
  if (auto status = load(network.named_buffers()); !status.ok()) return status;
  for (const auto& [name, tensor] : checkpoint.tensors) {
    if (absl::StartsWith(name, "backbone.") && !loaded.contains(name)) {
      return absl::InvalidArgumentError(absl::StrCat("weight \"", name, "\" is unknown"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Checkpoint> ReadCheckpoint(const std::string& path) {
  std::error_code error;
  const auto size = static_cast<int64_t>(std::filesystem::file_size(path, error));
  if (error) return absl::NotFoundError(absl::StrCat(path, ": ", error.message()));
  if (size > torch_files::kMaxTorchBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " has ", size, " bytes; at most ", torch_files::kMaxTorchBytes));
  }
  try {
    auto checkpoint = ReadFile(path);
    if (!checkpoint.ok()) return WithPath(path, checkpoint.status());
    return checkpoint;
  } catch (const c10::Error& failure) {
    return Broken(absl::StrCat(path, ": ", failure.what_without_backtrace()));
  } catch (const std::exception& failure) {
    return Broken(absl::StrCat(path, ": ", failure.what()));
  }
}

absl::StatusOr<ImportedNetwork> ImportCheckpoint(const std::string& path, const skeleton::Layout& layout) {
  auto checkpoint = ReadCheckpoint(path);
  if (!checkpoint.ok()) return checkpoint.status();
  auto config = InferConfig(*checkpoint, layout);
  if (!config.ok()) return WithPath(path, config.status());
  auto network = BuildNetwork(*config);
  if (!network.ok()) return WithPath(path, network.status());
  try {
    if (auto status = LoadWeights(*checkpoint, network->module()); !status.ok())
      return WithPath(path, status);
    network->module().eval();
  } catch (const std::exception& failure) {
    return absl::InternalError(absl::StrCat(path, ": ", failure.what()));
  }
  return ImportedNetwork{*std::move(network), *std::move(config), std::move(checkpoint->classes)};
}

std::vector<std::vector<int>> TrackFitJointMapping() {
  std::vector<std::vector<int>> mapping = skeleton::Coco20().sources;
  mapping[17] = {skeleton::kLeftIndex};
  mapping[18] = {skeleton::kRightIndex};
  mapping[19] = {skeleton::kLeftFootIndex};
  return mapping;
}

}  // namespace trackfit::protogcn
