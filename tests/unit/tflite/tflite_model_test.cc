#include "tflite/tflite_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "tflite/network.h"
#include "tiny_model.h"
#include "unit/blazepose/models.h"

namespace trackfit::tflite {
namespace {

using ::testing::HasSubstr;

const std::filesystem::path kFolder = trackfit::testing::kBlazePoseFolder;

std::vector<uint8_t> ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(TfliteModel, ReadsShapesWeightsAndOptions) {
  const auto model =
      TfliteModel::Parse(trackfit::testing::WriteTinyModel(trackfit::testing::SummingConvolution()));
  ASSERT_TRUE(model.ok()) << model.status();
  ASSERT_EQ(model->operators().size(), 1u);
  const TfliteOperator& op = model->operators()[0];
  EXPECT_EQ(op.kind, OperatorKind::kConv2d);
  EXPECT_EQ(op.stride_height, 2);
  EXPECT_EQ(op.padding, Padding::kSame);
  EXPECT_EQ(model->tensors()[op.inputs[1]].floats, std::vector<float>(9, 1.0f));
  EXPECT_EQ(model->tensors()[op.output].shape, (std::vector<int>{1, 2, 2, 1}));
  EXPECT_FALSE(model->tensors()[op.output].is_constant);
}

TEST(TfliteModel, ExpandsHalfPrecisionAndSparseWeightsOfTheDetector) {
  const auto model = TfliteModel::Load(kFolder / "pose_detection.tflite");
  ASSERT_TRUE(model.ok()) << model.status();
  size_t weights = 0, zeros = 0;
  for (const TfliteOperator& op : model->operators()) {
    if (op.kind != OperatorKind::kConv2d) continue;
    const TfliteTensor& filter = model->tensors()[op.inputs[1]];
    ASSERT_EQ(filter.floats.size(), filter.ElementCount());
    weights += filter.floats.size();
    for (const float weight : filter.floats) zeros += weight == 0;
  }
  EXPECT_EQ(weights, 2'748'568u);
  EXPECT_GT(zeros, weights / 2);  // the pruned ones
}

TEST(TfliteModel, RefusesTruncatedFiles) {
  const std::vector<uint8_t> whole = ReadFile(kFolder / "pose_landmark_lite.tflite");
  ASSERT_GT(whole.size(), 1'000'000u) << "run tools/setup";
  for (size_t part = 0; part < 16; ++part) {
    const size_t length = part * whole.size() / 16;
    const std::vector<uint8_t> piece(whole.begin(), whole.begin() + length);
    EXPECT_EQ(TfliteModel::Parse(piece).status().code(), absl::StatusCode::kInvalidArgument)
        << length << " bytes";
  }
}

TEST(TfliteModel, RefusesEveryTruncationOfASmallFile) {
  const std::vector<uint8_t> whole =
      trackfit::testing::WriteTinyModel(trackfit::testing::SummingConvolution());
  for (size_t length = 0; length + 4 < whole.size(); ++length) {
    const std::vector<uint8_t> piece(whole.begin(), whole.begin() + length);
    EXPECT_FALSE(TfliteModel::Parse(piece).ok()) << length << " bytes";
  }
}

TEST(TfliteModel, RefusesATensorOfMoreThanSixDimensions) {
  trackfit::testing::TinyConvolution deep = trackfit::testing::SummingConvolution();
  deep.input_shape = {1, 1, 1, 1, 4, 4, 1};
  const absl::Status status = TfliteModel::Parse(trackfit::testing::WriteTinyModel(deep)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("7 dimensions; at most 6"));
}

// A megabyte in the file that a chain of operators would expand to a gigabyte.
TEST(TfliteModel, RefusesConstantsThatGrowWithoutLimit) {
  trackfit::testing::TinyConvolution convolution = trackfit::testing::SummingConvolution();
  convolution.filter_shape = {1, 512, 512, 1};
  convolution.filter.assign(512 * 512, 1.0f);
  convolution.dequantized = 20;
  const auto small = TfliteModel::Parse(trackfit::testing::WriteTinyModel(convolution));
  EXPECT_TRUE(small.ok()) << small.status();
  convolution.dequantized = 1000;
  const absl::Status status = TfliteModel::Parse(trackfit::testing::WriteTinyModel(convolution)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("constants take more than 268435456 bytes"));
}

// A small file in which thousands of tensors share one long name.
TEST(TfliteModel, RefusesNamesThatGrowWithoutLimit) {
  using trackfit::testing::TableWriter;
  const auto file = [](size_t tensors, size_t name_bytes) {
    flatbuffers::FlatBufferBuilder builder;
    const auto name = builder.CreateString(std::string(name_bytes, 'n'));
    const auto shape = builder.CreateVector(std::vector<int32_t>{1});
    const auto tensor = TableWriter(builder).Child(0, shape).Child(3, name).End();
    const auto all = builder.CreateVector(std::vector<TableWriter::Offset>(tensors, tensor));
    const std::vector<TableWriter::Offset> subgraph = {TableWriter(builder).Child(0, all).End()};
    const std::vector<TableWriter::Offset> buffer = {TableWriter(builder).End()};
    const auto subgraphs = builder.CreateVector(subgraph), buffers = builder.CreateVector(buffer);
    builder.Finish(TableWriter(builder).Child(2, subgraphs).Child(4, buffers).End(), "TFL3");
    return std::vector<uint8_t>(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  };
  EXPECT_TRUE(TfliteModel::Parse(file(1000, 10'000)).ok());
  const absl::Status status = TfliteModel::Parse(file(10'000, 10'000)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("names, shapes and indices take more than 33554432"));
}

// A damaged file may still be a valid network; then reading, planning and running it must be safe.
TEST(TfliteModel, SurvivesAnyDamagedByte) {
  const std::vector<uint8_t> whole =
      trackfit::testing::WriteTinyModel(trackfit::testing::SummingConvolution());
  int refused = 0;
  for (size_t position = 0; position < whole.size(); ++position) {
    for (const uint8_t damage : {0x01, 0x10, 0x80, 0xff}) {
      std::vector<uint8_t> damaged = whole;
      damaged[position] ^= damage;
      auto model = TfliteModel::Parse(damaged);
      if (!model.ok()) {
        ++refused;
        continue;
      }
      auto network = Network::Create(*model, {0});
      if (network.ok()) network->Run();
    }
  }
  EXPECT_GT(refused, 100);
}

TEST(TfliteModel, RefusesOtherFiles) {
  const std::vector<uint8_t> text(1000, 'x');
  EXPECT_THAT(std::string(TfliteModel::Parse(text).status().message()), HasSubstr("TFL3"));
}

TEST(TfliteModel, NamesAMissingFile) {
  const absl::Status status = TfliteModel::Load("no/such/file.tflite").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no/such/file.tflite"));
}

}  // namespace
}  // namespace trackfit::tflite
