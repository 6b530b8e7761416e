#include "blazepose/image_sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <opencv2/core.hpp>
#include <random>
#include <vector>

#include "support/guarded_memory.h"

namespace trackfit::blazepose {
namespace {

// No two pixels have the same colour.
cv::Mat Pattern(int size) {
  cv::Mat image(size, size, CV_8UC3);
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) image.at<cv::Vec3b>(y, x) = cv::Vec3b(10 * x, 10 * y, 3 * x + 5 * y);
  }
  return image;
}

std::vector<float> Sample(const cv::Mat& image, const RegionOfInterest& region, Border border, int size) {
  std::vector<float> rgb(3 * size * size);
  SampleRegion(image, region, border, {.low = 0, .high = 255}, size, absl::MakeSpan(rgb));
  return rgb;
}

TEST(SampleRegion, ReproducesAWholeImageInRgbOrder) {
  const std::vector<float> rgb = Sample(Pattern(8), Letterbox({8, 8}), Border::kReplicate, 8);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) {
      EXPECT_NEAR(rgb[3 * (8 * y + x)], 3 * x + 5 * y, 1e-3f);
      EXPECT_NEAR(rgb[3 * (8 * y + x) + 1], 10 * y, 1e-3f);
      EXPECT_NEAR(rgb[3 * (8 * y + x) + 2], 10 * x, 1e-3f);
    }
  }
}

TEST(SampleRegion, InterpolatesBetweenPixelCentres) {
  // Half the resolution: every sample lies where four pixels meet.
  const std::vector<float> rgb = Sample(Pattern(8), Letterbox({8, 8}), Border::kReplicate, 4);
  EXPECT_NEAR(rgb[2], 5, 1e-3f);
  EXPECT_NEAR(rgb[3 * 5 + 2], 25, 1e-3f);
  EXPECT_NEAR(rgb[3 * 5 + 1], 25, 1e-3f);
}

TEST(SampleRegion, RotatesWithTheRegion) {
  RegionOfInterest region = Letterbox({8, 8});
  region.rotation = std::numbers::pi_v<float> / 2;
  const std::vector<float> rgb = Sample(Pattern(8), region, Border::kReplicate, 8);
  // The region's upper left corner lies at the image's upper right one.
  EXPECT_NEAR(rgb[2], 70, 1e-3f);
  EXPECT_NEAR(rgb[1], 0, 1e-3f);
  EXPECT_NEAR(rgb[3 * 7 + 2], 70, 1e-3f);
  EXPECT_NEAR(rgb[3 * 7 + 1], 70, 1e-3f);
}

TEST(SampleRegion, FillsTheOutsideAsConfigured) {
  const cv::Mat white(4, 4, CV_8UC3, cv::Scalar(200, 200, 200));
  const RegionOfInterest twice = Letterbox({4, 4}).Expanded(2);
  EXPECT_NEAR(Sample(white, twice, Border::kBlack, 8)[0], 0, 1e-3f);
  EXPECT_NEAR(Sample(white, twice, Border::kReplicate, 8)[0], 200, 1e-3f);
  EXPECT_NEAR(Sample(white, twice, Border::kBlack, 8)[3 * (8 * 4 + 4)], 200, 1e-3f);
}

// Found by the fuzz target: so far away positions are rounded by as much as pixels are apart.
TEST(SampleRegion, StaysWithinTheImageHoweverFarTheRegionReaches) {
  const cv::Mat image = Pattern(20);
  for (const float rotation : {0.0F, 0.3F, -6645093.0F}) {
    for (const float side : {-6645032.0F, 300001.7F, 9e6F}) {
      for (const float value : Sample(image, {{32, 5e-41F}, side, rotation}, Border::kReplicate, 24)) {
        EXPECT_GE(value, -0.01F) << side << " " << rotation;
        EXPECT_LE(value, 255.01F) << side << " " << rotation;
      }
    }
  }
}

TEST(SampleRegion, MapsBytesToTheGivenRange) {
  std::vector<float> rgb(3);
  SampleRegion(cv::Mat(2, 2, CV_8UC3, cv::Scalar(0, 255, 51)), Letterbox({2, 2}), Border::kBlack,
               {.low = -1, .high = 1}, 1, absl::MakeSpan(rgb));
  EXPECT_NEAR(rgb[0], -0.6f, 1e-6f);
  EXPECT_NEAR(rgb[1], 1.0f, 1e-6f);
  EXPECT_NEAR(rgb[2], -1.0f, 1e-6f);
}

TEST(SampleRegion, ReadsPartsOfLargerImages) {
  const cv::Mat part = Pattern(16)(cv::Rect(3, 2, 8, 8));
  EXPECT_EQ(Sample(part, Letterbox({8, 8}), Border::kReplicate, 8),
            Sample(part.clone(), Letterbox({8, 8}), Border::kReplicate, 8));
}

// An image of noise with guard pages before its first and after its last pixel; must fill whole pages.
class GuardedPicture {
 public:
  GuardedPicture(int width, int height)
      : memory_(static_cast<size_t>(width) * height * 3), bgr_(height, width, CV_8UC3, memory_.data()) {
    cv::randu(bgr_, 0, 256);
  }

  const cv::Mat& bgr() const { return bgr_; }

 private:
  testing::GuardedMemory memory_;
  cv::Mat bgr_;
};

// Crops with one sample exactly on an edge of the image, or of the part that kernels can sample, before
// rounding.
class CropsAtEdges {
 public:
  explicit CropsAtEdges(int size) : size_(size) {}

  RegionOfInterest Next(cv::Size picture) {
    RegionOfInterest region;
    region.side = std::exp(Uniform(0, 7));
    region.rotation = Uniform(-std::numbers::pi_v<float>, std::numbers::pi_v<float>);
    const cv::Point2f sample((Whole(size_) + 0.5f) / static_cast<float>(size_),
                             (Whole(size_) + 0.5f) / static_cast<float>(size_));
    region.center = cv::Point2f(Position(picture.width), Position(picture.height)) - region.ToImage(sample);
    return region;
  }

 private:
  float Uniform(float low, float high) { return std::uniform_real_distribution<float>(low, high)(random_); }
  float Whole(int end) { return static_cast<float>(std::uniform_int_distribution<int>(0, end - 1)(random_)); }
  // Offset of a sample from the image's edge, along an axis of so many pixels.
  float Position(int pixels) {
    if (Whole(3) == 0) return Uniform(-2, static_cast<float>(pixels) + 2);
    return (Whole(2) == 0 ? 1 : static_cast<float>(pixels)) + Whole(5) - 2.5f;
  }

  const int size_;
  std::mt19937 random_{7};
};

class SampleRegionWith : public ::testing::TestWithParam<const tflite::Kernels*> {};

INSTANTIATE_TEST_SUITE_P(Cpu, SampleRegionWith,
                         ::testing::Values(&tflite::BestKernels(), &tflite::PortableKernels()),
                         [](const auto& kind) { return kind.index == 0 ? "Best" : "Portable"; });

TEST_P(SampleRegionWith, ReadsNothingBeyondTheImageHoweverSumsRound) {
  // Sample 224 of row 117 lies at y = 718.99994 if the product is rounded before the sum, at 719 with a fused
  // multiply-add.
  const GuardedPicture picture(1280, 720);
  const RegionOfInterest region = {{911.969604f, 495.104004f}, 706.54834f, 1.10123348f};
  std::vector<float> rgb(3 * 256 * 256);
  SampleRegion(picture.bgr(), region, Border::kReplicate, {.low = 0, .high = 1}, 256, absl::MakeSpan(rgb),
               *GetParam());
  EXPECT_THAT(rgb, ::testing::Each(::testing::AllOf(::testing::Ge(-1e-3f), ::testing::Le(1 + 1e-3f))));
}

TEST_P(SampleRegionWith, ReadsNothingBeyondTheImageInAMillionCropsAtItsEdges) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr int kCrops = 50'000;
#else
  constexpr int kCrops = 1'000'000;
#endif
  constexpr int kSize = 8;
  const GuardedPicture pictures[] = {{64, 64},  {128, 32}, {1024, 4},  {4, 1024},
                                     {4096, 1}, {1, 4096}, {1280, 720}};
  CropsAtEdges crops(kSize);
  std::vector<float> rgb(3 * kSize * kSize);
  float lowest = 1, highest = 0;
  for (int i = 0; i < kCrops; ++i) {
    const cv::Mat& bgr = pictures[i % std::size(pictures)].bgr();
    SampleRegion(bgr, crops.Next(bgr.size()), i % 2 == 0 ? Border::kReplicate : Border::kBlack,
                 {.low = 0, .high = 1}, kSize, absl::MakeSpan(rgb), *GetParam());
    const auto [low, high] = std::minmax_element(rgb.begin(), rgb.end());
    lowest = std::min(lowest, *low);
    highest = std::max(highest, *high);
  }
  EXPECT_GE(lowest, -1e-3f);
  EXPECT_LE(highest, 1 + 1e-3f);
}

TEST_P(SampleRegionWith, IsContinuousAtTheLastPixels) {
  // A row of samples that leaves the image: neighbours differ by no more than their distance allows.
  cv::Mat ramp(64, 64, CV_8UC3);
  for (int y = 0; y < 64; ++y) ramp.row(y).setTo(cv::Scalar(4 * y, 4 * y, 4 * y));
  constexpr int kSize = 512;
  std::vector<float> rgb(3 * kSize * kSize);
  const RegionOfInterest region = {{32, 61}, 16, std::numbers::pi_v<float> / 2};
  SampleRegion(ramp, region, Border::kReplicate, {.low = 0, .high = 255}, kSize, absl::MakeSpan(rgb),
               *GetParam());
  for (size_t i = 3; i < 3 * kSize; i += 3) {
    EXPECT_NEAR(rgb[i], rgb[i - 3], 4.0f * 16 / kSize + 1e-3f) << "sample " << i / 3;
  }
}

TEST_P(SampleRegionWith, FillsNonFiniteRegionsWithBlack) {
  const float nan = std::numeric_limits<float>::quiet_NaN(),
              infinity = std::numeric_limits<float>::infinity();
  const cv::Mat white(16, 16, CV_8UC3, cv::Scalar(255, 255, 255));
  for (const RegionOfInterest& region :
       {RegionOfInterest{{nan, 8}, 16, 0}, RegionOfInterest{{8, infinity}, 16, 0},
        RegionOfInterest{{8, 8}, infinity, 0}, RegionOfInterest{{8, 8}, 3e38f, 1},
        RegionOfInterest{{8, 8}, 16, nan}}) {
    std::vector<float> rgb(3 * 4 * 4, 7);
    SampleRegion(white, region, Border::kReplicate, {.low = -1, .high = 1}, 4, absl::MakeSpan(rgb),
                 *GetParam());
    EXPECT_THAT(rgb, ::testing::Each(-1.0f));
  }
}

}  // namespace
}  // namespace trackfit::blazepose
