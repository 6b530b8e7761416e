#include "tflite/kernels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "tflite/usable_kernels.h"

namespace trackfit::tflite {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Deterministic numbers in [-1, 1), independent of the standard library's generators.
std::vector<float> Numbers(size_t count, uint32_t seed) {
  std::vector<float> numbers(count);
  for (float& number : numbers) {
    seed = seed * 1664525 + 1013904223;
    number = static_cast<float>(seed >> 8) / static_cast<float>(1 << 23) - 1;
  }
  return numbers;
}

class KernelsTest : public ::testing::TestWithParam<const Kernels*> {
 protected:
  const Kernels& kernels() const { return *GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(Cpu, KernelsTest, ::testing::ValuesIn(UsableKernels()),
                         [](const auto& kind) { return std::string(kind.param->name); });

// A convolution computed by its definition: weights[input][channel].
std::vector<float> Convolved(const std::vector<float>& inputs, int pixels, int window, int channels,
                             const std::vector<float>& biases, const std::vector<float>& weights,
                             const std::vector<float>& residuals, Limits limits) {
  std::vector<float> outputs;
  for (int pixel = 0; pixel < pixels; ++pixel) {
    for (int channel = 0; channel < channels; ++channel) {
      double sum = biases[channel] + (residuals.empty() ? 0 : residuals[pixel * channels + channel]);
      for (int k = 0; k < window; ++k) sum += inputs[pixel * window + k] * weights[k * channels + channel];
      outputs.push_back(std::clamp(static_cast<float>(sum), limits.low, limits.high));
    }
  }
  return outputs;
}

std::vector<float> Packed(const Kernels& kernels, int window, int channels, const std::vector<float>& biases,
                          const std::vector<float>& weights) {
  std::vector<float> packed;
  for (int first = 0; first < channels;) {
    const int width = kernels.panel_channels(channels - first);
    packed.insert(packed.end(), biases.begin() + first, biases.begin() + first + width);
    for (int k = 0; k < window; ++k) {
      const auto row = weights.begin() + k * channels + first;
      packed.insert(packed.end(), row, row + width);
    }
    first += width;
  }
  return packed;
}

TEST_P(KernelsTest, ConvolveMatchesTheDefinitionForEveryTileShape) {
  constexpr int kSegments = 2, kSegmentLength = 5, kWindow = kSegments * kSegmentLength;
  for (const int channels : {8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 112}) {
    for (const int pixels : {1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 16, 23, 31}) {
      for (const bool adds : {false, true}) {
        SCOPED_TRACE(std::to_string(channels) + " channels, " + std::to_string(pixels) + " pixels");
        const std::vector<float> inputs = Numbers(pixels * kWindow, 1), biases = Numbers(channels, 2);
        const std::vector<float> weights = Numbers(kWindow * channels, 3);
        const std::vector<float> residuals = adds ? Numbers(pixels * channels, 4) : std::vector<float>();
        const Limits limits = {-0.5f, 1.5f};
        const std::vector<float> packed = Packed(kernels(), kWindow, channels, biases, weights);
        ASSERT_EQ(packed.size(), PackedSize(kWindow, channels));
        std::vector<float> outputs(pixels * channels, -7);
        std::vector<const float*> input_pixels, residual_pixels;
        std::vector<float*> output_pixels;
        for (int segment = 0; segment < kSegments; ++segment) {
          for (int i = 0; i < pixels; ++i) {
            input_pixels.push_back(inputs.data() + i * kWindow + segment * kSegmentLength);
          }
        }
        for (int i = 0; i < pixels; ++i) {
          output_pixels.push_back(outputs.data() + i * channels);
          residual_pixels.push_back(residuals.data() + (adds ? i * channels : 0));
        }
        kernels().convolve({.inputs = input_pixels.data(),
                            .pixels = pixels,
                            .segments = kSegments,
                            .segment_length = kSegmentLength,
                            .weights = packed.data(),
                            .channels = channels,
                            .residuals = adds ? residual_pixels.data() : nullptr,
                            .outputs = output_pixels.data(),
                            .limits = limits});
        EXPECT_THAT(outputs, Pointwise(FloatNear(1e-5f), Convolved(inputs, pixels, kWindow, channels, biases,
                                                                   weights, residuals, limits)));
      }
    }
  }
}

TEST_P(KernelsTest, DepthwiseFiltersChannelsIndependently) {
  constexpr int kChannels = 24;
  for (const int size : {3, 5}) {
    for (const int stride : {1, 2}) {
      for (const int rows : {1, 2}) {
        for (const int pixels : {1, 4, 7}) {
          SCOPED_TRACE(std::to_string(size) + "/" + std::to_string(stride) + ", rows " +
                       std::to_string(rows) + ", pixels " + std::to_string(pixels));
          const int width = (pixels - 1) * stride + size, height = (rows - 1) * stride + size;
          const std::vector<float> input = Numbers(static_cast<size_t>(width) * height * kChannels, 5);
          const std::vector<float> weights = Numbers(PackedSize(size * size, kChannels), 6);
          std::vector<float> outputs(static_cast<size_t>(rows) * pixels * kChannels), expected;
          DepthwiseArgs args{};
          for (int i = 0; i < height; ++i) args.rows[i] = input.data() + i * width * kChannels;
          for (int r = 0; r < rows; ++r) args.outputs[r] = outputs.data() + r * pixels * kChannels;
          args.size = size;
          args.stride = stride;
          args.pixels = pixels;
          args.channels = kChannels;
          args.weights = weights.data();
          args.limits = {0, 6};
          kernels().depthwise(args);
          for (int r = 0; r < rows; ++r) {
            for (int x = 0; x < pixels; ++x) {
              for (int c = 0; c < kChannels; ++c) {
                const int wide = kernels().block_channels, first_wide = c / wide * wide;
                const int block = kChannels - first_wide >= wide ? wide : kLanes;
                const int first = c / block * block;
                const float* of_block = weights.data() + PackedSize(size * size, first) + c - first;
                double sum = of_block[0];
                for (int k = 0; k < size * size; ++k) {
                  const int y = r * stride + k / size, column = x * stride + k % size;
                  sum += of_block[(k + 1) * block] * input[(y * width + column) * kChannels + c];
                }
                expected.push_back(std::clamp(static_cast<float>(sum), 0.0f, 6.0f));
              }
            }
          }
          EXPECT_THAT(outputs, Pointwise(FloatNear(1e-5f), expected));
        }
      }
    }
  }
}

TEST_P(KernelsTest, AddClampsTheSum) {
  const std::vector<float> left = {1, 2, 3, 4, -5, 6, 7, 8}, right = {1, 1, 1, 3, 1, 1, 1, 1};
  std::vector<float> output(8);
  kernels().add({left.data(), right.data(), 8, output.data(), {0, 6}});
  EXPECT_THAT(output, ElementsAre(2, 3, 4, 6, 0, 6, 6, 6));
}

TEST_P(KernelsTest, PoolTakesTheLargestOfEachChannel) {
  std::vector<float> upper(16, -2), lower(16, -3);
  upper[8] = 5;   // channel 0 of the second pixel
  lower[1] = -1;  // channel 1 of the first
  const float* rows[] = {upper.data(), lower.data()};
  std::vector<float> output(8);
  kernels().pool({rows, 2, 2, 8, output.data(), {-kInfinity, kInfinity}});
  EXPECT_THAT(output, ElementsAre(5, -1, -2, -2, -2, -2, -2, -2));
}

TEST_P(KernelsTest, ResizeInterpolatesFourNeighbours) {
  std::vector<float> upper(16, 0), lower(16, 4);
  std::fill(upper.begin() + 8, upper.end(), 2.0f);
  std::fill(lower.begin() + 8, lower.end(), 6.0f);
  const InterpolationTap columns[] = {{0, 1, 0.25f}, {1, 1, 0}};
  std::vector<float> output(16);
  kernels().resize({upper.data(), lower.data(), 0.5f, columns, 2, 8, output.data(), {-kInfinity, kInfinity}});
  EXPECT_FLOAT_EQ(output[0], 2.5f);  // halfway between 0.5 and 4.5
  EXPECT_FLOAT_EQ(output[15], 4.0f);
  kernels().resize({upper.data(), lower.data(), 0.5f, columns, 2, 8, output.data(), {3, 3.5f}});
  EXPECT_FLOAT_EQ(output[0], 3.0f);
  EXPECT_FLOAT_EQ(output[15], 3.5f);
}

}  // namespace
}  // namespace trackfit::tflite
