#include "inference/protogcn_assessor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <string>
#include <vector>

#include "protogcn/archive_io.h"
#include "protogcn/checkpoint.h"
#include "protogcn/model.h"
#include "skeleton/measures.h"
#include "support/poses.h"
#include "support/small_network.h"

namespace trackfit::inference {
namespace {

using protogcn::ModelMetadata;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Logits = std::vector<float>;

const Logits kSquat = {2, 0, 1}, kNothingKnown = {1, 0, 2};  // of squat, push_up, other
constexpr float kTolerance = 0.1F;                           // of percentiles

ModelMetadata Metadata() {
  ModelMetadata metadata = testing::SmallMetadata();
  metadata.network.window = 32;
  return metadata;
}

// The path of an archive whose network gives these logits whatever it sees.
std::string Saved(const ModelMetadata& metadata, const Logits& logits) {
  const protogcn::Network network = testing::MakeNetwork(metadata.network);
  testing::FixLogits(network, logits);
  const std::string path = ::testing::TempDir() + "assessor_test_" + std::to_string(getpid()) + ".pt";
  const absl::Status saved = protogcn::SaveArchive(path, network, metadata);
  EXPECT_TRUE(saved.ok()) << saved;
  return path;
}

std::vector<skeleton::Pose> Poses() { return testing::WavingPoses(30, 1); }

assessment::Assessment Assess(const ModelMetadata& metadata, const Logits& logits = kSquat,
                              const std::string& expected = "") {
  const auto assessor = ProtogcnAssessor::Load(Saved(metadata, logits), "7");
  EXPECT_TRUE(assessor.ok()) << assessor.status();
  const auto assessment = (*assessor)->Assess(Poses(), expected);
  EXPECT_TRUE(assessment.ok()) << assessment.status();
  return *assessment;
}

// What the network itself says of Poses().
protogcn::Prediction Predict(const ModelMetadata& metadata) {
  const auto model = protogcn::Model::Load(Saved(metadata, kSquat));
  const auto shape = protogcn::WindowShapeOf(metadata);
  return (*model)->Run(shape->Tensor(Poses())).value();
}

// 21 evenly spaced quantiles from `low` to `high`.
std::vector<float> Line(float low, float high) {
  std::vector<float> line;
  for (int i = 0; i <= 20; ++i) line.push_back(low + (high - low) * static_cast<float>(i) / 20);
  return line;
}

// A squat is what Poses() show and a push-up its opposite: cosines 1 and -1 at the 50th and the 20th
// percentile. Joint errors are at the 50th of squats, but node 9's at the 75th and node 17's at the 25th; at
// the 10th of push-ups.
ModelMetadata Calibrated(ModelMetadata metadata = Metadata()) {
  const protogcn::Prediction prediction = Predict(metadata);
  std::vector<float> opposite = prediction.embedding;
  for (float& value : opposite) value = -value;
  metadata.prototypes = {prediction.embedding, opposite, {}};
  metadata.calibration.resize(3);
  metadata.calibration[0].cosine = Line(0, 2);
  metadata.calibration[1].cosine = Line(-1.4F, 0.6F);
  for (const float error : prediction.joint_error) {
    metadata.calibration[0].joint_error.push_back(Line(error - 1, error + 1));
    metadata.calibration[1].joint_error.push_back(Line(error - 1, error + 9));
  }
  const std::vector<float>& errors = prediction.joint_error;
  metadata.calibration[0].joint_error[9] = Line(errors[9] - 3, errors[9] + 1);
  metadata.calibration[0].joint_error[17] = Line(errors[17] - 1, errors[17] + 3);
  return metadata;
}

TEST(ProtogcnAssessor, KnowsNothingOfAFrozenPicture) {
  const auto assessor = ProtogcnAssessor::Load(Saved(Metadata(), kSquat), "7").value();
  const std::vector<skeleton::Pose> frozen(30, testing::StandingPose());
  const assessment::Assessment assessment = assessor->Assess(frozen, "").value();
  EXPECT_EQ(assessment.exercise, "squat") << "what the network says stays";
  EXPECT_FALSE(assessment.known);
  ASSERT_EQ(assessment.notices.size(), 1U);
  EXPECT_EQ(assessment.notices[0].code, assessment::NoticeCode::kNoMovement);
  EXPECT_TRUE(assessor->Assess(Poses(), "").value().notices.empty()) << "a hand waves";
}

TEST(ProtogcnAssessor, KnowsAnExerciseThatReachesTheThreshold) {
  ModelMetadata metadata = Metadata();
  metadata.known_threshold = 0.7;  // (exp(2) + 1) / (exp(2) + 1 + exp(1)) = 0.755
  const assessment::Assessment known = Assess(metadata);
  EXPECT_EQ(known.exercise, "squat");
  EXPECT_NEAR(known.confidence, 0.665, 0.001);
  EXPECT_NEAR(known.known_score, 0.755, 0.001);
  EXPECT_TRUE(known.known);
  EXPECT_EQ(known.known_threshold, 0.7F);
  EXPECT_EQ(known.background, "other");
  EXPECT_EQ(known.model_version, "7");
  metadata.known_threshold = 0.8;
  EXPECT_FALSE(Assess(metadata).known);
}

TEST(ProtogcnAssessor, NeverCallsTheBackgroundAnExercise) {
  const assessment::Assessment unknown = Assess(Metadata(), kNothingKnown);
  EXPECT_EQ(unknown.classes.front().exercise, "other");
  EXPECT_EQ(unknown.exercise, "squat") << "the most probable that is one";
  EXPECT_FALSE(unknown.known) << "the background is more probable";
  EXPECT_THAT((*ProtogcnAssessor::Load(Saved(Metadata(), kSquat), "7"))->exercises(),
              ElementsAre("squat", "push_up"));
}

TEST(ProtogcnAssessor, WithoutABackgroundKnowsWhatItIsSureOf) {
  ModelMetadata metadata = Metadata();
  metadata.background_class = "";
  const assessment::Assessment squat = Assess(metadata);
  EXPECT_NEAR(squat.known_score, 0.665, 0.001);
  EXPECT_TRUE(squat.known);
  metadata.known_threshold = 0.7;
  EXPECT_FALSE(Assess(metadata).known);
}

TEST(ProtogcnAssessor, RatesByTheJudgedExercise) {
  const ModelMetadata metadata = Calibrated();
  const assessment::Assessment squat = Assess(metadata);
  EXPECT_EQ(squat.judged_exercise, "squat");
  EXPECT_NEAR(squat.quality.cosine, 1, 1e-3);
  EXPECT_NEAR(squat.quality.score, 50, kTolerance);
  EXPECT_EQ(squat.quality.level, assessment::QualityLevel::kGood);
  const assessment::Assessment push_up = Assess(metadata, kSquat, "push_up");
  EXPECT_EQ(push_up.judged_exercise, "push_up");
  EXPECT_NEAR(push_up.quality.cosine, -1, 1e-3);
  EXPECT_NEAR(push_up.quality.score, 20, kTolerance);
  EXPECT_EQ(push_up.quality.level, assessment::QualityLevel::kFair);
  EXPECT_NEAR(push_up.joint_errors[skeleton::kLeftWrist].percentile, 10, kTolerance);
}

TEST(ProtogcnAssessor, ScoresByFormWhereItWasLabelled) {
  ModelMetadata metadata = Calibrated();
  const float lean = skeleton::MeasureWindow(Poses())[skeleton::kLean];
  ASSERT_TRUE(std::isfinite(lean));
  metadata.calibration[0].form.curves[skeleton::kLean] = {.knots = {lean - 1, lean + 1}, .values = {2, 4}};
  metadata.calibration[0].form_logit = Line(0, 4);
  const assessment::Assessment squat = Assess(metadata);
  EXPECT_NEAR(squat.quality.score, 75, kTolerance) << "a logit of 3 among 0 to 4";
  EXPECT_NEAR(squat.quality.cosine, 1, 1e-3) << "as without";
  EXPECT_NEAR(Assess(metadata, kSquat, "push_up").quality.score, 20, kTolerance) << "by its cosine";
}

TEST(ProtogcnAssessor, SpreadsNodesOverTheJointsThatFeedThem) {
  const ModelMetadata metadata = Calibrated();
  const auto joints = Assess(metadata).joint_errors;
  EXPECT_NEAR(joints[skeleton::kLeftWrist].percentile, 75, kTolerance);
  EXPECT_NEAR(joints[skeleton::kLeftPinky].percentile, 75, kTolerance) << "feeds no node: its wrist's";
  EXPECT_NEAR(joints[skeleton::kRightWrist].percentile, 50, kTolerance);
  EXPECT_NEAR(joints[skeleton::kLeftHip].percentile, (50 + 25 + 50) / 3.0, kTolerance) << "nodes 11, 17, 18";
  EXPECT_NEAR(joints[skeleton::kLeftWrist].error, Predict(metadata).joint_error[9], 1e-3);
}

TEST(ProtogcnAssessor, RanksAJointAmongTheWorstOfCorrectExecutions) {
  ModelMetadata metadata = Calibrated();
  metadata.calibration[0].worst_joint = Line(55, 95);
  const auto joints = Assess(metadata).joint_errors;
  EXPECT_NEAR(joints[skeleton::kLeftWrist].percentile, 50, 1) << "the 75th of its own errors is ordinary";
  EXPECT_LT(joints[skeleton::kRightWrist].percentile, 2.5F);
}

TEST(ProtogcnAssessor, DoesNotJudgeAJointThatIsHardlySeen) {
  std::vector<skeleton::Pose> poses = Poses();
  for (skeleton::Pose& pose : poses) {
    pose.landmarks[skeleton::kLeftAnkle].visibility = 0.1F;
    pose.landmarks[skeleton::kRightAnkle].x = NAN;
  }
  const auto assessor = ProtogcnAssessor::Load(Saved(Calibrated(), kSquat), "7");
  const auto joints = (*assessor)->Assess(poses, "")->joint_errors;
  for (const int joint : {skeleton::kLeftAnkle, skeleton::kRightAnkle}) {
    EXPECT_FALSE(joints[joint].judged);
    EXPECT_EQ(joints[joint].error, 0);
    EXPECT_EQ(joints[joint].percentile, 0);
  }
  EXPECT_TRUE(joints[skeleton::kLeftKnee].judged);
}

TEST(ProtogcnAssessor, FollowsTheModelsOwnJointMapping) {
  ModelMetadata mapped = Metadata();
  mapped.joint_mapping = protogcn::TrackFitJointMapping();
  const auto joints = Assess(Calibrated(mapped)).joint_errors;
  EXPECT_NEAR(joints[skeleton::kLeftIndex].percentile, 25, kTolerance) << "feeds node 17 here";
  EXPECT_NEAR(joints[skeleton::kLeftHip].percentile, 50, kTolerance) << "feeds node 11 alone here";
}

TEST(ProtogcnAssessor, ShowsTheModelWhatItsModalityAsksFor) {
  ModelMetadata metadata = Calibrated();
  EXPECT_NEAR(Assess(metadata).quality.cosine, 1, 1e-5);
  metadata.modality = "bone";
  EXPECT_LT(Assess(metadata).quality.cosine, 1 - 1e-4) << "calibrated on joints, shown bones";
}

TEST(ProtogcnAssessor, LeavesUnratedWhatHasNoPrototype) {
  ModelMetadata metadata = Calibrated();
  metadata.prototypes[0].clear();
  EXPECT_EQ(Assess(metadata).quality.level, assessment::QualityLevel::kUnspecified);
  EXPECT_EQ(Assess(metadata).quality.score, 0);
  EXPECT_EQ(Assess(metadata, kSquat, "push_up").quality.level, assessment::QualityLevel::kFair);
}

TEST(ProtogcnAssessor, RefusesAModelThatNoSessionCouldUse) {
  const auto assessor = ProtogcnAssessor::Load(Saved(testing::SmallMetadata(), kSquat), "7");
  EXPECT_EQ(assessor.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(assessor.status().message()), HasSubstr("window.frames is 16"));
  EXPECT_THAT(std::string(assessor.status().message()), HasSubstr("[30, 300]"));
}

TEST(ProtogcnAssessor, RefusesAnExpectedExerciseThatItDoesNotKnow) {
  const auto assessor = ProtogcnAssessor::Load(Saved(Metadata(), kSquat), "7");
  EXPECT_EQ((*assessor)->Assess(Poses(), "moonwalk").status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace trackfit::inference
