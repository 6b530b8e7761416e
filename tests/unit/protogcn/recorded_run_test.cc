#include "protogcn/recorded_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "protogcn/archive_io.h"
#include "support/scratch_folder.h"
#include "support/small_network.h"
#include "torch_files/npy.h"

namespace trackfit::protogcn {
namespace {

torch_files::Array Input(std::vector<int64_t> shape) {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  std::vector<float> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<float>(i % 7) / 7);
  return {.shape = std::move(shape), .values = std::move(values)};
}

class RecordedRun : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status saved =
        SaveArchive(model_, testing::MakeNetwork(testing::SmallConfig()), testing::SmallMetadata());
    ASSERT_TRUE(saved.ok()) << saved;
  }

  absl::Status Run(const torch_files::Array& input) {
    EXPECT_TRUE(torch_files::WriteNpy(input_, input).ok());
    return RunRecorded(model_, input_, folder_.path());
  }

  const testing::ScratchFolder folder_;
  const std::string model_ = folder_.File("model.pt"), input_ = folder_.File("input.npy");
};

TEST_F(RecordedRun, WritesEveryOutputOfABatchOfAnyLength) {
  const absl::Status status = Run(Input({2, 1, 24, 20, 3}));
  ASSERT_TRUE(status.ok()) << status;
  const std::vector<int64_t> shapes[] = {{2, 3}, {2, 48}, {2, 400}, {2, 400, 10}};
  for (size_t i = 0; i < std::size(shapes); ++i) {
    const auto output = torch_files::ReadNpy(folder_.File(kRecordedOutputs[i]));
    ASSERT_TRUE(output.ok()) << output.status();
    EXPECT_EQ(output->shape, shapes[i]) << kRecordedOutputs[i];
  }
}

TEST_F(RecordedRun, RefusesAnInputOfAnotherShape) {
  EXPECT_THAT(std::string(Run(Input({1, 1, 16, 33, 3})).message()),
              ::testing::EndsWith("has shape (1, 1, 16, 33, 3); expected (N, 1, T, 20, 3)"));
  EXPECT_EQ(Run(Input({16, 20, 3})).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(folder_.File(kRecordedOutputs[0])));
}

}  // namespace
}  // namespace trackfit::protogcn
