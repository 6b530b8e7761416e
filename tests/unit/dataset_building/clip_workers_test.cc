#include "dataset_building/clip_workers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "dataset_building/pose_extraction.h"

namespace trackfit::dataset_building {
namespace {

using ::testing::ElementsAre;

class ClipWorkersTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto engine = LoadPoseEngine({.model = "lite"});
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = std::make_unique<blazepose::PoseEngine>(*std::move(engine));
  }
  static void TearDownTestSuite() { engine_.reset(); }

  static std::unique_ptr<blazepose::PoseEngine> engine_;
};

std::unique_ptr<blazepose::PoseEngine> ClipWorkersTest::engine_;

TEST_F(ClipWorkersTest, BeginTheClipsInOrderAndDoEachOnce) {
  ClipWorkers workers(*engine_, 1, {});
  std::vector<size_t> begun;
  const auto status = workers.Run(4, [&](size_t clip, blazepose::PoseEngine&) {
    begun.push_back(clip);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_THAT(begun, ElementsAre(0, 1, 2, 3));
  EXPECT_FALSE(workers.stopped());
}

TEST_F(ClipWorkersTest, CountTheFramesOfAllClipsWithoutGapsOnAnyNumberOfThreads) {
  std::vector<int64_t> counted;
  ClipWorkers workers(*engine_, 3,
                      {.interrupted = {}, .on_frame = [&](int64_t done) { counted.push_back(done); }});
  std::set<const blazepose::PoseEngine*> engines;
  const auto status = workers.Run(6, [&](size_t, blazepose::PoseEngine& engine) {
    for (int frame = 0; frame < 50; ++frame) EXPECT_TRUE(workers.CountFrame());
    const std::scoped_lock lock(workers.mutex());
    engines.insert(&engine);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  ASSERT_EQ(counted.size(), 300U);
  for (size_t i = 0; i < counted.size(); ++i) EXPECT_EQ(counted[i], static_cast<int64_t>(i) + 1);
  EXPECT_FALSE(engines.contains(engine_.get())) << "each thread has a replica of its own";
}

TEST_F(ClipWorkersTest, EndAtTheFirstErrorAndReturnIt) {
  ClipWorkers workers(*engine_, 1, {});
  std::vector<size_t> begun;
  const auto status = workers.Run(4, [&](size_t clip, blazepose::PoseEngine&) {
    begun.push_back(clip);
    return clip == 1 ? absl::UnavailableError("the disk is full") : absl::OkStatus();
  });
  EXPECT_EQ(status, absl::UnavailableError("the disk is full"));
  EXPECT_THAT(begun, ElementsAre(0, 1));
}

TEST_F(ClipWorkersTest, EndWithoutAnErrorWhenAnInterruptedJobGivesUpQuietly) {
  bool interrupted = false;
  int64_t frames = 0;
  ClipWorkers workers(
      *engine_, 1,
      {.interrupted = [&] { return interrupted; }, .on_frame = [&](int64_t done) { frames = done; }});
  std::vector<size_t> begun;
  const auto status = workers.Run(4, [&](size_t clip, blazepose::PoseEngine&) {
    begun.push_back(clip);
    EXPECT_EQ(workers.CountFrame(), clip == 0);
    interrupted = true;
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(workers.stopped());
  EXPECT_THAT(begun, ElementsAre(0, 1));
  EXPECT_EQ(frames, 1) << "the frame after the interruption does not count";
}

}  // namespace
}  // namespace trackfit::dataset_building
