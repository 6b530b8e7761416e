#include "training/form_fitting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace trackfit::training {
namespace {

// Correct where the hips are near the line, incorrect where they sag or stick up; the knees tell nothing.
std::vector<MeasuredClip> Clips(int count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  std::vector<MeasuredClip> clips;
  for (int i = 0; i < count; ++i) {
    MeasuredClip& clip = clips.emplace_back();
    clip.correct = i % 2 == 0;
    const float hips = clip.correct ? 0 : i % 4 == 1 ? -0.4F : 0.4F;
    for (int window = 0; window < 3; ++window) {
      skeleton::Measurements& measures = clip.windows.emplace_back();
      measures.fill(NAN);
      measures[skeleton::kHips] = hips + 0.1F * normal(random);
      measures[skeleton::kKneeAngle] = 170 + 5 * normal(random);
    }
  }
  return clips;
}

TEST(FitForm, LearnsThatBothTooLowAndTooHighAreWrong) {
  const protogcn::FormModel model = FitForm(Clips(80, 1));
  ASSERT_TRUE(model.Validate().ok()) << model.Validate();
  int right = 0;
  const std::vector<MeasuredClip> unseen = Clips(80, 2);
  for (const MeasuredClip& clip : unseen)
    right += (*model.Logit(clip.windows[0]) > 0) == clip.correct ? 1 : 0;
  EXPECT_GE(right, 76);
  const protogcn::FormModel::Curve& hips = model.curves.at(skeleton::kHips);
  EXPECT_GT(hips.At(0), hips.At(-0.4F));
  EXPECT_GT(hips.At(0), hips.At(0.4F));
  const protogcn::FormModel::Curve& knees = model.curves.at(skeleton::kKneeAngle);
  EXPECT_LT(std::abs(knees.At(175) - knees.At(165)), 0.3F * (hips.At(0) - hips.At(0.4F)));
  EXPECT_FALSE(model.curves.contains(skeleton::kLean)) << "nobody measured it";
}

TEST(FitForm, DoesNotLearnFromAHandfulOfClips) {
  EXPECT_TRUE(FitForm(Clips(2 * kMinFormClips - 2, 1)).empty());
  EXPECT_FALSE(FitForm(Clips(2 * kMinFormClips, 1)).empty());
  EXPECT_TRUE(FitForm({}).empty());
}

TEST(JudgedByOtherFolds, TellsWhatHoldsForOthersFromWhatDoesNot) {
  std::vector<MeasuredClip> clips = Clips(200, 1);
  for (size_t i = 0; i < clips.size(); ++i) clips[i].fold = static_cast<int>(i / 2 % 5);
  const auto share_right = [](const LogitsOfOthers& judged) {
    const auto above = [](double logit) { return logit > 0; };
    return 0.5 * static_cast<double>(std::ranges::count_if(judged.correct, above)) / judged.correct.size() +
           0.5 -
           0.5 * static_cast<double>(std::ranges::count_if(judged.incorrect, above)) /
               judged.incorrect.size();
  };
  const LogitsOfOthers judged = JudgedByOtherFolds(clips);
  EXPECT_EQ(judged.correct.size() + judged.incorrect.size(), clips.size());
  EXPECT_GT(share_right(judged), 0.9);

  // In one half of the folds correct means what incorrect means in the other.
  for (MeasuredClip& clip : clips) clip.fold %= 2;
  for (MeasuredClip& clip : clips) clip.correct ^= clip.fold == 1;
  EXPECT_LT(share_right(JudgedByOtherFolds(clips)), 0.2);
}

TEST(JudgedByOtherFolds, JudgesNobodyWithoutOthers) {
  const LogitsOfOthers judged = JudgedByOtherFolds(Clips(80, 1));
  EXPECT_TRUE(judged.correct.empty());
  EXPECT_TRUE(judged.incorrect.empty());
}

TEST(FitForm, ManyClipsOfOneSideDoNotDrownTheOther) {
  std::vector<MeasuredClip> clips = Clips(200, 1);
  std::erase_if(clips, [n = 0](const MeasuredClip& clip) mutable { return !clip.correct && ++n > 20; });
  const protogcn::FormModel model = FitForm(clips);
  skeleton::Measurements sagging;
  sagging.fill(NAN);
  sagging[skeleton::kHips] = -0.4F;
  EXPECT_LT(*model.Logit(sagging), 0);
}

TEST(CorrectLogits, AreThoseOfTheCorrectWindowsInOrder) {
  const std::vector<MeasuredClip> clips = Clips(40, 1);
  const std::vector<float> logits = CorrectLogits(FitForm(clips), clips);
  EXPECT_EQ(logits.size(), 60U);
  EXPECT_TRUE(std::is_sorted(logits.begin(), logits.end()));
}

TEST(MeasureClip, CutsWindowsAsServingDoes) {
  dataset::Clip clip;
  clip.form = "correct";
  clip.fps = 30;
  for (int i = 0; i < 100; ++i) {
    skeleton::Pose& pose = clip.poses.emplace_back();
    pose.timestamp_us = i * 33'333;
    for (skeleton::Landmark& landmark : pose.landmarks) landmark = {0.5F, 0.5F, 0, 1, 1};
  }
  EXPECT_EQ(MeasureClip(clip, 100, 30).windows.size(), 3U) << "after 60, 75 and 90 poses";
  clip.poses.resize(40);
  EXPECT_EQ(MeasureClip(clip, 100, 30).windows.size(), 1U) << "all of a short one";
}

}  // namespace
}  // namespace trackfit::training
