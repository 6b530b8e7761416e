#include "blazepose/image_sampler.h"

#include <gtest/gtest.h>

#include <numbers>
#include <vector>

namespace trackfit::blazepose {
namespace {

// Every pixel another colour.
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

TEST(SampleRegion, ReproducesThePixelsOfAWholePictureInRgbOrder) {
  const std::vector<float> rgb = Sample(Pattern(8), Letterbox({8, 8}), Border::kReplicate, 8);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) {
      EXPECT_NEAR(rgb[3 * (8 * y + x)], 3 * x + 5 * y, 1e-3f);
      EXPECT_NEAR(rgb[3 * (8 * y + x) + 1], 10 * y, 1e-3f);
      EXPECT_NEAR(rgb[3 * (8 * y + x) + 2], 10 * x, 1e-3f);
    }
  }
}

TEST(SampleRegion, InterpolatesBetweenPixelMiddles) {
  // Half the resolution: every sample lies where four pixels meet.
  const std::vector<float> rgb = Sample(Pattern(8), Letterbox({8, 8}), Border::kReplicate, 4);
  EXPECT_NEAR(rgb[2], 5, 1e-3f);
  EXPECT_NEAR(rgb[3 * 5 + 2], 25, 1e-3f);
  EXPECT_NEAR(rgb[3 * 5 + 1], 25, 1e-3f);
}

TEST(SampleRegion, TurnsWithTheRegion) {
  RegionOfInterest region = Letterbox({8, 8});
  region.rotation = std::numbers::pi_v<float> / 2;
  const std::vector<float> rgb = Sample(Pattern(8), region, Border::kReplicate, 8);
  // The region's upper left corner lies at the image's upper right one.
  EXPECT_NEAR(rgb[2], 70, 1e-3f);
  EXPECT_NEAR(rgb[1], 0, 1e-3f);
  EXPECT_NEAR(rgb[3 * 7 + 2], 70, 1e-3f);
  EXPECT_NEAR(rgb[3 * 7 + 1], 70, 1e-3f);
}

TEST(SampleRegion, FillsTheOutsideAsAsked) {
  const cv::Mat white(4, 4, CV_8UC3, cv::Scalar(200, 200, 200));
  const RegionOfInterest twice = Letterbox({4, 4}).Expanded(2);
  EXPECT_NEAR(Sample(white, twice, Border::kBlack, 8)[0], 0, 1e-3f);
  EXPECT_NEAR(Sample(white, twice, Border::kReplicate, 8)[0], 200, 1e-3f);
  EXPECT_NEAR(Sample(white, twice, Border::kBlack, 8)[3 * (8 * 4 + 4)], 200, 1e-3f);
}

TEST(SampleRegion, MapsBytesToTheWantedRange) {
  std::vector<float> rgb(3);
  SampleRegion(cv::Mat(2, 2, CV_8UC3, cv::Scalar(0, 255, 51)), Letterbox({2, 2}), Border::kBlack,
               {.low = -1, .high = 1}, 1, absl::MakeSpan(rgb));
  EXPECT_NEAR(rgb[0], -0.6f, 1e-6f);
  EXPECT_NEAR(rgb[1], 1.0f, 1e-6f);
  EXPECT_NEAR(rgb[2], -1.0f, 1e-6f);
}

TEST(SampleRegion, ReadsPartsOfLargerPictures) {
  const cv::Mat part = Pattern(16)(cv::Rect(3, 2, 8, 8));
  EXPECT_EQ(Sample(part, Letterbox({8, 8}), Border::kReplicate, 8),
            Sample(part.clone(), Letterbox({8, 8}), Border::kReplicate, 8));
}

}  // namespace
}  // namespace trackfit::blazepose
