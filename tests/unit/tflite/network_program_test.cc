#include "tflite/network_program.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "unit/blazepose/models.h"

namespace trackfit::tflite {
namespace {

TEST(AllocateFloats, AlignsToTheLinesOrHugePagesThatTheyFill) {
  const auto address = [](const FloatArray& floats) { return reinterpret_cast<uintptr_t>(floats.get()); };
  const FloatArray few = AllocateFloats(100), many = AllocateFloats(size_t{3} << 18);
  EXPECT_EQ(address(few) % 64, 0u);
  EXPECT_EQ(address(many) % (size_t{1} << 21), 0u);
  for (size_t i = 0; i < size_t{3} << 18; i += 1000) EXPECT_EQ(many[i], 0.0f) << i;
}

// Weights that exceed the cache come from memory in every turn.
TEST(NetworkProgram, ReadsTheHeavyModelsWeightsLittleMoreThanOnce) {
  const auto model = TfliteModel::Load(std::filesystem::path(trackfit::testing::kBlazePoseFolder) /
                                       "pose_landmark_heavy.tflite");
  ASSERT_TRUE(model.ok()) << model.status() << ": run tools/setup";
  const auto program = NetworkProgram::Make(*model, {0}, BestKernels());
  ASSERT_TRUE(program.ok()) << program.status();
  double read = 0;
  for (const RowStep& step : (*program)->steps) {
    const PlanNode& node = (*program)->nodes[static_cast<size_t>(step.producer)].node;
    if (node.kind == NodeKind::kConvolution) {
      read += static_cast<double>(model->tensors()[static_cast<size_t>(node.filter)].ElementCount());
    }
  }
  EXPECT_LT(read, 1.5 * static_cast<double>((*program)->weight_floats));
}

}  // namespace
}  // namespace trackfit::tflite
