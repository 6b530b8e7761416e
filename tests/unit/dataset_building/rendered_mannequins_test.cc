#include "dataset_building/rendered_mannequins.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>

namespace trackfit::dataset_building {
namespace {

namespace fs = std::filesystem;

std::string FreshFolder(const std::string& name) {
  const fs::path folder = fs::path(::testing::TempDir()) / ("trackfit_mannequins_" + name);
  fs::remove_all(folder);
  return folder.string();
}

// One squat, as short as can be.
std::vector<MannequinPlan> OneSquat() {
  MannequinPlan plan;
  plan.motion = {.exercise = "squat", .fault = "shallow", .repetitions = 1, .seed = 5};
  plan.motion.repetition_seconds = 0.5;
  plan.motion.lead_in_seconds = plan.motion.lead_out_seconds = 0;
  plan.width = plan.height = 160;
  return {plan};
}

TEST(PlanMannequins, HalfOfEachExerciseIsCorrectAndAllFaultsOccur) {
  std::map<std::string, int> clips, faulty;
  std::map<std::string, std::set<std::string>> faults;
  for (const MannequinPlan& plan : PlanMannequins(8, 1)) {
    ++clips[plan.motion.exercise];
    if (plan.motion.fault.empty()) continue;
    ++faulty[plan.motion.exercise];
    faults[plan.motion.exercise].insert(plan.motion.fault);
  }
  for (const synthesis::ExerciseInfo& exercise : synthesis::Exercises()) {
    const bool background = exercise.kind == synthesis::ExerciseKind::kBackground;
    EXPECT_EQ(clips[exercise.name], background ? 2 : 8) << exercise.name;
    EXPECT_EQ(faulty[exercise.name], background ? 0 : 4) << exercise.name;
    EXPECT_EQ(faults[exercise.name].size(), exercise.faults.size()) << exercise.name;
  }
}

TEST(PlanMannequins, EachHasItsOwnPersonAndMoreClipsBeginWithTheFewer) {
  const std::vector<MannequinPlan> few = PlanMannequins(4, 1), more = PlanMannequins(8, 1);
  std::set<std::string> ids;
  std::set<uint64_t> seeds;
  for (const MannequinPlan& plan : more) {
    ids.insert(plan.Id());
    seeds.insert(plan.motion.seed);
  }
  EXPECT_EQ(ids.size(), more.size());
  EXPECT_EQ(seeds.size(), more.size());
  for (size_t i = 0; i < few.size(); ++i) EXPECT_EQ(few[i].Id(), more[i].Id());
  EXPECT_NE(few[0].Id(), PlanMannequins(4, 2)[0].Id());
}

TEST(PlanMannequins, ClipsAreAboutAWindowLong) {
  for (const MannequinPlan& plan : PlanMannequins(4, 3)) {
    const auto motion = synthesis::SynthesizeMotion(plan.motion);
    ASSERT_TRUE(motion.ok()) << motion.status();
    EXPECT_GT(motion->frames.size(), 55U) << plan.Id();
    EXPECT_LT(motion->frames.size(), 145U) << plan.Id();
  }
}

TEST(MannequinStudio, RendersWhatIsMissingAndKeepsWhatIsDone) {
  const MannequinOptions options{.cache = FreshFolder("cache"), .poses = {.model = "lite"}, .jobs = 1};
  auto studio = MannequinStudio::Open(OneSquat(), options);
  ASSERT_TRUE(studio.ok()) << studio.status();
  EXPECT_EQ(studio->pending(), 1U);
  const int64_t frames = studio->PendingFrames();
  int64_t rendered = 0;
  const auto clips = studio->Run({.interrupted = {}, .on_frame = [&](int64_t done) { rendered = done; }});
  if (absl::IsNotFound(clips.status())) GTEST_SKIP() << clips.status();
  ASSERT_TRUE(clips.ok()) << clips.status();
  EXPECT_EQ(rendered, frames);
  ASSERT_EQ(clips->size(), 1U);
  const dataset::Clip& clip = clips->front();
  EXPECT_EQ(clip.kind, dataset::SourceKind::kMannequin);
  EXPECT_EQ(clip.exercise, "squat");
  EXPECT_EQ(clip.form, "incorrect");
  EXPECT_EQ(clip.fault, "shallow");
  EXPECT_EQ(clip.group, "mannequin_5");
  EXPECT_FALSE(clip.wrong_joints.empty());
  EXPECT_EQ(static_cast<int64_t>(clip.poses.size()), frames);

  auto again = MannequinStudio::Open(OneSquat(), options);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->pending(), 0U);
  const auto kept = again->Run({});
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->front().poses.back().landmarks[skeleton::kNose].x,
            clip.poses.back().landmarks[skeleton::kNose].x);
}

TEST(MannequinStudio, EndsWhenInterrupted) {
  auto studio = MannequinStudio::Open(
      OneSquat(), {.cache = FreshFolder("interrupted"), .poses = {.model = "lite"}, .jobs = 1});
  ASSERT_TRUE(studio.ok()) << studio.status();
  const auto clips = studio->Run({.interrupted = [] { return true; }, .on_frame = {}});
  if (absl::IsNotFound(clips.status())) GTEST_SKIP() << clips.status();
  EXPECT_EQ(clips.status().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace trackfit::dataset_building
