#include "protogcn/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/serialize.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "protogcn/checkpoint_torch.h"
#include "protogcn/network_torch.h"
#include "support/small_network.h"

namespace trackfit::protogcn {
namespace {

using ::testing::HasSubstr;
using torch::Tensor;
using namespace std::string_literals;

using State = std::map<std::string, Tensor>;

std::string Written(const std::string& bytes) {
  const std::string path = ::testing::TempDir() + "checkpoint_test_" + std::to_string(getpid()) + ".pth";
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

State StateOf(const Network& network) {
  State state;
  for (const auto& item : network.module().named_parameters()) state[item.name] = item.value.detach();
  for (const auto& item : network.module().named_buffers()) state[item.name] = item.value;
  return state;
}

c10::Dict<std::string, Tensor> ToDict(const State& state) {
  c10::Dict<std::string, Tensor> dict;
  for (const auto& [name, tensor] : state) dict.insert(name, tensor);
  return dict;
}

// torch.save's zip format, as LibTorch writes it.
std::string Saved(const c10::IValue& value) {
  const std::vector<char> bytes = torch::pickle_save(value);
  return {bytes.begin(), bytes.end()};
}

std::string SavedState(const State& state) { return Saved(ToDict(state)); }

std::string ImportError(const State& state) {
  return std::string(ImportCheckpoint(Written(SavedState(state)), skeleton::Coco20()).status().message());
}

State SmallState() { return StateOf(testing::MakeNetwork(testing::SmallConfig())); }

TEST(Checkpoint, ImportsWhatATrainedNetworkSaved) {
  const Network network = testing::MakeNetwork(testing::SmallConfig());
  auto imported = ImportCheckpoint(Written(SavedState(StateOf(network))), skeleton::Coco20());
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->config.num_stages, 3);
  EXPECT_EQ(imported->config.inflate_stages, std::vector<int>{3});
  EXPECT_EQ(imported->config.down_stages, std::vector<int>{3});
  EXPECT_EQ(imported->config.num_prototypes, 10);
  EXPECT_EQ(imported->config.classes, 3);
  network.module().eval();
  const Tensor input = torch::randn({1, 1, 16, 20, 3});
  EXPECT_TRUE(Forward(network, input).logits.equal(Forward(imported->network, input).logits));
}

TEST(Checkpoint, ReadsANestedStateWithItsConfigAndClasses) {
  c10::Dict<std::string, std::string> meta;
  meta.insert("config", "model = dict(backbone=dict(type='ProtoGCN', down_stages=[]))");
  c10::impl::GenericDict root(c10::StringType::get(), c10::AnyType::get());
  root.insert("meta", meta);
  root.insert("state_dict", ToDict(SmallState()));
  auto imported = ImportCheckpoint(Written(Saved(root)), skeleton::Coco20());
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_TRUE(imported->config.down_stages.empty());
}

TEST(Checkpoint, DropsThePrefixOfDataParallel) {
  State state;
  for (const auto& [name, tensor] : SmallState()) state["module." + name] = tensor;
  EXPECT_TRUE(ImportCheckpoint(Written(SavedState(state)), skeleton::Coco20()).ok());
}

TEST(Checkpoint, ToleratesMissingBatchCounters) {
  State state = SmallState();
  std::erase_if(state, [](const auto& entry) { return entry.first.ends_with("num_batches_tracked"); });
  EXPECT_TRUE(ImportCheckpoint(Written(SavedState(state)), skeleton::Coco20()).ok());
}

TEST(Checkpoint, NamesTheWeightThatDoesNotFit) {
  State missing = SmallState();
  missing.erase("backbone.gcn.1.tcn.bn.bias");
  EXPECT_THAT(ImportError(missing), HasSubstr("\"backbone.gcn.1.tcn.bn.bias\" is missing"));

  State misshapen = SmallState();
  misshapen["backbone.gcn.1.tcn.bn.bias"] = torch::zeros({7});
  EXPECT_THAT(ImportError(misshapen),
              HasSubstr("\"backbone.gcn.1.tcn.bn.bias\" has shape [7]; expected [24]"));

  State unknown = SmallState();
  unknown["backbone.gcn.1.gcn.view_conv.weight"] = torch::zeros({7});
  EXPECT_THAT(ImportError(unknown), HasSubstr("\"backbone.gcn.1.gcn.view_conv.weight\" is unknown"));

  State headless = SmallState();
  headless.erase("cls_head.fc_cls.weight");
  EXPECT_THAT(ImportError(headless), HasSubstr("\"cls_head.fc_cls.weight\" is missing"));

  State flat = SmallState();
  flat["backbone.gcn.0.gcn.A"] = torch::zeros({8});
  EXPECT_THAT(ImportError(flat), HasSubstr("1 dimensions; expected 3"));
}

TEST(Checkpoint, RefusesALayoutOfAnotherSize) {
  auto imported = ImportCheckpoint(Written(SavedState(SmallState())), skeleton::Blazepose33());
  EXPECT_THAT(std::string(imported.status().message()),
              HasSubstr("20 nodes, but layout blazepose_33 has 33"));
}

TEST(Checkpoint, SaysWhatIsWrongWithAFile) {
  EXPECT_EQ(ReadCheckpoint("/nonexistent.pth").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadCheckpoint(Written("")).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReadCheckpoint(Written("PK\x03\x04 and no zip"s)).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(ReadCheckpoint(Written("K\x01.")).status().message()),
              HasSubstr("not a PyTorch file"));
  EXPECT_THAT(std::string(ReadCheckpoint(Written(Saved(int64_t{5}))).status().message()),
              HasSubstr("not hold a dict"));
  EXPECT_THAT(
      std::string(ReadCheckpoint(Written(Saved(c10::Dict<std::string, Tensor>()))).status().message()),
      HasSubstr("no weights"));
}

TEST(Checkpoint, RefusesRecordsThatGrowWhenRead) {
  std::string bytes = SavedState(SmallState());
  bytes[bytes.find("PK\x01\x02") + 10] = 8;  // the compression method of the first record
  EXPECT_THAT(std::string(ReadCheckpoint(Written(bytes)).status().message()), HasSubstr("is compressed"));
}

TEST(Checkpoint, RefusesTruncatedFiles) {
  const std::string bytes = SavedState({{"weight", torch::ones({100})}});
  ASSERT_TRUE(ReadCheckpoint(Written(bytes)).ok());
  for (size_t length = 0; length < bytes.size(); length += 7) {
    EXPECT_EQ(ReadCheckpoint(Written(bytes.substr(0, length))).status().code(), absl::StatusCode::kDataLoss)
        << length;
  }
}

TEST(Checkpoint, NeverCrashesOnDamagedFiles) {
  const std::string bytes = SavedState({{"weight", torch::ones({4})}});
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xff);
    ReadCheckpoint(Written(damaged)).status().IgnoreError();
  }
}

// --- torch.save's format before 1.6, by hand

struct LegacyTensor {
  std::string offset = "K\x00"s;
  std::string sizes = "K\x03\x85"s;    // (3,)
  std::string strides = "K\x01\x85"s;  // (1,)
  std::string elements = "K\x03"s;
  std::string keys =
      "]U\x01"
      "7a."s;
  std::string storage =
      "\x03\0\0\0\0\0\0\0"
      "\0\0\x80\x3f"
      "\0\0\0\x40"
      "\0\0\x40\x40"s;  // three: 1, 2, 3
};

// {"w": tensor}
std::string Legacy(const LegacyTensor& tensor) {
  return "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."s + "\x80\x02M\xe9\x03."s +
         "\x80\x02}U\x0dlittle_endian\x88s."s +
         "\x80\x02}U\x01wctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\nU\x01"
         "7U\x03"
         "cpu"s +
         tensor.elements + "NtQ"s + tensor.offset + tensor.sizes + tensor.strides + "\x89}tRs."s +
         tensor.keys + tensor.storage;
}

TEST(LegacyCheckpoint, IsRead) {
  auto checkpoint = ReadCheckpoint(Written(Legacy({})));
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_TRUE(checkpoint->tensors.at("w").equal(torch::tensor({1.0f, 2.0f, 3.0f})));
}

TEST(LegacyCheckpoint, MayHoldAViewOfItsStorage) {
  auto checkpoint = ReadCheckpoint(Written(Legacy({.offset = "K\x02"s, .sizes = "K\x01\x85"s})));
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_TRUE(checkpoint->tensors.at("w").equal(torch::tensor({3.0f})));
}

TEST(LegacyCheckpoint, RefusesTensorsThatLeaveTheirStorage) {
  const std::string huge = "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f"s;
  for (const LegacyTensor& tensor :
       {LegacyTensor{.offset = "K\x01"s}, LegacyTensor{.offset = "J\xff\xff\xff\xff"s},
        LegacyTensor{.offset = huge}, LegacyTensor{.sizes = "K\x04\x85"s},
        LegacyTensor{.sizes = "J\xff\xff\xff\xff\x85"s}, LegacyTensor{.sizes = huge + "\x85"},
        LegacyTensor{.strides = "K\x02\x85"s}, LegacyTensor{.strides = huge + "\x85"},
        LegacyTensor{.strides = ")"s},
        LegacyTensor{.sizes = huge + huge + "\x86", .strides = "K\x00K\x00\x86"s},
        LegacyTensor{.sizes = "K\x03K\x03\x86"s, .strides = "K\x00K\x00\x86"s},
        LegacyTensor{.elements = "K\x04"s}, LegacyTensor{.elements = huge},
        LegacyTensor{.keys = "]U\x01"
                             "8a."s},
        LegacyTensor{.keys = "]."s}, LegacyTensor{.storage = "\xff\xff\xff\xff\xff\xff\xff\xff"s},
        LegacyTensor{.storage = "\x03"s}, LegacyTensor{.storage = ""}}) {
    EXPECT_EQ(ReadCheckpoint(Written(Legacy(tensor))).status().code(), absl::StatusCode::kDataLoss);
  }
}

TEST(LegacyCheckpoint, NeverCrashesOnDamagedFiles) {
  const std::string bytes = Legacy({});
  for (size_t at = 0; at < bytes.size(); ++at) {
    ReadCheckpoint(Written(bytes.substr(0, at))).status().IgnoreError();
    for (const int flip : {0x01, 0x10, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      ReadCheckpoint(Written(damaged)).status().IgnoreError();
    }
  }
}

TEST(TrackFitMapping, FeedsFingersAndAToeWhereUpstreamHasTheSpine) {
  const auto mapping = TrackFitJointMapping();
  ASSERT_EQ(mapping.size(), 20);
  EXPECT_EQ(mapping[17], std::vector<int>{19});
  EXPECT_EQ(mapping[18], std::vector<int>{20});
  EXPECT_EQ(mapping[19], std::vector<int>{31});
  EXPECT_EQ(mapping[5], std::vector<int>{11});
}

}  // namespace
}  // namespace trackfit::protogcn
