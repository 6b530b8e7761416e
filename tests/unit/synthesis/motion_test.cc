#include "synthesis/motion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace trackfit::synthesis {
namespace {

using skeleton::Joint;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Motion PerformWith(const MotionOptions& options) {
  absl::StatusOr<Motion> motion = SynthesizeMotion(options);
  EXPECT_TRUE(motion.ok()) << motion.status();
  return *std::move(motion);
}

Motion Perform(const std::string& exercise, const std::string& fault = "", uint64_t seed = 1) {
  return PerformWith({.exercise = exercise, .fault = fault, .repetitions = 3, .seed = seed});
}

// How far `joint` strays from where it is in the first frame.
double Travel(const Motion& motion, int joint) {
  double farthest = 0;
  for (const Joints& joints : motion.frames) {
    farthest = std::max(farthest, Distance(joints[joint], motion.frames.front()[joint]));
  }
  return farthest;
}

double Height(const Motion& motion, int frame, int joint) { return motion.frames[frame][joint].y; }

int TurningFrame(const Motion& motion) {
  return static_cast<int>(std::max_element(motion.phase.begin(), motion.phase.end()) - motion.phase.begin());
}

// Degrees between the two bones that meet in `b`.
double AngleAt(const Joints& j, int a, int b, int c) {
  const double cosine = Dot(Normalized(j[a] - j[b]), Normalized(j[c] - j[b]));
  return std::acos(std::clamp(cosine, -1.0, 1.0)) * 180 / std::numbers::pi;
}

constexpr const char* kProducts[] = {"barbell_biceps_curl", "bench_press", "lat_pulldown", "push_up",
                                     "tricep_pushdown",     "squat",       "pull_up"};

TEST(Exercises, AreTheSevenOfTheProductWithTwoFaultsOrMoreAndSixOthers) {
  std::set<std::string> products;
  int others = 0;
  for (const ExerciseInfo& exercise : Exercises()) {
    if (exercise.kind == ExerciseKind::kBackground) {
      ++others;
      continue;
    }
    products.insert(exercise.name);
    EXPECT_GE(exercise.faults.size(), 2U) << exercise.name;
    for (const FaultInfo& fault : exercise.faults) EXPECT_FALSE(fault.wrong_joints.empty()) << fault.name;
  }
  EXPECT_EQ(products, std::set<std::string>(std::begin(kProducts), std::end(kProducts)));
  EXPECT_GE(others, 6);
}

class EveryExercise : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryExercise, KeepsItsLimbLengthsToAMillimetre) {
  using namespace skeleton;  // NOLINT(google-build-using-namespace): sixteen joint names
  constexpr int kBones[][2] = {
      {kLeftShoulder, kLeftElbow}, {kLeftElbow, kLeftWrist},  {kRightShoulder, kRightElbow},
      {kRightElbow, kRightWrist},  {kLeftHip, kLeftKnee},     {kLeftKnee, kLeftAnkle},
      {kRightHip, kRightKnee},     {kRightKnee, kRightAnkle}, {kLeftWrist, kLeftIndex},
      {kRightWrist, kRightPinky},  {kLeftAnkle, kLeftHeel},   {kRightHeel, kRightFootIndex},
      {kLeftHip, kRightHip},       {kNose, kLeftEar}};
  for (const uint64_t seed : {1, 2, 3}) {
    const Motion motion = Perform(GetParam(), "", seed);
    for (const auto& [a, b] : kBones) {
      const double length = Distance(motion.frames.front()[a], motion.frames.front()[b]);
      for (const Joints& joints : motion.frames)
        ASSERT_NEAR(Distance(joints[a], joints[b]), length, 1e-3) << a << "-" << b;
    }
  }
}

TEST_P(EveryExercise, MovesSmoothlyAndStaysAboveTheFloor) {
  for (const uint64_t seed : {1, 2, 3, 4}) {
    const Motion motion = Perform(GetParam(), "", seed);
    for (size_t i = 0; i < motion.frames.size(); ++i) {
      for (int j = 0; j < skeleton::kJointCount; ++j) {
        const Vec3& here = motion.frames[i][j];
        ASSERT_TRUE(std::isfinite(here.x + here.y + here.z));
        ASSERT_GT(here.y, -0.02) << "joint " << j << ", frame " << i;
        // Nothing in these exercises moves faster than 6 m/s.
        if (i == 0) continue;
        ASSERT_LT(Distance(here, motion.frames[i - 1][j]), 6.0 / motion.fps)
            << "joint " << j << ", frame " << i;
      }
    }
  }
}

TEST_P(EveryExercise, RepeatsAsOftenAsAskedAndReturnsToTheStartInBetween) {
  const Motion motion = PerformWith({.exercise = GetParam(), .repetitions = 4, .seed = 7});
  ASSERT_THAT(motion.repetitions, SizeIs(4));
  ASSERT_EQ(motion.phase.size(), motion.frames.size());
  int upward_crossings = 0;
  for (size_t i = 1; i < motion.phase.size(); ++i)
    upward_crossings += motion.phase[i - 1] < 0.5 && motion.phase[i] >= 0.5;
  EXPECT_EQ(upward_crossings, 4);
  for (const RepetitionSpan& span : motion.repetitions) {
    EXPECT_LT(motion.phase[span.first], 0.15);
    EXPECT_LT(motion.phase[span.last], 0.15);
    EXPECT_GT(*std::max_element(motion.phase.begin() + span.first, motion.phase.begin() + span.last), 0.85);
  }
  EXPECT_NEAR(static_cast<double>(motion.frames.size()) / motion.fps, 4 * 3 + 1, 3);
}

TEST_P(EveryExercise, IsTheSameForTheSameSeedAndAnotherForAnotherSeed) {
  const Motion first = Perform(GetParam(), "", 5), again = Perform(GetParam(), "", 5),
               other = Perform(GetParam(), "", 6);
  EXPECT_EQ(first.frames, again.frames);
  EXPECT_NE(first.frames, other.frames);
  EXPECT_NE(first.body.stature, other.body.stature);
}

std::vector<std::string> AllNames() {
  std::vector<std::string> names;
  for (const ExerciseInfo& exercise : Exercises()) names.push_back(exercise.name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(Synthesis, EveryExercise, ::testing::ValuesIn(AllNames()),
                         [](const auto& test) { return test.param; });

class EveryProductExercise : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryProductExercise, HasFaultsThatMoveTheirWrongJointsAndNameThem) {
  const absl::StatusOr<ExerciseInfo> exercise = FindExercise(GetParam());
  ASSERT_TRUE(exercise.ok()) << exercise.status();
  for (const FaultInfo& fault : exercise->faults) {
    for (const uint64_t seed : {1, 2, 3}) {
      const Motion correct = Perform(GetParam(), "", seed), faulty = Perform(GetParam(), fault.name, seed);
      EXPECT_EQ(faulty.fault, fault.name);
      EXPECT_EQ(faulty.wrong_joints, fault.wrong_joints);
      ASSERT_EQ(faulty.frames.size(), correct.frames.size());
      for (const Joint joint : fault.wrong_joints) {
        double farthest = 0;
        for (size_t i = 0; i < correct.frames.size(); ++i) {
          farthest = std::max(farthest, Distance(correct.frames[i][joint], faulty.frames[i][joint]));
        }
        EXPECT_GT(farthest, 0.05) << fault.name << ", " << skeleton::JointNames()[joint] << ", seed " << seed;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Synthesis, EveryProductExercise,
                         ::testing::ValuesIn(std::vector<std::string>(std::begin(kProducts),
                                                                      std::end(kProducts))),
                         [](const auto& test) { return test.param; });

TEST(PushUp, KeepsHandsAndFeetOnTheFloorWhileTheChestSinks) {
  for (const std::string fault : {"", "sagging_hips", "piked_hips", "half_range"}) {
    for (const uint64_t seed : {1, 2, 3}) {
      const Motion motion = Perform("push_up", fault, seed);
      for (const int planted :
           {skeleton::kLeftWrist, skeleton::kRightWrist, skeleton::kLeftIndex, skeleton::kLeftAnkle,
            skeleton::kRightAnkle, skeleton::kLeftFootIndex, skeleton::kRightFootIndex}) {
        EXPECT_LT(Travel(motion, planted), 0.01) << fault << ", joint " << planted;
      }
      if (fault.empty()) {
        EXPECT_GT(Travel(motion, skeleton::kLeftShoulder), 0.25);
      }
    }
  }
}

TEST(Squat, KeepsTheFeetOnTheFloorWhileTheHipsSinkToKneeHeight) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    const Motion motion = Perform("squat", "", seed);
    for (const int planted : {skeleton::kLeftAnkle, skeleton::kRightAnkle, skeleton::kLeftHeel,
                              skeleton::kRightHeel, skeleton::kLeftFootIndex, skeleton::kRightFootIndex}) {
      EXPECT_LT(Travel(motion, planted), 0.01) << planted;
    }
    const int bottom = TurningFrame(motion);
    EXPECT_LT(Height(motion, bottom, skeleton::kLeftHip) - Height(motion, bottom, skeleton::kLeftKnee), 0.12);
    EXPECT_GT(AngleAt(motion.frames.front(), skeleton::kLeftHip, skeleton::kLeftKnee, skeleton::kLeftAnkle),
              150);
  }
}

TEST(PullUp, HangsFromAFixedBarAndBringsTheChinAboveIt) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    const Motion motion = Perform("pull_up", "", seed);
    EXPECT_LT(Travel(motion, skeleton::kLeftWrist), 0.01);
    EXPECT_LT(Travel(motion, skeleton::kRightWrist), 0.01);
    const int top = TurningFrame(motion);
    EXPECT_GT(Height(motion, top, skeleton::kMouthLeft), Height(motion, top, skeleton::kLeftWrist));
    EXPECT_LT(Height(motion, 0, skeleton::kNose), Height(motion, 0, skeleton::kLeftWrist) - 0.2);
    EXPECT_GT(Height(motion, 0, skeleton::kLeftFootIndex), 0.02) << "the feet hang free";
  }
}

TEST(BenchPress, LiesOnItsBackAndLowersTheBarToTheChest) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    const Motion motion = Perform("bench_press", "", seed);
    const int bottom = TurningFrame(motion);
    EXPECT_NEAR(Height(motion, 0, skeleton::kLeftShoulder), Height(motion, 0, skeleton::kLeftHip), 0.05);
    EXPECT_GT(Height(motion, 0, skeleton::kNose), Height(motion, 0, skeleton::kLeftEar)) << "faces up";
    EXPECT_GT(Height(motion, 0, skeleton::kLeftWrist), Height(motion, 0, skeleton::kLeftShoulder) + 0.35);
    EXPECT_LT(Height(motion, bottom, skeleton::kLeftWrist),
              Height(motion, bottom, skeleton::kLeftShoulder) + 0.25);
    EXPECT_NEAR(Height(motion, bottom, skeleton::kLeftWrist), Height(motion, bottom, skeleton::kRightWrist),
                0.01);
  }
}

TEST(Curl, BendsTheElbowsAtTheSides) {
  const Motion motion = Perform("barbell_biceps_curl");
  EXPECT_GT(
      AngleAt(motion.frames.front(), skeleton::kLeftShoulder, skeleton::kLeftElbow, skeleton::kLeftWrist),
      150);
  EXPECT_LT(AngleAt(motion.frames[TurningFrame(motion)], skeleton::kLeftShoulder, skeleton::kLeftElbow,
                    skeleton::kLeftWrist),
            65);
  EXPECT_LT(Travel(motion, skeleton::kLeftElbow), 0.12);
}

TEST(Pushdown, StraightensTheArms) {
  const Motion motion = Perform("tricep_pushdown");
  EXPECT_LT(
      AngleAt(motion.frames.front(), skeleton::kLeftShoulder, skeleton::kLeftElbow, skeleton::kLeftWrist),
      90);
  EXPECT_GT(AngleAt(motion.frames[TurningFrame(motion)], skeleton::kLeftShoulder, skeleton::kLeftElbow,
                    skeleton::kLeftWrist),
            155);
  EXPECT_LT(Travel(motion, skeleton::kLeftElbow), 0.10);
}

TEST(Pulldown, PullsTheBarFromOverheadToTheChestWhileSitting) {
  const Motion motion = Perform("lat_pulldown");
  const int bottom = TurningFrame(motion);
  EXPECT_GT(Height(motion, 0, skeleton::kLeftWrist), Height(motion, 0, skeleton::kNose) + 0.2);
  EXPECT_NEAR(Height(motion, bottom, skeleton::kLeftWrist), Height(motion, bottom, skeleton::kLeftShoulder),
              0.12);
  EXPECT_NEAR(Height(motion, 0, skeleton::kLeftHip), Height(motion, 0, skeleton::kLeftKnee), 0.15);
  EXPECT_LT(Travel(motion, skeleton::kLeftAnkle), 0.01);
}

TEST(Motion, LastsAsLongAsTheTempoSays) {
  MotionOptions slow{.exercise = "squat", .repetitions = 2, .repetition_seconds = 6, .tempo_variation = 0};
  slow.lead_in_seconds = 1;
  slow.lead_out_seconds = 2;
  const Motion motion = PerformWith(slow);
  EXPECT_NEAR(static_cast<double>(motion.frames.size()) / motion.fps, 1 + 2 * 6 + 2, 0.1);
  EXPECT_NEAR(motion.repetitions.front().first, 30, 1);
}

TEST(Motion, TakesTheGivenProportions) {
  Proportions tall;
  tall.stature = 2.0;
  tall.arms = 1.1;
  const Motion motion = PerformWith({.exercise = "standing_idle", .repetitions = 1, .proportions = tall});
  EXPECT_NEAR(Distance(motion.frames[0][skeleton::kLeftElbow], motion.frames[0][skeleton::kLeftShoulder]),
              0.172 * 2.2, 1e-6);
}

// Lowest height of the hips in each repetition, metres.
std::vector<double> LowestHips(const Motion& motion) {
  std::vector<double> lowest;
  for (const RepetitionSpan& span : motion.repetitions) {
    double low = 10;
    for (int frame = span.first; frame <= span.last; ++frame)
      low = std::min(low, MidHip(motion.frames[frame]).y);
    lowest.push_back(low);
  }
  return lowest;
}

TEST(Motion, CommitsTheFaultOnlyInTheFaultyRepetitions) {
  MotionOptions options{.exercise = "squat", .repetitions = 5};
  const std::vector<double> correct = LowestHips(SynthesizeMotion(options).value());
  options.fault = "shallow";
  options.faulty_repetitions = {2, 4};
  const std::vector<double> mixed = LowestHips(SynthesizeMotion(options).value());
  for (const size_t i : {0, 2, 4}) EXPECT_NEAR(mixed[i], correct[i], 1e-6) << "repetition " << i + 1;
  for (const size_t i : {1, 3}) EXPECT_GT(mixed[i], correct[i] + 0.1) << "repetition " << i + 1;
}

TEST(MotionErrors, RefuseAFaultyRepetitionThatIsNotThere) {
  MotionOptions options{.exercise = "squat", .fault = "shallow", .faulty_repetitions = {6}, .repetitions = 5};
  EXPECT_THAT(std::string(SynthesizeMotion(options).status().message()), HasSubstr("faulty_repetitions"));
  options.fault = "";
  options.faulty_repetitions = {2};
  EXPECT_THAT(std::string(SynthesizeMotion(options).status().message()), HasSubstr("need a fault"));
}

TEST(MotionErrors, NameTheKnownExercises) {
  const absl::Status status = SynthesizeMotion({.exercise = "handstand"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("handstand"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("push_up"));
}

TEST(MotionErrors, NameTheKnownFaultsOfTheExercise) {
  const absl::Status status = SynthesizeMotion({.exercise = "push_up", .fault = "knees_in"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("sagging_hips"));
}

TEST(MotionErrors, NameTheFieldAndItsLimits) {
  const absl::Status none = SynthesizeMotion({.repetitions = 0}).status();
  EXPECT_EQ(none.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(none.message()), HasSubstr("repetitions is 0"));
  EXPECT_THAT(std::string(SynthesizeMotion({.fps = std::nan("")}).status().message()), HasSubstr("fps"));
}

}  // namespace
}  // namespace trackfit::synthesis
