#include "dataset_building/pose_grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <utility>

namespace trackfit::dataset_building {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Frames at given times.
class TimedFrames : public media::FrameSource {
 public:
  explicit TimedFrames(std::vector<int64_t> times_us) : times_us_(std::move(times_us)) {}

  const media::SourceInfo& info() const override { return info_; }
  absl::StatusOr<std::optional<media::SourceFrame>> Next() override {
    if (next_ == times_us_.size()) return std::nullopt;
    return media::SourceFrame{times_us_[next_++], {}};
  }

 private:
  media::SourceInfo info_;
  std::vector<int64_t> times_us_;
  size_t next_ = 0;
};

std::vector<int64_t> GridTimes(std::vector<int64_t> times_us, double fps) {
  TimedFrames frames(std::move(times_us));
  GridTimedSource source(frames, fps);
  std::vector<int64_t> times;
  for (auto frame = source.Next(); frame.ok() && frame->has_value(); frame = source.Next()) {
    times.push_back((*frame)->timestamp_us);
  }
  return times;
}

skeleton::Pose PoseAt(int64_t timestamp_us, float x) {
  skeleton::Pose pose = NobodyAt(timestamp_us, {640, 480});
  pose.landmarks.fill({x, x, x, 1, 1});
  return pose;
}

std::vector<float> Xs(const std::vector<skeleton::Pose>& poses) {
  std::vector<float> xs;
  for (const skeleton::Pose& pose : poses) {
    const float x = pose.landmarks[0].x;
    xs.push_back(std::isnan(x) ? -1 : x);
  }
  return xs;
}

TEST(GridTimedSource, GivesAConstantRateItsExactTimes) {
  EXPECT_THAT(GridTimes({0, 33'000, 67'000, 100'000, 133'000}, 30),
              ElementsAre(0, 33'333, 66'667, 100'000, 133'333));
}

TEST(GridTimedSource, StartsAtZeroAndKeepsTheGapOfADroppedFrame) {
  EXPECT_THAT(GridTimes({80'000, 120'000, 200'000}, 25), ElementsAre(0, 40'000, 120'000));
}

TEST(GridTimedSource, LeavesATimeThatIsOffTheGrid) {
  EXPECT_THAT(GridTimes({0, 55'000, 80'000}, 25), ElementsAre(0, 55'000, 80'000));
}

TEST(OnGrid, LeavesAConstantRateAsItIs) {
  const std::vector<skeleton::Pose> frames = {PoseAt(0, 0.1F), PoseAt(33'333, 0.3F),
                                              NobodyAt(66'667, {640, 480}), PoseAt(100'000, 0.7F)};
  const auto grid = OnGrid(frames, 30);
  ASSERT_TRUE(grid.ok()) << grid.status();
  EXPECT_THAT(Xs(*grid), ElementsAre(0.1F, 0.3F, -1, 0.7F));
}

TEST(OnGrid, InterpolatesAVariableRateAtItsOwnTimes) {
  const auto grid = OnGrid({PoseAt(0, 0), PoseAt(50'000, 0.5F), PoseAt(300'000, 3)}, 10);
  ASSERT_TRUE(grid.ok()) << grid.status();
  EXPECT_THAT(Xs(*grid), ElementsAre(0, testing::FloatEq(1), testing::FloatEq(2), testing::FloatEq(3)));
  EXPECT_EQ((*grid)[1].timestamp_us, 100'000);
}

TEST(OnGrid, HasNobodyWhereNobodyIsSeenForLongerThanHalfASecond) {
  const auto grid =
      OnGrid({PoseAt(0, 0), NobodyAt(250'000, {640, 480}), PoseAt(510'000, 5), PoseAt(600'000, 6)}, 10);
  ASSERT_TRUE(grid.ok()) << grid.status();
  EXPECT_THAT(Xs(*grid), ElementsAre(0, -1, -1, -1, -1, -1, 6));
  EXPECT_EQ((*grid)[3].image_width, 640);
}

TEST(OnGrid, RefusesTimesThatLeap) {
  const auto grid = OnGrid({PoseAt(0, 0), PoseAt(1'000'000'000'000, 1)}, 30);
  EXPECT_EQ(grid.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(grid.status().message()), HasSubstr("its times leap: 2 frames"));
}

}  // namespace
}  // namespace trackfit::dataset_building
