#include "media/frame_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <opencv2/imgcodecs.hpp>

#include "media/container.h"
#include "support/scratch_folder.h"
#include "support/video_files.h"

namespace trackfit::media {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<SourceFrame> ReadAll(FrameSource& source) {
  std::vector<SourceFrame> frames;
  while (true) {
    absl::StatusOr<std::optional<SourceFrame>> frame = source.Next();
    EXPECT_TRUE(frame.ok()) << frame.status();
    if (!frame.ok() || !frame->has_value()) return frames;
    frames.push_back(**frame);
  }
}

std::string ErrorOf(const std::vector<std::string>& inputs, std::optional<double> fps = std::nullopt) {
  const auto source = OpenFrameSource(inputs, fps);
  EXPECT_FALSE(source.ok());
  return std::string(source.status().message());
}

TEST(FrameClock, UsesTheVideosOwnTimestamps) {
  FrameClock clock(30);
  EXPECT_EQ(clock.Next(0), 0);
  EXPECT_EQ(clock.Next(40), 40'000);
  EXPECT_EQ(clock.Next(120.5), 120'500);
}

TEST(FrameClock, CountsFramesWhenTimestampsStandStill) {
  FrameClock clock(50);
  EXPECT_EQ(clock.Next(0), 0);
  EXPECT_EQ(clock.Next(0), 20'000);
  EXPECT_EQ(clock.Next(0), 40'000);
}

TEST(FrameClock, KeepsIncreasingWhenTimestampsAreGarbage) {
  FrameClock clock(25);
  std::vector<int64_t> times;
  for (const double claimed :
       {-5.0, 40.0, std::nan(""), 10.0, std::numeric_limits<double>::infinity(), 1e300, 500.0}) {
    times.push_back(clock.Next(claimed));
  }
  EXPECT_THAT(times, ElementsAre(0, 40'000, 80'000, 120'000, 160'000, 200'000, 500'000));
}

TEST(ValidFpsOr, RejectsImplausibleRates) {
  EXPECT_EQ(ValidFpsOr(59.94), 59.94);
  for (const double fps : {90'000.0, 0.0, -30.0, std::nan("")}) {
    EXPECT_EQ(ValidFpsOr(fps), kDefaultFps);
    EXPECT_EQ(ValidFpsOr(fps, 25), 25);
  }
}

TEST(FrameSource, ReadsAVideoWithItsTimestamps) {
  const testing::ScratchFolder scratch;
  testing::WriteVideo(scratch.File("clip.mp4"), 12, 25, {64, 48});
  const auto source = OpenFrameSource({scratch.File("clip.mp4")});
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ((*source)->info().frame_count, 12);
  EXPECT_DOUBLE_EQ((*source)->info().fps, 25);
  EXPECT_FALSE((*source)->info().is_live);
  const std::vector<SourceFrame> frames = ReadAll(**source);
  ASSERT_EQ(frames.size(), 12U);
  for (size_t i = 0; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].timestamp_us, static_cast<int64_t>(i) * 40'000);
    EXPECT_NEAR(frames[i].image.at<cv::Vec3b>(24, 32)[1], 60 + 2 * static_cast<int>(i), 4);
  }
}

TEST(FrameSource, UsesTheGivenRateForAVideo) {
  const testing::ScratchFolder scratch;
  testing::WriteVideo(scratch.File("clip.mp4"), 4, 1, {64, 48});
  const auto source = OpenFrameSource({scratch.File("clip.mp4")}, 30);
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ((*source)->info().fps, 30);
  std::vector<int64_t> times;
  for (const SourceFrame& frame : ReadAll(**source)) times.push_back(frame.timestamp_us);
  EXPECT_THAT(times, ElementsAre(0, 33'333, 66'667, 100'000));
  EXPECT_THAT((*source)->warnings(), IsEmpty()) << "it is as long as it says";
}

TEST(FrameSource, RejectsARateForACamera) {
  EXPECT_THAT(ErrorOf({"camera:99"}, 30), HasSubstr("--fps: the frames of camera:99 are timed as they come"));
}

TEST(FrameSource, ReadsAVideoWhoseNameLooksLikeAnAddress) {
  const testing::ScratchFolder scratch;
  testing::WriteVideo(scratch.File("clip.mp4"), 2, 25, {64, 48});
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(scratch.path());
  std::filesystem::rename("clip.mp4", "12:30.mp4");
  const auto source = OpenFrameSource({"12:30.mp4"});
  std::filesystem::current_path(before);
  EXPECT_TRUE(source.ok()) << source.status();
}

// The source's warnings after its last frame.
std::vector<std::string> WarningsOf(const std::string& path) {
  const auto source = OpenFrameSource({path});
  EXPECT_TRUE(source.ok()) << source.status();
  if (!source.ok()) return {};
  EXPECT_THAT((*source)->warnings(), IsEmpty()) << "the end is not known yet";
  EXPECT_FALSE(ReadAll(**source).empty());
  return (*source)->warnings();
}

TEST(FrameSource, WarnsThatAVideoEndsEarly) {
  const testing::ScratchFolder scratch;
  for (const char* name : {"clip.mp4", "clip.mov", "clip.mkv", "clip.avi", "clip.webm", "clip.flv"}) {
    testing::WriteTestPattern(scratch.File(name), "-movflags faststart -g 10");
    EXPECT_THAT(WarningsOf(scratch.File(name)), IsEmpty()) << name;
    testing::CutOff(scratch.File(name));
    EXPECT_THAT(WarningsOf(scratch.File(name)), ElementsAre(HasSubstr("of 2.0 s can be read"))) << name;
  }
}

TEST(FrameSource, WarnsThatTheLastFramesOfTheIndexAreMissing) {
  const testing::ScratchFolder scratch;
  testing::WriteTestPattern(scratch.File("clip.mp4"), "-movflags faststart -g 10");
  std::filesystem::resize_file(scratch.File("clip.mp4"),
                               std::filesystem::file_size(scratch.File("clip.mp4")) - 1000);
  EXPECT_THAT(WarningsOf(scratch.File("clip.mp4")), ElementsAre(HasSubstr("ends early")));
}

TEST(FrameSource, DoesNotWarnAboutFewerFramesThanClaimed) {
  const testing::ScratchFolder scratch;
  testing::WriteTestPattern(scratch.File("clip.mp4"), "-g 50");
  testing::RunFfmpeg("-ss 1 -i " + scratch.File("clip.mp4") + " -c copy " + scratch.File("trimmed.mp4"));
  EXPECT_THAT(WarningsOf(scratch.File("trimmed.mp4")), IsEmpty());
  testing::WriteTestPattern(scratch.File("variable.mkv"),
                            "-t 20 -vf \"select='lt(n,20)+not(mod(n,4))'\" -vsync vfr");
  EXPECT_THAT(WarningsOf(scratch.File("variable.mkv")), IsEmpty());
  testing::WriteTestPattern(scratch.File("fields.avi"), "-c:v libx264");
  EXPECT_THAT(WarningsOf(scratch.File("fields.avi")), IsEmpty());
}

TEST(FrameSource, DoesNotWarnAboutALongLastFrame) {
  const testing::ScratchFolder scratch;
  testing::WriteTestPattern(scratch.File("all.mp4"), "-bf 0 -bsf:v \"noise=drop='gt(n,25)*lt(n,49)'\"");
  testing::RunFfmpeg("-i " + scratch.File("all.mp4") + " -t 1.9 -c copy " + scratch.File("still.mp4"));
  EXPECT_NEAR(ReadContainer(scratch.File("still.mp4")).duration_seconds, 1.96, 0.01)
      << "1.04 to the last picture";
  EXPECT_THAT(WarningsOf(scratch.File("still.mp4")), IsEmpty());
}

TEST(FrameSource, DoesNotWarnAboutLongerAudio) {
  const testing::ScratchFolder scratch;
  for (const char* name : {"clip.mkv", "clip.webm", "clip.flv", "clip.ts", "clip.mp4", "clip.avi"}) {
    testing::WriteTestPattern(scratch.File(name),
                              "-f lavfi -i sine=duration=4 -movflags frag_keyframe+empty_moov -g 10");
    EXPECT_THAT(WarningsOf(scratch.File(name)), IsEmpty()) << name;
    if (std::string(name) == "clip.ts" || std::string(name) == "clip.mp4")
      continue;  // these have no duration
    std::filesystem::resize_file(scratch.File(name), std::filesystem::file_size(scratch.File(name)) * 3 / 10);
    EXPECT_THAT(WarningsOf(scratch.File(name)), ElementsAre(HasSubstr("ends early"))) << name;
  }
}

TEST(FrameSource, ReadsAFolderOfImagesInNaturalOrder) {
  const testing::ScratchFolder scratch;
  for (const int i : {10, 9, 1}) {
    cv::imwrite(scratch.File("frame" + std::to_string(i) + ".png"),
                cv::Mat(20, 30, CV_8UC3, cv::Scalar::all(i)));
  }
  std::ofstream(scratch.File("notes.txt")) << "not a picture";
  const auto source = OpenFrameSource({scratch.path()}, 10);
  ASSERT_TRUE(source.ok()) << source.status();
  const std::vector<SourceFrame> frames = ReadAll(**source);
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(frames[0].image.at<cv::Vec3b>(0, 0)[0], 1);
  EXPECT_EQ(frames[1].image.at<cv::Vec3b>(0, 0)[0], 9);
  EXPECT_EQ(frames[2].image.at<cv::Vec3b>(0, 0)[0], 10);
  EXPECT_EQ(frames[2].timestamp_us, 200'000);
}

TEST(FrameSource, ReadsImagesInTheGivenOrder) {
  const testing::ScratchFolder scratch;
  cv::imwrite(scratch.File("b.png"), cv::Mat(20, 30, CV_8UC3, cv::Scalar::all(2)));
  cv::imwrite(scratch.File("a.png"), cv::Mat(20, 30, CV_8UC3, cv::Scalar::all(1)));
  const auto source = OpenFrameSource({scratch.File("b.png"), scratch.File("a.png")});
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ(ReadAll(**source).front().image.at<cv::Vec3b>(0, 0)[0], 2);
}

TEST(FrameSource, NamesTheMissingFile) {
  EXPECT_THAT(ErrorOf({"/nowhere/clip.mp4"}), HasSubstr("/nowhere/clip.mp4: no such file"));
  EXPECT_THAT(ErrorOf({"/nowhere/a.jpg", "/nowhere/b.jpg"}), HasSubstr("/nowhere/a.jpg: no such file"));
}

TEST(FrameSource, RefusesFilesThatAreNotVideos) {
  const testing::ScratchFolder scratch;
  std::ofstream(scratch.File("clip.mp4")) << "not a video";
  EXPECT_THAT(ErrorOf({scratch.File("clip.mp4")}), HasSubstr("as a video"));
}

TEST(FrameSource, RefusesTwoVideosAtOnce) {
  const testing::ScratchFolder scratch;
  testing::WriteVideo(scratch.File("clip.mp4"), 2, 25, {64, 48});
  EXPECT_THAT(ErrorOf({scratch.File("clip.mp4"), scratch.File("clip.mp4")}), HasSubstr("name one video"));
}

TEST(FrameSource, RefusesAnEmptyFolderAndAnAbsurdRate) {
  const testing::ScratchFolder scratch;
  EXPECT_THAT(ErrorOf({scratch.path()}), HasSubstr("holds no pictures"));
  EXPECT_THAT(ErrorOf({scratch.path()}, 0), HasSubstr("--fps"));
}

// libjpeg would fill what is missing with grey and say so on a line of its own.
TEST(FrameSource, RefusesAPictureThatIsCutOff) {
  const testing::ScratchFolder scratch;
  for (const char* name : {"1.jpg", "2.jpg"}) {
    cv::Mat noise(240, 320, CV_8UC3);
    cv::randu(noise, 0, 255);
    cv::imwrite(scratch.File(name), noise);
  }
  std::filesystem::resize_file(scratch.File("2.jpg"), std::filesystem::file_size(scratch.File("2.jpg")) / 2);
  const auto source = OpenFrameSource({scratch.path()});
  ASSERT_TRUE(source.ok()) << source.status();
  ASSERT_TRUE((*source)->Next().ok());
  EXPECT_THAT(
      std::string((*source)->Next().status().message()),
      AllOf(HasSubstr("2.jpg"), HasSubstr("it is a JPEG file that is cut off"), HasSubstr("leave it out")));
}

TEST(FrameSource, WarnsOfAPictureThatLacksOnlyItsEnd) {
  const testing::ScratchFolder scratch;
  cv::imwrite(scratch.File("1.jpg"), cv::Mat(20, 30, CV_8UC3, cv::Scalar::all(1)));
  std::filesystem::resize_file(scratch.File("1.jpg"), std::filesystem::file_size(scratch.File("1.jpg")) - 2);
  const auto source = OpenFrameSource({scratch.path()});
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ(ReadAll(**source).size(), 1U);
  EXPECT_THAT((*source)->warnings(), ElementsAre(HasSubstr("1.jpg")));
}

TEST(FrameSource, NamesTheImageThatCannotBeRead) {
  const testing::ScratchFolder scratch;
  std::ofstream(scratch.File("broken.jpg")) << "no JPEG";
  const auto source = OpenFrameSource({scratch.File("broken.jpg")});
  ASSERT_TRUE(source.ok());
  EXPECT_THAT(std::string((*source)->Next().status().message()), HasSubstr("broken.jpg"));
}

}  // namespace
}  // namespace trackfit::media
