#include "contract/coaching_convert.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace trackfit::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Fields of a message that have their default value; with presence or not.
std::vector<std::string> UnsetFields(const google::protobuf::Message& message) {
  std::vector<const google::protobuf::FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  std::vector<std::string> unset;
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const auto* field = message.GetDescriptor()->field(i);
    if (std::find(set.begin(), set.end(), field) == set.end()) unset.push_back(field->name());
  }
  return unset;
}

repetitions::Finding Depth() {
  return {.code = "squat_depth",
          .level = repetitions::FindingLevel::kClearly,
          .measured = 118,
          .good_low = -repetitions::kNoLimit,
          .good_high = 100,
          .unit = "degrees",
          .joints = {skeleton::kLeftKnee, skeleton::kRightKnee},
          .sequence = 71};
}

reference::Match Match() {
  return {.name = "squat_standard",
          .similarity = 0.8F,
          .parts = {{reference::Part::kArms, 0.9F}, {reference::Part::kLegs, 0.7F}},
          .tempo_ratio = 1.5F,
          .deviations = {{.joint = skeleton::kLeftKnee, .phase = 0.5F, .degrees = 18, .sequence = 71}},
          .failure = "too short"};
}

coaching::CountedRepetition Counted() {
  return {.repetition = {.set = 2,
                         .number = 3,
                         .exercise = "squat",
                         .first_sequence = 40,
                         .last_sequence = 100,
                         .start_us = 1'333'000,
                         .end_us = 3'333'000,
                         .complete = true,
                         .correct = true,
                         .score = 81,
                         .range_of_motion = 0.9F,
                         .range_degrees = 75,
                         .left_right_degrees = -4,
                         .lowering_us = 900'000,
                         .pause_us = 200'000,
                         .lifting_us = 900'000,
                         .held_us = 5,
                         .peak_speed = 1.25F,
                         .path_ratio = 1.1F,
                         .sway = 0.05F,
                         .findings = {{}, Depth()}},
          .exercise_title = "Squat",
          .finding_words = {{}, {"Depth", "Go deeper."}},
          .reference = Match()};
}

TEST(CoachingToProto, RepetitionHasAllThatTheContractNames) {
  const v1::Repetition repetition = ToProto(Counted());
  EXPECT_THAT(UnsetFields(repetition), IsEmpty());
  EXPECT_EQ(repetition.set(), 2U);
  EXPECT_EQ(repetition.number(), 3U);
  EXPECT_EQ(repetition.first_sequence(), 40U);
  EXPECT_EQ(repetition.last_sequence(), 100U);
  EXPECT_EQ(repetition.end_us() - repetition.start_us(), 2'000'000);
  EXPECT_EQ(repetition.lowering_us(), 900'000);
  EXPECT_EQ(repetition.pause_us(), 200'000);
  EXPECT_EQ(repetition.range_of_motion(), 0.9F);
  EXPECT_EQ(repetition.range_degrees(), 75);
  EXPECT_EQ(repetition.left_right_degrees(), -4);
  ASSERT_EQ(repetition.findings_size(), 2);
  EXPECT_EQ(repetition.findings(0).text(), "");
  EXPECT_EQ(repetition.findings(1).text(), "Go deeper.");
  EXPECT_EQ(repetition.findings(1).title(), "Depth");
  EXPECT_EQ(repetition.exercise_title(), "Squat");
}

TEST(CoachingToProto, FindingHasAllButItsWords) {
  const v1::Finding finding = ToProto(Depth());
  EXPECT_THAT(UnsetFields(finding), ElementsAre("text", "title"));
  EXPECT_EQ(finding.level(), v1::FINDING_LEVEL_CLEARLY);
  EXPECT_EQ(finding.measured(), 118);
  EXPECT_EQ(finding.good_low(), -std::numeric_limits<float>::infinity());
  EXPECT_EQ(finding.good_high(), 100);
  EXPECT_THAT(finding.joints(), ElementsAre("left_knee", "right_knee"));
}

TEST(CoachingToProto, FindingThatIsNotJudgedMeasuresNothing) {
  repetitions::Finding unseen = Depth();
  unseen.level = repetitions::FindingLevel::kNotJudged;
  unseen.measured = std::numeric_limits<float>::quiet_NaN();
  const v1::Finding finding = ToProto(unseen);
  EXPECT_EQ(finding.level(), v1::FINDING_LEVEL_NOT_JUDGED);
  EXPECT_EQ(finding.measured(), 0);
}

TEST(CoachingToProto, ReferenceMatchHasAllThatTheContractNames) {
  const v1::ReferenceMatch match = ToProto(Match());
  EXPECT_THAT(UnsetFields(match), IsEmpty());
  EXPECT_EQ(match.parts(1).part(), "legs");
  EXPECT_EQ(match.parts(1).similarity(), 0.7F);
  EXPECT_THAT(UnsetFields(match.deviations(0)), IsEmpty());
  EXPECT_EQ(match.deviations(0).joint(), "left_knee");
  EXPECT_EQ(match.deviations(0).degrees(), 18);
  EXPECT_FALSE(ToProto(coaching::CountedRepetition()).has_reference());
}

TEST(CoachingToProto, SetHasAllThatTheContractNames) {
  const v1::SetSummary set = ToProto(coaching::EndedSet{{.set = 2,
                                                         .exercise = "squat",
                                                         .repetitions = 8,
                                                         .partial = 2,
                                                         .correct = 6,
                                                         .score = 77,
                                                         .start_us = 10,
                                                         .end_us = 20,
                                                         .rest_us = 30,
                                                         .under_tension_us = 40,
                                                         .tempo_drift = 1.2F,
                                                         .range_lost = 0.1F,
                                                         .held_us = 50,
                                                         .findings = {{"squat_depth", 8, 2, 1}}},
                                                        "Squat",
                                                        {"Depth"}});
  EXPECT_THAT(UnsetFields(set), IsEmpty());
  EXPECT_EQ(set.repetitions(), 8U);
  EXPECT_EQ(set.partial(), 2U);
  EXPECT_EQ(set.correct(), 6U);
  EXPECT_EQ(set.under_tension_us(), 40);
  EXPECT_EQ(set.findings(0).judged(), 8U);
  EXPECT_EQ(set.findings(0).slightly(), 2U);
  EXPECT_EQ(set.findings(0).clearly(), 1U);
  EXPECT_THAT(UnsetFields(set.findings(0)), IsEmpty());
  EXPECT_EQ(set.findings(0).title(), "Depth");
}

TEST(CoachingToProto, EventBecomesTheFieldThatItIsAbout) {
  EXPECT_EQ(ToProto(coaching::Event(Counted())).repetition().number(), 3U);
  const v1::InferStreamResponse advice =
      ToProto(coaching::Event(coaching::Advice{"Go deeper.", {"squat_depth"}, 100}));
  EXPECT_THAT(UnsetFields(advice.advice()), IsEmpty());
  EXPECT_FALSE(advice.has_repetition());
  const v1::InferStreamResponse hint =
      ToProto(coaching::Event(coaching::Hint{"too_near", "Step back.", true, 7}));
  EXPECT_THAT(UnsetFields(hint.hint()), IsEmpty());
  coaching::EndedSet set;
  set.summary.set = 4;
  EXPECT_EQ(ToProto(coaching::Event(set)).set().set(), 4U);
}

TEST(CoachingConvert, KeepsACheckpointByteByByte) {
  const coaching::Checkpoint checkpoint{71, std::string("\0\xff{}", 4)};
  const coaching::Checkpoint back = FromProto(ToProto(checkpoint));
  EXPECT_EQ(back.sequence, 71U);
  EXPECT_EQ(back.state, checkpoint.state);
}

repetitions::Catalogue Squats() {
  repetitions::Condition depth, lean;
  depth.code = "squat_depth";
  depth.good = {60, 100};
  lean.code = "forward_lean";
  lean.good.high = 45;
  repetitions::Exercise squat;
  squat.name = "squat";
  squat.conditions = {depth, lean};
  return repetitions::Catalogue({squat});
}

TEST(CoachingFromProto, ConfigurationSaysWhatTheClientWants) {
  v1::CoachConfig config;
  config.set_voice("drill");
  config.set_language("ko");
  config.set_advice_off(true);
  config.set_off(true);
  v1::CoachTarget& depth = *config.add_targets();
  depth.set_code("squat_depth");
  depth.set_good_high(130);
  v1::CoachTarget& lean = *config.add_targets();
  lean.set_code("forward_lean");
  lean.set_good_low(5);
  lean.set_good_high(30);
  const auto coach = FromProto(config, Squats());
  ASSERT_TRUE(coach.ok()) << coach.status();
  EXPECT_EQ(coach->voice, "drill");
  EXPECT_EQ(coach->language, "ko");
  EXPECT_FALSE(coach->advice);
  EXPECT_TRUE(coach->off);
  EXPECT_EQ(coach->targets.at("squat_depth").low, 60) << "as the exercise says";
  EXPECT_EQ(coach->targets.at("squat_depth").high, 130);
  EXPECT_EQ(coach->targets.at("forward_lean").low, 5);
  EXPECT_TRUE(FromProto(v1::CoachConfig(), Squats())->advice);
}

TEST(CoachingFromProto, RefusesATargetThatMakesNoSenseNamingIt) {
  const auto refusal = [](const std::string& code, float low, float high) {
    v1::CoachConfig config;
    config.add_targets()->set_code("squat_depth");
    v1::CoachTarget& target = *config.add_targets();
    target.set_code(code);
    target.set_good_low(low);
    target.set_good_high(high);
    const absl::Status status = FromProto(config, Squats()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_EQ(refusal("squat_dept", 0, 1),
            "config.coach.targets[1].code is \"squat_dept\"; no exercise has such a condition; did you mean "
            "squat_depth?");
  EXPECT_THAT(refusal("forward_lean", std::numeric_limits<float>::quiet_NaN(), 1),
              HasSubstr("config.coach.targets[1].good_low is nan"));
  EXPECT_THAT(refusal("forward_lean", 0, std::numeric_limits<float>::infinity()),
              HasSubstr("config.coach.targets[1].good_high is inf"));
  EXPECT_EQ(refusal("forward_lean", 50, 45),
            "config.coach.targets[1]: the good range of \"forward_lean\", from 50 to 45, is empty");
}

}  // namespace
}  // namespace trackfit::contract
