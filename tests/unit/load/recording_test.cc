#include "load/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "support/scratch_folder.h"
#include "support/video_files.h"

namespace trackfit::load {
namespace {

TEST(Recording, GoesToTheEndAndBack) {
  Recording recording;
  recording.frames.resize(4);
  std::vector<std::size_t> shown;
  for (uint64_t sequence = 0; sequence < 9; ++sequence) shown.push_back(recording.IndexOf(sequence));
  EXPECT_THAT(shown, ::testing::ElementsAre(0, 1, 2, 3, 2, 1, 0, 1, 2));
  recording.frames.resize(1);
  EXPECT_EQ(recording.IndexOf(7), 0U);
}

TEST(Recording, PicksFramesAtItsRateAndNumbersThem) {
  const testing::ScratchFolder scratch;
  testing::WriteVideo(scratch.File("v.mp4"), 50, 25, {64, 48});
  const auto slower = ReadRecording(scratch.File("v.mp4"), 10, 20, {});
  ASSERT_TRUE(slower.ok()) << slower.status();
  EXPECT_EQ(slower->frames.size(), 20U);
  EXPECT_EQ(slower->name, "v.mp4");
  EXPECT_EQ(slower->FrameRequest(21).frame().sequence(), 21U);
  EXPECT_EQ(slower->FrameRequest(21).frame().timestamp_us(), 2'100'000);
  EXPECT_EQ(slower->FrameRequest(21).frame().encoded(), slower->frames[17].encoded());
  EXPECT_NE(slower->frames[17].encoded(), slower->frames[16].encoded());
  const auto faster = ReadRecording(scratch.File("v.mp4"), 50, 1, {});
  ASSERT_TRUE(faster.ok()) << faster.status();
  EXPECT_NEAR(static_cast<double>(faster->frames.size()), 51, 1) << "one second, every frame twice";
}

TEST(Recording, SaysWhichVideoCannotBeRead) {
  const auto missing = ReadRecording("/nowhere/v.mp4", 10, 20, {});
  EXPECT_THAT(std::string(missing.status().message()), ::testing::HasSubstr("/nowhere/v.mp4"));
}

}  // namespace
}  // namespace trackfit::load
