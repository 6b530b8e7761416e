#include "dataset_building/video_variant.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace trackfit::dataset_building {
namespace {

using ::testing::ElementsAre;

// A grey picture with a white square in its upper left corner.
cv::Mat Corner(int width = 120, int height = 80) {
  cv::Mat image(height, width, CV_8UC3, cv::Scalar::all(100));
  image(cv::Rect(0, 0, 20, 20)).setTo(cv::Scalar::all(250));
  return image;
}

int At(const cv::Mat& image, int x, int y) { return image.at<cv::Vec3b>(y, x)[0]; }

// Frames at 30 Hz that number themselves by their grey.
class CountingSource : public media::FrameSource {
 public:
  explicit CountingSource(int frames) : frames_(frames) {
    info_.fps = 30;
    info_.frame_count = frames;
  }
  const media::SourceInfo& info() const override { return info_; }
  absl::StatusOr<std::optional<media::SourceFrame>> Next() override {
    if (next_ == frames_) return std::nullopt;
    const int number = next_++;
    return media::SourceFrame{.timestamp_us = number * 33'333,
                              .image = cv::Mat(64, 64, CV_8UC3, cv::Scalar::all(number))};
  }

 private:
  media::SourceInfo info_;
  int frames_;
  int next_ = 0;
};

std::vector<int> NumbersOf(const VideoVariant& variant, int frames) {
  CountingSource source(frames);
  VariantSource changed(source, variant);
  std::vector<int> numbers;
  for (;;) {
    const auto frame = changed.Next();
    EXPECT_TRUE(frame.ok());
    if (!frame.ok() || !frame->has_value()) return numbers;
    numbers.push_back(At((*frame)->image, 0, 0));
    EXPECT_EQ((*frame)->timestamp_us, numbers.back() * 33'333);
  }
}

TEST(VideoVariant, ChangesNothingByDefault) {
  const cv::Mat image = Corner();
  EXPECT_EQ(cv::norm(ChangePicture(image, {}), image, cv::NORM_INF), 0);
  EXPECT_EQ(VideoVariant().Describe(), "full");
  EXPECT_EQ(NumbersOf({}, 5).size(), 5U);
}

TEST(VideoVariant, MirrorsCropsScalesAndRollsThePicture) {
  VideoVariant variant;
  variant.mirrored = true;
  EXPECT_EQ(At(ChangePicture(Corner(), variant), 115, 5), 250);
  EXPECT_EQ(At(ChangePicture(Corner(), variant), 5, 5), 100);

  variant = {};
  variant.crop = {0.5, 0.25, 0.5, 0.75};
  EXPECT_EQ(ChangePicture(Corner(), variant).size(), cv::Size(60, 60));
  EXPECT_EQ(At(ChangePicture(Corner(), variant), 5, 5), 100);

  variant = {};
  variant.scale = 0.5;
  EXPECT_EQ(ChangePicture(Corner(), variant).size(), cv::Size(60, 40));
  EXPECT_EQ(At(ChangePicture(Corner(), variant), 5, 5), 250);

  variant = {};
  variant.roll_degrees = 90;  // clockwise: the corner goes from the left to the top right
  const cv::Mat rolled = ChangePicture(Corner(80, 80), variant);
  EXPECT_EQ(At(rolled, 75, 5), 250);
  EXPECT_EQ(At(rolled, 5, 5), 100);
}

TEST(VideoVariant, ChangesLightSharpnessAndCompression) {
  VideoVariant variant;
  variant.contrast = 1.5;
  variant.brightness = -20;
  EXPECT_EQ(At(ChangePicture(Corner(), variant), 60, 60), 130);
  variant = {};
  variant.blur = 1.5;
  const int edge = At(ChangePicture(Corner(), variant), 19, 10);
  EXPECT_GT(edge, 120);
  EXPECT_LT(edge, 230);
  variant = {};
  variant.jpeg_quality = 30;
  const double difference = cv::norm(ChangePicture(Corner(), variant), Corner(), cv::NORM_INF);
  EXPECT_GT(difference, 0);
  EXPECT_LT(difference, 60);
}

TEST(VideoVariant, KeepsPicturesThatRemainLargeEnoughForAPerson) {
  VideoVariant variant;
  variant.crop = {0.45, 0.45, 0.1, 0.1};
  variant.scale = 0.1;
  const cv::Mat changed = ChangePicture(Corner(), variant);
  EXPECT_GE(changed.cols, 32);
  EXPECT_GE(changed.rows, 32);
}

TEST(VariantSource, ThinsOutToARate) {
  VideoVariant variant;
  variant.fps = 10;
  EXPECT_THAT(NumbersOf(variant, 10), ElementsAre(0, 3, 6, 9));
  variant.fps = 20;  // of the 30 pictures of a second
  EXPECT_EQ(NumbersOf(variant, 30).size(), 20U);
  variant.fps = 60;
  EXPECT_EQ(NumbersOf(variant, 10).size(), 10U);
}

TEST(VariantSource, TellsTheRateThatIsLeft) {
  CountingSource source(3);
  VideoVariant variant;
  variant.fps = 12;
  EXPECT_EQ(VariantSource(source, variant).info().fps, 12);
  variant.fps = 60;
  EXPECT_EQ(VariantSource(source, variant).info().fps, 30);
}

TEST(VariantSource, DropsAShareOfThePictures) {
  VideoVariant variant;
  variant.dropped = 0.2;
  variant.seed = 3;
  const std::vector<int> numbers = NumbersOf(variant, 200);
  EXPECT_NEAR(static_cast<double>(numbers.size()), 160, 20);
  EXPECT_EQ(numbers.front(), 0);
  EXPECT_EQ(NumbersOf(variant, 200), numbers);
  variant.seed = 4;
  EXPECT_NE(NumbersOf(variant, 200), numbers);
}

TEST(DrawVariant, IsTheSameForTheSameSeedIdAndNumber) {
  EXPECT_EQ(DrawVariant(1, "a", 1).Describe(), DrawVariant(1, "a", 1).Describe());
  std::set<std::string> different;
  for (int number = 1; number <= 10; ++number) different.insert(DrawVariant(1, "a", number).Describe());
  EXPECT_GE(different.size(), 9U);
  EXPECT_NE(DrawVariant(1, "a", 1).seed, DrawVariant(2, "a", 1).seed);
  EXPECT_NE(DrawVariant(1, "a", 1).seed, DrawVariant(1, "b", 1).seed);
}

TEST(DrawVariant, HasEachKindOfChangeInAboutAThird) {
  int mirrored = 0, cropped = 0, slower = 0, lite = 0, heavy = 0;
  for (int number = 1; number <= 600; ++number) {
    const VideoVariant variant = DrawVariant(1, "a", number);
    mirrored += variant.mirrored ? 1 : 0;
    cropped += variant.crop.width < 1 ? 1 : 0;
    slower += variant.fps > 0 ? 1 : 0;
    lite += variant.model == "lite" ? 1 : 0;
    heavy += variant.model == "heavy" ? 1 : 0;
    EXPECT_LE(variant.crop.x + variant.crop.width, 1);
    EXPECT_LE(variant.crop.y + variant.crop.height, 1);
  }
  for (const int count : {mirrored, cropped, slower}) EXPECT_NEAR(count, 200, 40);
  EXPECT_NEAR(lite, 120, 35);
  EXPECT_NEAR(heavy, 60, 25);
}

}  // namespace
}  // namespace trackfit::dataset_building
