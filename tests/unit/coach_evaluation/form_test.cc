#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "coach_evaluation/form_faults.h"
#include "coach_evaluation/form_figures.h"
#include "coach_evaluation/form_frames.h"
#include "coach_evaluation/form_limits.h"
#include "coach_evaluation/form_samples.h"
#include "skeleton/joint.h"

namespace trackfit::coach_evaluation {
namespace {

using repetitions::FindingLevel;
using ::testing::HasSubstr;

constexpr char kSquat[] = R"(exercise: squat
title: {en: Squat}
best_view: side
measures:
  knee_angle: {angle: [hip, knee, ankle]}
  hip_height: {height: [hips, ankles]}
repetition:
  drivers:
    - {measure: knee_angle, rest: 170, turn: 80}
conditions:
  - code: depth
    measure: knee_angle
    moment: turn
    good: {most: 100}
    slightly: 15
    views: [side]
    other_views:
      - {measure: hip_height, moment: turn, statistic: fall, good: {least: 0.6}, slightly: 0.1, views: [front]}
    joints: [knee]
    source: a book
    texts:
      en: {low: Lower., high: Lower., praise: Good.}
)";
constexpr char kFaults[] = "squat:\n  - {fault: shallow, labels: [shallow, half], codes: [depth]}\n";
constexpr float kNotJudged = std::numeric_limits<float>::quiet_NaN();

class Form : public testing::Test {
 protected:
  // A repetition as its file judges it.
  void Add(const std::string& fault, float knee_angle, const std::string& group = "a",
           repetitions::View view = repetitions::View::kSide) {
    FormSample sample;
    sample.data_set = "set";
    sample.id = std::to_string(samples_.size());
    sample.group = group;
    sample.exercise = &squat_;
    sample.correct = fault.empty();
    sample.fault = fault;
    sample.view = view;
    repetitions::Finding finding;
    finding.code = "depth";
    if (!std::isnan(knee_angle)) {
      finding.measured = knee_angle;
      finding.level = knee_angle <= 100   ? FindingLevel::kGood
                      : knee_angle <= 115 ? FindingLevel::kSlightly
                                          : FindingLevel::kClearly;
    }
    sample.repetition.findings = {finding};
    sample.measured = {knee_angle};
    sample.repetition.complete = true;
    sample.repetition.score = 200 - knee_angle;
    samples_.push_back(sample);
  }

  FittedLimits Fitted() const {
    std::vector<const FormSample*> all;
    for (const FormSample& sample : samples_) all.push_back(&sample);
    return FitLimits(all, faults_);
  }

  const repetitions::Exercise squat_ = repetitions::Exercise::Parse("squat.yaml", kSquat).value();
  const FaultTable faults_ = FaultTable::Parse("faults.yaml", kFaults).value();
  std::vector<FormSample> samples_;
};

TEST(FaultTable, FindsFaultsByTheLabelsOfClips) {
  const FaultTable table = FaultTable::Parse("faults.yaml", kFaults).value();
  ASSERT_NE(table.Labelled("squat", "half"), nullptr);
  EXPECT_EQ(table.Labelled("squat", "half")->name, "shallow");
  EXPECT_EQ(table.Labelled("squat", "high"), nullptr);
  EXPECT_EQ(table.Labelled("lunge", "half"), nullptr);
  EXPECT_THAT(
      FaultTable::Parse("f.yaml", "squat:\n  - {fault: x, label: [x], codes: [y]}\n").status().message(),
      HasSubstr("f.yaml:2: there is no key \"label\" in a fault; did you mean labels?"));
  EXPECT_EQ(FaultTable::Read("/nowhere.yaml").status().code(), absl::StatusCode::kNotFound);
}

TEST(FaultTable, NamesConditionsThatExist) {
  const FaultTable table = FaultTable::Read(TRACKFIT_FORM_FAULTS).value();
  const auto catalogue = repetitions::Catalogue::Load(TRACKFIT_EXERCISES).value();
  int faults = 0;
  for (const repetitions::Exercise& exercise : catalogue->exercises()) {
    for (const Fault& fault : table.Of(exercise.name)) {
      ++faults;
      for (const std::string& code : fault.codes) {
        EXPECT_TRUE(std::ranges::any_of(exercise.conditions, [&](const auto& c) { return c.code == code; }))
            << code;
      }
    }
  }
  EXPECT_GE(faults, 20);
}

TEST_F(Form, FitsLimitsBetweenGoodAndFaulty) {
  for (int i = 0; i < 10; ++i) {
    Add("", 80 + i);
    Add("shallow", 120 + i);
  }
  const FittedLimits limits = Fitted();
  ASSERT_EQ(limits.size(), 1U);
  const Limits& depth = limits.at({"depth", 0});
  EXPECT_EQ(depth.good.low, -repetitions::kNoLimit);
  EXPECT_GT(depth.good.high, 88);
  EXPECT_NEAR(depth.good.high + depth.slightly, 104.5, 0.1);
  EXPECT_THAT(depth.source, HasSubstr("10 with the fault, 10 without"));
  EXPECT_EQ(LevelWith(limits, samples_[0], 0), FindingLevel::kGood);
  EXPECT_EQ(LevelWith(limits, samples_[1], 0), FindingLevel::kClearly);
}

TEST_F(Form, MindsFalseAlarmsMoreThanMisses) {
  for (int i = 0; i < 20; ++i) {
    Add("", 80 + 2 * i);          // up to 118
    Add("shallow", 108 + 2 * i);  // from 108
  }
  const Limits depth = Fitted().at({"depth", 0});
  EXPECT_GE(depth.good.high + depth.slightly, 117);
}

TEST_F(Form, LeavesLimitsAloneWithoutEvidence) {
  for (int i = 0; i < 4; ++i) {
    Add("", 80);
    Add("shallow", 120);
    Add("shallow", kNotJudged);
    Add("", 80, "a", repetitions::View::kDiagonal);  // no criterion
  }
  EXPECT_TRUE(Fitted().empty());
  EXPECT_EQ(LevelWith({}, samples_[1], 0), FindingLevel::kClearly);
}

TEST_F(Form, WritesLimitsIntoTheFile) {
  const FittedLimits limits = {
      {{"depth", 0}, {{-repetitions::kNoLimit, 91.5F}, 8, "fitted to x: 1 with"}},
      {{"depth", 1}, {{0.55F, repetitions::kNoLimit}, 0.07F, "fitted to y: 2 with"}}};
  const std::string once = WithLimits(kSquat, squat_, limits).value();
  EXPECT_THAT(once, HasSubstr("    good: {most: 91.5}  # fitted to x: 1 with\n    slightly: 8\n"));
  EXPECT_THAT(once,
              HasSubstr("good: {least: 0.55}, slightly: 0.07, views: [front]}  # fitted to y: 2 with\n"));
  EXPECT_EQ(WithLimits(once, squat_, limits).value(), once);
  const repetitions::Exercise read = repetitions::Exercise::Parse("squat.yaml", once).value();
  EXPECT_EQ(read.conditions[0].good.high, 91.5F);
  EXPECT_EQ(read.conditions[0].other_views[0].slightly, 0.07F);
  EXPECT_FALSE(WithLimits("exercise: squat\n", squat_, limits).ok());
}

TEST_F(Form, BeginsDoubtWhereTheFaultyBegin) {
  std::string yaml = kSquat;
  yaml.replace(yaml.find("slightly: 15"), 12, "doubtful: 15");
  const repetitions::Exercise doubtful = repetitions::Exercise::Parse("squat.yaml", yaml).value();
  for (int i = 0; i < 20; ++i) {
    Add("", 70 + 2 * i);          // up to 108
    Add("shallow", 100 + 2 * i);  // from 100
  }
  for (FormSample& sample : samples_) sample.exercise = &doubtful;
  const FittedLimits limits = Fitted();
  EXPECT_NEAR(limits.at({"depth", 0}).good.high, 102, 0.1);  // a twentieth of the faulty are below
  EXPECT_EQ(LevelWith(limits, samples_[0], 0), FindingLevel::kGood);
  EXPECT_EQ(LevelWith(limits, samples_[36], 0), FindingLevel::kNotJudged);  // 106, without fault
  EXPECT_EQ(LevelWith(limits, samples_[39], 0), FindingLevel::kClearly);
}

TEST_F(Form, CountsAFaultAsJudgedWhereItsFirstConditionIs) {
  const FaultTable both =
      FaultTable::Parse("f", "squat:\n  - {fault: shallow, labels: [x], codes: [other, depth]}\n").value();
  Add("shallow", 95);
  Add("shallow", 130);
  const FormFigures figures = FiguresOfForm(JudgeAsShipped(samples_), both).at(0);
  EXPECT_EQ(figures.faults[0].judged, 1);
  EXPECT_EQ(figures.faults[0].found, 1);
}

TEST_F(Form, CountsWhatIsFoundAndWhatIsNot) {
  Add("", 90);
  Add("", 130);
  Add("shallow", 130);
  Add("shallow", 110);
  Add("shallow", kNotJudged, "b", repetitions::View::kFront);
  const std::vector<FormFigures> all = FiguresOfForm(JudgeAsShipped(samples_), faults_);
  ASSERT_EQ(all.size(), 1U);
  const FormFigures& figures = all[0];
  EXPECT_EQ(figures.repetitions, 5);
  EXPECT_EQ(figures.faultless, 2);
  EXPECT_EQ(figures.false_alarms, 1);
  EXPECT_EQ(figures.named.At(0, 0), 1);
  EXPECT_EQ(figures.named.At(0, 1), 1);
  EXPECT_EQ(figures.named.At(1, 1), 1);
  EXPECT_EQ(figures.named.At(1, 0), 2);
  EXPECT_NEAR(figures.agreement, 2.0 / 5, 1e-9);
  EXPECT_NEAR(figures.agreement_by_group.at("b"), 0, 1e-9);
  ASSERT_EQ(figures.faults.size(), 1U);
  EXPECT_EQ(figures.faults[0].judged, 2);
  EXPECT_EQ(figures.faults[0].found, 1);
  EXPECT_EQ(figures.faults[0].slightly, 1);
  const ConditionFigures& depth = figures.conditions.at(0);
  EXPECT_EQ(depth.rightly, 1);
  EXPECT_EQ(depth.clearly, 2);
  EXPECT_EQ(depth.not_judged[0], 1);
  EXPECT_EQ(depth.shown[0], 1);
  EXPECT_EQ(depth.not_judged[2], 0);
  EXPECT_THAT(FormText(all), HasSubstr("depth: precision 50.0 %, recall 50.0 %"));
  EXPECT_EQ(FormJson(all)[0]["false_alarms"], 1);
}

TEST_F(Form, JudgesAGroupByTheOthersOnly) {
  for (int i = 0; i < 10; ++i) {
    Add("", 80 + i, "a");
    Add("shallow", 120 + i, "a");
    Add("", 130, "b");  // would teach that 130 is good
  }
  for (const JudgedSample& judged : JudgeLeaveOneGroupOut(samples_, faults_)) {
    if (judged.sample->group == "a") continue;
    EXPECT_EQ(judged.levels[0], FindingLevel::kClearly);
  }
}

// One frame of somebody on the bench, seen from the feet, the hips so far above the line to the knees.
dataset::Clip BenchFrame(const std::string& fault, float arch) {
  dataset::Clip clip;
  clip.exercise = "bench_press";
  clip.fault = fault;
  clip.form = fault.empty() ? "correct" : "incorrect";
  skeleton::Pose& pose = clip.poses.emplace_back();
  const auto put = [&](int left, float x, float y) {
    pose.landmarks[left] = {x + 0.1F, y, 0, 1, 1};
    pose.landmarks[left + 1] = {x - 0.1F, y, 0, 1, 1};
  };
  put(skeleton::kLeftShoulder, 0.3F, 0.5F);
  put(skeleton::kLeftHip, 0.5F, 0.5F - 0.2F * arch);
  put(skeleton::kLeftKnee, 0.7F, 0.5F);
  put(skeleton::kLeftWrist, 0.3F, 0.3F);
  return clip;
}

TEST(FormFrames, RankFaultsInSingleFrames) {
  const auto catalogue = repetitions::Catalogue::Load(TRACKFIT_EXERCISES).value();
  const FaultTable table = FaultTable::Read(TRACKFIT_FORM_FAULTS).value();
  std::vector<dataset::Clip> clips = {BenchFrame("", 0), BenchFrame("", 0.1F), BenchFrame("", 0.3F),
                                      BenchFrame("excessive arch", 0.2F), BenchFrame("excessive arch", 0.4F)};
  clips.push_back(clips[3]);
  clips.back().poses.push_back(clips.back().poses[0]);  // two frames are no single one
  const std::vector<FrameFigures> figures = FiguresOfFrames(*catalogue, table, "frames", clips);
  ASSERT_EQ(figures.size(), 1U);
  EXPECT_EQ(figures[0].fault, "excessive_arch");
  EXPECT_EQ(figures[0].code, "bench_arch");
  EXPECT_EQ(figures[0].faulty, 2);
  EXPECT_EQ(figures[0].correct, 3);
  EXPECT_NEAR(figures[0].auc, 5.0 / 6, 1e-6);
  EXPECT_THAT(FramesText(figures), HasSubstr("excessive_arch by bench_arch: AUC 0.833 over 2 with it"));
  EXPECT_EQ(FramesJson(figures)[0]["correct"], 3);
}

TEST(FormSamples, ComeFromMannequinsWithAndWithoutFaults) {
  const auto catalogue = repetitions::Catalogue::Load(TRACKFIT_EXERCISES).value();
  const FaultTable table = FaultTable::Read(TRACKFIT_FORM_FAULTS).value();
  std::vector<dataset::Clip> clips = FaultyMannequins(*catalogue, 1, 5).value();
  EXPECT_EQ(clips.size(), 46U);  // 23 faults
  std::erase_if(clips, [](const dataset::Clip& clip) { return clip.exercise != "pull_up"; });
  const std::vector<FormSample> samples = FormSamples(*catalogue, table, "mannequins", clips, {});
  ASSERT_GE(samples.size(), 8U);
  EXPECT_TRUE(std::ranges::any_of(samples, [](const FormSample& s) { return s.fault == "kipping_legs"; }));
  for (const FormSample& sample : samples) EXPECT_EQ(sample.correct, sample.fault.empty());
}

TEST(FormSamples, SeeRealDepthFromAside) {
  const auto catalogue = repetitions::Catalogue::Load(TRACKFIT_EXERCISES).value();
  std::vector<dataset::Clip> clips = FaultyMannequins(*catalogue, 1, 9).value();
  std::erase_if(clips,
                [](const dataset::Clip& clip) { return clip.id.find("pull_up__") == std::string::npos; });
  for (dataset::Clip& clip : clips) clip.metric = true;
  const std::vector<FormSample> samples =
      FormSamples(*catalogue, {}, "real", clips, {.turned_degrees = {0, 90}});
  ASSERT_FALSE(samples.empty());
  EXPECT_TRUE(
      std::ranges::any_of(samples, [](const auto& s) { return s.data_set == "real from 0 degrees"; }));
}

}  // namespace
}  // namespace trackfit::coach_evaluation
