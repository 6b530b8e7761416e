#include "media/foreign_video.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/scratch_folder.h"
#include "support/video_files.h"

namespace trackfit::media {
namespace {

using ::testing::HasSubstr;
using testing::RunFfmpeg;
using testing::WriteTestPattern;

class ForeignVideoTest : public ::testing::Test {
 protected:
  std::string File(const std::string& name) const { return folder_.File(name); }
  std::string ErrorOf(const std::string& name, const ForeignLimits& limits = {}) const {
    const auto video = OpenForeignVideo(File(name), std::nullopt, limits);
    EXPECT_EQ(video.status().code(), absl::StatusCode::kInvalidArgument) << name;
    return std::string(video.status().message());
  }

  const testing::ScratchFolder folder_;
};

std::vector<int64_t> TimesOf(FrameSource& source) {
  std::vector<int64_t> times;
  for (auto frame = source.Next(); frame.ok() && frame->has_value(); frame = source.Next())
    times.push_back((*frame)->timestamp_us);
  return times;
}

TEST_F(ForeignVideoTest, ReadsWhatOpenFrameSourceReads) {
  for (const std::string name : {"a.mp4", "a.mov", "a.mkv", "a.webm", "a.avi", "a.ts", "a.flv"}) {
    WriteTestPattern(File(name));
    const auto own = OpenFrameSource({File(name)});
    const auto foreign = OpenForeignVideo(File(name), std::nullopt);
    ASSERT_TRUE(foreign.ok()) << name << ": " << foreign.status();
    const std::vector<int64_t> times = TimesOf(**foreign);
    EXPECT_EQ(times, TimesOf(**own)) << name;
    EXPECT_GE(times.size(), 49U) << name;
  }
}

TEST_F(ForeignVideoTest, ReadsAFileWithoutAName) {
  WriteTestPattern(File("a.mp4"));
  const int file = open(File("a.mp4").c_str(), O_RDONLY | O_CLOEXEC);
  std::filesystem::remove(File("a.mp4"));
  const auto video = OpenForeignVideo("/proc/self/fd/" + std::to_string(file), 10);
  ASSERT_TRUE(video.ok()) << video.status();
  EXPECT_EQ((*video)->info().fps, 10);
  EXPECT_EQ(TimesOf(**video).size(), 50U);
  close(file);
}

TEST_F(ForeignVideoTest, RefusesWhatIsNoVideo) {
  std::ofstream(File("text.mp4")) << "this is a text";
  std::ofstream(File("empty.mp4")) << "";
  RunFfmpeg("-f lavfi -i sine=duration=1 " + File("sound.mp4"));
  for (const std::string name : {"text.mp4", "empty.mp4", "sound.mp4"}) {
    EXPECT_THAT(ErrorOf(name), HasSubstr("cannot be read as a video"));
  }
}

// The frame index comes first, so that ffmpeg knows what there would be.
TEST_F(ForeignVideoTest, RefusesAVideoWithoutFrames) {
  WriteTestPattern(File("a.mp4"), "-movflags faststart");
  std::filesystem::resize_file(File("a.mp4"), 2000);
  EXPECT_NE(ErrorOf("a.mp4"), "");
}

// Whatever else is on the disk: OpenFrameSource() reads these.
TEST_F(ForeignVideoTest, RefusesWhatNamesOtherFiles) {
  WriteTestPattern(File("secret.ts"));
  std::ofstream(File("playlist.mp4"))
      << "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nsecret.ts\n#EXT-X-ENDLIST\n";
  std::ofstream(File("script.mp4")) << "ffconcat version 1.0\nfile secret.ts\n";
  for (const std::string name : {"playlist.mp4", "script.mp4"}) {
    EXPECT_TRUE(OpenFrameSource({File(name)}).ok()) << name;
    EXPECT_THAT(ErrorOf(name), HasSubstr("cannot be read as a video"));
  }
}

// Some containers say how large the frames are, others do not.
TEST_F(ForeignVideoTest, RefusesFramesThatAreTooLarge) {
  for (const std::string name : {"a.mp4", "a.ts"}) {
    WriteTestPattern(File(name));
    EXPECT_TRUE(OpenForeignVideo(File(name), std::nullopt, {.max_pixels = 64 * 48}).ok()) << name;
    EXPECT_EQ(ErrorOf(name, {.max_pixels = 64 * 48 - 1}),
              "the video's frames have 3072 pixels; at most 3071 are accepted: send it smaller");
  }
}

}  // namespace
}  // namespace trackfit::media
