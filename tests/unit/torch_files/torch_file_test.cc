#include "torch_files/torch_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/serialize.h>

#include <string>
#include <vector>

namespace trackfit::torch_files {
namespace {

using ::testing::HasSubstr;

constexpr char kElements = 77;  // a number that occurs twice: in the storage and as the tensor's size
constexpr const char* kPickledElements = "KM";

std::string Saved(const c10::IValue& value) {
  const std::vector<char> bytes = torch::pickle_save(value);
  return {bytes.begin(), bytes.end()};
}

std::string SavedTensor() {
  c10::Dict<std::string, torch::Tensor> dict;
  dict.insert("w", torch::ones({kElements}));
  dict.insert("empty", torch::ones({0, 33, 4}));
  return Saved(dict);
}

absl::StatusOr<c10::IValue> Load(const std::string& bytes) {
  return LoadPickle({bytes.begin(), bytes.end()});
}

std::string LoadError(const std::string& bytes) {
  const absl::Status status = Load(bytes).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  return std::string(status.message());
}

TEST(LoadPickle, GivesWhatLibTorchSaved) {
  const auto loaded = Load(SavedTensor());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_TRUE(loaded->toGenericDict().at("w").toTensor().equal(torch::ones({kElements})));
}

TEST(LoadPickle, RefusesATensorThatLeavesItsStorage) {
  std::string bytes = SavedTensor();
  const size_t storage = bytes.find(kPickledElements), size = bytes.find(kPickledElements, storage + 1);
  ASSERT_NE(size, std::string::npos);
  ++bytes[size + 1];
  EXPECT_THAT(LoadError(bytes), HasSubstr("lies outside its storage"));
}

TEST(LoadPickle, RefusesAStorageThatIsLongerThanItsRecord) {
  std::string bytes = SavedTensor();
  ++bytes[bytes.find(kPickledElements) + 1];
  EXPECT_THAT(LoadError(bytes), HasSubstr("is too short"));
}

TEST(LoadPickle, RefusesCompressedRecords) {
  std::string bytes = SavedTensor();
  constexpr size_t kMethod = 10, kSize = 24;  // of an entry in the zip's directory
  const size_t entry = bytes.find("PK\x01\x02");
  std::string deflated = bytes;
  deflated[entry + kMethod] = 8;
  EXPECT_THAT(LoadError(deflated), HasSubstr("is compressed"));
  bytes[entry + kSize + 3] = 0x7f;  // two billion bytes when expanded
  EXPECT_THAT(LoadError(bytes), HasSubstr("is compressed"));
}

TEST(LoadPickle, RefusesAPickleOfMoreThan64MiB) {
  EXPECT_THAT(LoadError(Saved(std::string(size_t{64} << 20, 'x'))), HasSubstr("at most 67108864"));
}

TEST(LoadPickle, RefusesOtherFiles) {
  EXPECT_THAT(LoadError(""), HasSubstr("not a zip file"));
  EXPECT_THAT(LoadError("PK\x05\x06"), HasSubstr("not a zip file"));
}

}  // namespace
}  // namespace trackfit::torch_files
