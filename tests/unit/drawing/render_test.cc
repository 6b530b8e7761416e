#include "drawing/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "support/messages.h"
#include "support/scratch_folder.h"
#include "support/video_files.h"

namespace trackfit::drawing {
namespace {

constexpr int kFrames = 20;

client::SessionRecord RecordOf(int frames) {
  client::SessionRecord record(true);
  for (int i = 0; i < frames; ++i) {
    v1::AnalyzeResponse result = testing::ResultOf(static_cast<uint64_t>(i), v1::FRAME_STATUS_POSE);
    *result.mutable_frame_result()->mutable_pose() = testing::StandingPoseMessage();
    record.Add(result);
  }
  record.Add(testing::ResponseOf(testing::PushUp(0, static_cast<uint64_t>(frames) - 1, 70)));
  return record;
}

std::vector<int64_t> TimesOf(int frames) {
  std::vector<int64_t> times;
  for (int i = 0; i < frames; ++i) times.push_back(i * 40'000);
  return times;
}

TEST(RenderSize, IsEvenAndLegibleAndNotHuge) {
  EXPECT_EQ(RenderSize({480, 270}), cv::Size(960, 540));
  EXPECT_EQ(RenderSize({270, 480}), cv::Size(540, 960));
  EXPECT_EQ(RenderSize({1920, 1080}), cv::Size(1920, 1080));
  EXPECT_EQ(RenderSize({3840, 2160}), cv::Size(1920, 1080));
  EXPECT_EQ(RenderSize({641, 481}), cv::Size(642, 482));
  EXPECT_EQ(RenderSize({100, 100}), cv::Size(300, 300));
}

TEST(RenderVideo, WritesEveryFrameAtTheSourcesRate) {
  const testing::ScratchFolder scratch;
  testing::WriteVideo(scratch.File("in.mp4"), kFrames, 25, {160, 120});
  const auto source = media::OpenFrameSource({scratch.File("in.mp4")});
  ASSERT_TRUE(source.ok());
  int64_t last = 0;
  const absl::Status status =
      RenderVideo(**source, RecordOf(kFrames), TimesOf(kFrames), scratch.File("out.mp4"), [&](int64_t done) {
        last = done;
        return true;
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(last, kFrames);
  cv::VideoCapture written(scratch.File("out.mp4"));
  ASSERT_TRUE(written.isOpened());
  EXPECT_DOUBLE_EQ(written.get(cv::CAP_PROP_FPS), 25);
  EXPECT_EQ(written.get(cv::CAP_PROP_FRAME_WIDTH), 480);
  cv::Mat frame;
  int count = 0;
  while (written.read(frame)) ++count;
  EXPECT_EQ(count, kFrames);
}

TEST(RenderVideo, StopsWhenToldAndLeavesAPlayableFile) {
  const testing::ScratchFolder scratch;
  testing::WriteVideo(scratch.File("in.mp4"), kFrames, 25, {160, 120});
  const auto source = media::OpenFrameSource({scratch.File("in.mp4")});
  ASSERT_TRUE(source.ok());
  ASSERT_TRUE(
      RenderVideo(**source, RecordOf(kFrames), TimesOf(kFrames), scratch.File("out.mp4"), [](int64_t done) {
        return done < 5;
      }).ok());
  cv::VideoCapture written(scratch.File("out.mp4"));
  cv::Mat frame;
  int count = 0;
  while (written.read(frame)) ++count;
  EXPECT_EQ(count, 5);
}

TEST(RenderVideo, FitsPicturesOfOtherShapesBetweenBars) {
  const testing::ScratchFolder scratch;
  cv::imwrite(scratch.File("1.png"), cv::Mat(480, 640, CV_8UC3, cv::Scalar::all(200)));
  cv::imwrite(scratch.File("2.png"), cv::Mat(640, 480, CV_8UC3, cv::Scalar::all(200)));
  const auto source = media::OpenFrameSource({scratch.path()}, 25);
  ASSERT_TRUE(source.ok());
  ASSERT_TRUE(
      RenderVideo(**source, client::SessionRecord(true), TimesOf(2), scratch.File("out.mp4"), [](int64_t) {
        return true;
      }).ok());
  cv::VideoCapture written(scratch.File("out.mp4"));
  cv::Mat first;
  cv::Mat second;
  ASSERT_TRUE(written.read(first));
  ASSERT_TRUE(written.read(second));
  EXPECT_EQ(second.size(), cv::Size(640, 480));
  EXPECT_NEAR(first.at<cv::Vec3b>(240, 20)[1], 200, 12);
  EXPECT_NEAR(second.at<cv::Vec3b>(240, 20)[1], 0, 12);
  EXPECT_NEAR(second.at<cv::Vec3b>(240, 320)[1], 200, 12);
}

TEST(RenderVideo, SaysThatTheSourceHasBecomeShorter) {
  const testing::ScratchFolder scratch;
  testing::WriteVideo(scratch.File("in.mp4"), 3, 25, {160, 120});
  const auto source = media::OpenFrameSource({scratch.File("in.mp4")});
  ASSERT_TRUE(source.ok());
  const absl::Status status =
      RenderVideo(**source, RecordOf(4), TimesOf(4), scratch.File("out.mp4"), [](int64_t) { return true; });
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("in.mp4 gave 3 of 4 frames"));
}

TEST(RenderVideo, SaysWhereItCannotWrite) {
  const testing::ScratchFolder scratch;
  testing::WriteVideo(scratch.File("in.mp4"), 3, 25, {160, 120});
  const auto source = media::OpenFrameSource({scratch.File("in.mp4")});
  ASSERT_TRUE(source.ok());
  const absl::Status status =
      RenderVideo(**source, RecordOf(3), TimesOf(3), "/nowhere/out.mp4", [](int64_t) { return true; });
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("/nowhere/out.mp4"));
}

}  // namespace
}  // namespace trackfit::drawing
