#include "training/window_sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "exercises/vocabulary.h"
#include "support/test_poses.h"

namespace trackfit::training {
namespace {

dataset::Clip MakeClip(const std::string& id, const std::string& exercise, const std::string& group,
                       int frames) {
  return {.id = id,
          .source = "test",
          .exercise = exercise,
          .form = "correct",
          .fault = "",
          .group = group,
          .fps = frames == 2 ? 0.0 : 30.0,
          .kind = frames == 2 ? dataset::SourceKind::kPhotoPair : dataset::SourceKind::kRecorded,
          .poses = testing::MakePoses(frames)};
}

SamplerConfig SmallConfig() {
  SamplerConfig config;
  config.shape.frames = 20;
  return config;
}

TEST(WindowSampler, DrawsFiniteWindowsOfAllClassesFromSyntheticMotionAlone) {
  const auto sampler = WindowSampler::Create({}, exercises::Builtin().classes(), SmallConfig());
  ASSERT_TRUE(sampler.ok()) << sampler.status();
  Random random(1);
  std::map<int, int> seen;
  for (int i = 0; i < 120; ++i) {
    const Sample sample = sampler->Draw(random);
    ASSERT_EQ(sample.window.size(), 20U * 33U * 3U);
    for (const float value : sample.window) ASSERT_TRUE(std::isfinite(value));
    ++seen[sample.label];
  }
  EXPECT_EQ(seen.size(), exercises::Builtin().classes().size());
}

TEST(WindowSampler, DrawsWindowsOfItsModality) {
  SamplerConfig config = SmallConfig();
  config.shape.modality = skeleton::Modality::kBone;
  const auto sampler = WindowSampler::Create({}, exercises::Builtin().classes(), config);
  Random random(1);
  const std::vector<float> window = sampler->Draw(random).window;
  const size_t centre = static_cast<size_t>(config.shape.layout.centre);
  for (size_t frame = 0; frame < 20; ++frame) EXPECT_EQ(window[(frame * 33 + centre) * 3], 0) << frame;
}

TEST(WindowSampler, BalancesClassesWhateverTheirNumberOfClips) {
  std::vector<dataset::Clip> clips;
  for (int i = 0; i < 50; ++i) clips.push_back(MakeClip("p" + std::to_string(i), "push_up", "p", 40));
  clips.push_back(MakeClip("s", "squat", "s", 2));
  SamplerConfig config = SmallConfig();
  config.synthetic_share = 0;
  const auto sampler = WindowSampler::Create(clips, {"push_up", "squat"}, config);
  ASSERT_TRUE(sampler.ok()) << sampler.status();
  Random random(2);
  int squats = 0;
  for (int i = 0; i < 400; ++i) squats += sampler->Draw(random).label;
  EXPECT_NEAR(squats, 200, 50);
  EXPECT_EQ(sampler->Count(0, dataset::SourceKind::kRecorded), 50);
  EXPECT_EQ(sampler->Count(1, dataset::SourceKind::kPhotoPair), 1);
}

TEST(WindowSampler, DrawsARecordingAsOftenAsOthersHoweverManyVariantsItHas) {
  // All in one group; only the first recording is of correct form.
  std::vector<dataset::Clip> clips = {MakeClip("a", "push_up", "p", 40), MakeClip("b", "push_up", "p", 40)};
  clips.back().form = "incorrect";
  for (int i = 1; i <= 9; ++i) clips.push_back(MakeClip(dataset::VariantId("a", i), "push_up", "p", 40));
  SamplerConfig config = SmallConfig();
  config.synthetic_share = 0;
  const auto sampler = WindowSampler::Create(clips, {"push_up"}, config);
  ASSERT_TRUE(sampler.ok()) << sampler.status();
  Random random(2);
  int correct = 0;
  for (int i = 0; i < 400; ++i) correct += sampler->Draw(random).form;
  EXPECT_NEAR(correct, 200, 40);
  EXPECT_EQ(sampler->Count(0, dataset::SourceKind::kRecorded), 11);
}

TEST(WindowSampler, NamesAClassWithoutClips) {
  SamplerConfig config = SmallConfig();
  config.synthetic_share = 0;
  const auto sampler =
      WindowSampler::Create({MakeClip("p", "push_up", "p", 40)}, {"push_up", "lat_pulldown"}, config);
  EXPECT_THAT(std::string(sampler.status().message()), ::testing::HasSubstr("lat_pulldown"));
}

TEST(WindowSampler, TheSameRandomNumbersGiveTheSameWindow) {
  const auto sampler = WindowSampler::Create({}, exercises::Builtin().classes(), SmallConfig());
  Random a(5), b(5);
  EXPECT_EQ(sampler->Draw(a).window, sampler->Draw(b).window);
}

TEST(WindowSampler, RefusesAnEmptyRangeOfLengths) {
  SamplerConfig config = SmallConfig();
  config.min_source_frames = 80;
  config.max_source_frames = 60;
  EXPECT_EQ(WindowSampler::Create({}, exercises::Builtin().classes(), config).status().code(),
            absl::StatusCode::kInvalidArgument);
}

SamplerConfig OnlyClips() {
  SamplerConfig config = SmallConfig();
  config.synthetic_share = 0;
  return config;
}

TEST(WindowSampler, KnowsTheFormOfLabelledClipsAndOfPhotos) {
  for (const auto& [form, frames, expected] :
       {std::tuple{"correct", 40, 1}, {"incorrect", 40, 0}, {"unknown", 40, -1}, {"unknown", 2, 1}}) {
    dataset::Clip clip = MakeClip("c", "push_up", "g", frames);
    clip.form = form;
    const auto sampler = WindowSampler::Create({clip}, {"push_up"}, OnlyClips());
    Random random(4);
    EXPECT_EQ(sampler->Draw(random).form, expected) << form << ", " << frames << " frames";
  }
}

TEST(WindowSampler, SaysOfAnIncorrectClipOnlyWhatIsKnownOfItsJoints) {
  SamplerConfig config = OnlyClips();
  config.augmentation.mirror_probability = config.augmentation.absence_probability = 0;
  dataset::Clip clip = MakeClip("c", "push_up", "g", 40);
  clip.form = "incorrect";
  Random random(5);
  EXPECT_THAT(WindowSampler::Create({clip}, {"push_up"}, config)->Draw(random).joint_faults,
              ::testing::Each(-1));
  clip.wrong_joints = {skeleton::kLeftHip};
  const auto faults = WindowSampler::Create({clip}, {"push_up"}, config)->Draw(random).joint_faults;
  EXPECT_EQ(faults[skeleton::kLeftHip], 1);
  EXPECT_EQ(faults[skeleton::kRightHip], 0);
}

TEST(WindowSampler, MirrorsTheJointsAtFaultWithTheWindow) {
  SamplerConfig config = OnlyClips();
  config.augmentation.mirror_probability = 1;
  config.augmentation.absence_probability = 0;
  dataset::Clip clip = MakeClip("c", "push_up", "g", 40);
  clip.form = "incorrect";
  clip.wrong_joints = {skeleton::kLeftHip};
  Random random(6);
  const auto faults = WindowSampler::Create({clip}, {"push_up"}, config)->Draw(random).joint_faults;
  EXPECT_EQ(faults[skeleton::kLeftHip], 0);
  EXPECT_EQ(faults[skeleton::kRightHip], 1);
}

TEST(WindowSampler, TellsOfAnAbsentJointNothing) {
  SamplerConfig config = OnlyClips();
  config.augmentation.absence_probability = config.augmentation.mirror_probability = 0;
  dataset::Clip clip = MakeClip("c", "push_up", "g", 40);
  for (skeleton::Pose& pose : clip.poses) pose.landmarks[skeleton::kLeftKnee].x = NAN;
  Random random(7);
  const auto faults = WindowSampler::Create({clip}, {"push_up"}, config)->Draw(random).joint_faults;
  EXPECT_EQ(faults[skeleton::kLeftKnee], -1);
  EXPECT_EQ(faults[skeleton::kRightKnee], 0);
}

TEST(WindowSampler, MakesADisturbedWindowIncorrectAndMarksItsJoints) {
  SamplerConfig config = OnlyClips();
  config.disturbed_share = 1;
  config.augmentation.absence_probability = 0;
  const auto sampler = WindowSampler::Create({MakeClip("c", "push_up", "g", 40)}, {"push_up"}, config);
  Random random(8);
  int marked = 0;
  for (int i = 0; i < 20; ++i) {
    const Sample sample = sampler->Draw(random);
    const bool any = std::count(sample.joint_faults.begin(), sample.joint_faults.end(), 1.0F) > 0;
    EXPECT_EQ(sample.form, any ? 0 : 1);
    marked += any ? 1 : 0;
  }
  EXPECT_GT(marked, 10);
}

TEST(WindowSampler, GivesEveryOtherMovementANameOfItsOwn) {
  dataset::Clip walk = MakeClip("w", "other", "w", 40), row = MakeClip("r", "other", "r", 40);
  walk.fault = "walking";
  row.fault = "rowing";
  const auto sampler = WindowSampler::Create({MakeClip("p", "push_up", "p", 40), walk, row, walk},
                                             {"push_up", "other"}, OnlyClips());
  EXPECT_EQ(sampler->names(), 3);
}

TEST(WindowSampler, TeachesAnExerciseByItsRepetitionsAndWhatIsAroundThemAsIdling) {
  dataset::Clip clip = MakeClip("p", "push_up", "p", 300);
  clip.repetitions = {{60, 100}, {104, 150}, {220, 260}};  // a pause of 70 frames, another of 40 at the end
  const auto sampler = WindowSampler::Create({clip}, {"push_up", "other"}, OnlyClips());
  ASSERT_TRUE(sampler.ok()) << sampler.status();
  EXPECT_EQ(sampler->Count(0, dataset::SourceKind::kRecorded), 2);
  EXPECT_EQ(sampler->Count(1, dataset::SourceKind::kRecorded), 2);  // before and between; too little after
  EXPECT_EQ(sampler->names(), 2);
}

TEST(WindowSampler, NoSourceDominates) {
  std::vector<dataset::Clip> clips;
  for (int i = 0; i < 90; ++i) {
    clips.push_back(MakeClip("a" + std::to_string(i), "push_up", "a" + std::to_string(i), 40));
    clips.back().form = "incorrect";
    clips.back().source = "large";
  }
  clips.push_back(MakeClip("b", "push_up", "b", 40));
  const auto sampler = WindowSampler::Create(clips, {"push_up"}, OnlyClips());
  Random random(9);
  int small = 0;
  for (int i = 0; i < 400; ++i) small += sampler->Draw(random).form == 1 ? 1 : 0;
  EXPECT_NEAR(small, 400 / (1 + std::sqrt(90.0)), 20);
}

TEST(WindowSampler, RestoresTheTravelOfPinnedHipsAsOftenAsItIsTold) {
  dataset::Clip clip = MakeClip("s", "squat", "s", 60);
  for (size_t t = 0; t < clip.poses.size(); ++t) {
    for (const int ankle : {skeleton::kLeftAnkle, skeleton::kRightAnkle})
      clip.poses[t].landmarks[ankle].y += 0.002F * static_cast<float>(t);
    for (const int hip : {skeleton::kLeftHip, skeleton::kRightHip})
      clip.poses[t].landmarks[hip] = {0.5F, 0.5F};
  }
  const auto travel = [&](double share) {
    SamplerConfig config = OnlyClips();
    config.travel_share = share;
    config.augmentation = {.mirror_probability = 0,
                           .reverse_probability = 0,
                           .max_roll_degrees = 0,
                           .max_yaw_degrees = 0,
                           .max_pitch_degrees = 0,
                           .aspect_probability = 0,
                           .absence_probability = 0,
                           .jitter = 0,
                           .offset = 0,
                           .drift = 0};
    Random random(3);
    const std::vector<float> window = WindowSampler::Create({clip}, {"squat"}, config)->Draw(random).window;
    return std::abs(window[(19 * 33 + skeleton::kLeftHip) * 3 + 1] - window[skeleton::kLeftHip * 3 + 1]);
  };
  EXPECT_LT(travel(0), 1e-3F);
  EXPECT_GT(travel(1), 0.1F);
}

TEST(WindowSampler, HasIdlersInTheBackgroundWhereTheyAreWanted) {
  SamplerConfig config = SmallConfig();
  const auto without = WindowSampler::Create({}, exercises::Builtin().classes(), config);
  config.idle_share = 1;
  const auto with = WindowSampler::Create({}, exercises::Builtin().classes(), config);
  const auto background = static_cast<int>(exercises::Builtin().classes().size()) - 1;
  EXPECT_EQ(with->Count(background, dataset::SourceKind::kSynthetic),
            without->Count(background, dataset::SourceKind::kSynthetic) + background);
  EXPECT_EQ(with->names(), without->names() + 1);
}

}  // namespace
}  // namespace trackfit::training
