#include "client/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "command_line/exit_code.h"
#include "support/coached_session.h"
#include "support/messages.h"

namespace trackfit::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Words, SpellExercisesAsPeopleDo) {
  EXPECT_EQ(ExerciseWords("push_up"), "Push-up");
  EXPECT_EQ(ExerciseWords("barbell_biceps_curl"), "Barbell biceps curl");
  EXPECT_EQ(ExerciseWords("other"), "Something else");
  EXPECT_EQ(ExerciseWords(""), "Nothing yet");
}

TEST(Words, SpellJointsAsPeopleDo) {
  EXPECT_EQ(JointWords("left_elbow"), "left elbow");
  EXPECT_EQ(JointWords("right_foot_index"), "right toes");
  EXPECT_EQ(JointWords("left_index"), "left hand");
  EXPECT_EQ(JointWords("left_eye_inner"), "head");
}

TEST(Words, TellEveryJointApartExceptOnHeadAndHands) {
  std::map<std::string, int> count;
  for (const std::string_view name : skeleton::JointNames()) ++count[JointWords(std::string(name))];
  EXPECT_EQ(count["head"], 11);
  EXPECT_EQ(count["left hand"], 3);
  EXPECT_EQ(count["right hand"], 3);
  EXPECT_EQ(count.size(), 3U + 16U);
}

TEST(Words, GiveTimesToTheTenthOfASecond) {
  EXPECT_EQ(ClockTime(0), "0:00.0");
  EXPECT_EQ(ClockTime(65'260'000), "1:05.3");
  EXPECT_EQ(ClockTime(59'960'000), "1:00.0");
}

TEST(WorstJoints, ComeWorstFirstAndOnlyAboveTheLimit) {
  const v1::Assessment assessment = testing::PushUp(
      0, 59, 80, {{skeleton::kLeftHip, 96}, {skeleton::kRightElbow, 99}, {skeleton::kLeftKnee, 94}});
  const auto worst = WorstJoints(assessment, 3, 95);
  ASSERT_EQ(worst.size(), 2U);
  EXPECT_EQ(worst[0].name(), "right_elbow");
  EXPECT_EQ(worst[1].name(), "left_hip");
}

TEST(WorstJoints, CountEachPartOfTheBodyOnce) {
  const v1::Assessment assessment = testing::PushUp(0, 59, 80,
                                                    {{skeleton::kLeftEye, 99},
                                                     {skeleton::kLeftEyeInner, 98},
                                                     {skeleton::kNose, 98},
                                                     {skeleton::kLeftThumb, 97},
                                                     {skeleton::kLeftWrist, 96},
                                                     {skeleton::kRightHip, 95}});
  const auto worst = WorstJoints(assessment, 3, 90);
  ASSERT_EQ(worst.size(), 3U);
  EXPECT_EQ(worst[0].name(), "left_eye");
  EXPECT_EQ(worst[1].name(), "left_thumb");
  EXPECT_EQ(worst[2].name(), "right_hip");
}

TEST(WorstJoints, NeverNameAJointThatWasNotJudged) {
  v1::Assessment assessment = testing::PushUp(0, 59, 80, {{skeleton::kRightHip, 96}});
  v1::JointError& unseen = *assessment.mutable_joint_errors(skeleton::kLeftKnee);
  unseen.set_judged(false);
  unseen.set_percentile(99);  // whatever a server says beside it
  const auto worst = WorstJoints(assessment, 3, 90);
  ASSERT_EQ(worst.size(), 1U);
  EXPECT_EQ(worst[0].name(), "right_hip");
}

TEST(PartsNotJudged, ComeFromTheHeadDownAndBothSidesAsOne) {
  std::set<int> unseen = testing::kFeetJoints;
  unseen.insert(testing::kLeftHandJoints.begin(), testing::kLeftHandJoints.end());
  unseen.insert(skeleton::kRightElbow);
  for (int joint = skeleton::kNose; joint <= skeleton::kMouthRight; ++joint) unseen.insert(joint);
  EXPECT_THAT(PartsNotJudged(testing::PushUp(0, 59, 80, {}, unseen)),
              ElementsAre("head", "right elbow", "left hand", "feet"));
}

TEST(PartsNotJudged, LeaveOutAPartOfWhichAnyJointWasJudged) {
  EXPECT_THAT(PartsNotJudged(testing::PushUp(0, 59, 80)), IsEmpty());
  std::set<int> fingers = testing::kLeftHandJoints;
  fingers.erase(skeleton::kLeftWrist);
  EXPECT_THAT(PartsNotJudged(testing::PushUp(0, 59, 80, {}, fingers)), IsEmpty());
}

TEST(Words, GiveWhatWasMeasuredWithItsUnitAndRange) {
  const auto words = [](float measured, float low, float high, const std::string& unit) {
    const v1::Finding finding = testing::FindingOf("x", v1::FINDING_LEVEL_CLEARLY, measured, low, high, unit);
    return MeasuredWords(finding) + "|" + GoodRangeWords(finding);
  };
  EXPECT_EQ(words(121.4F, -testing::kNoLimit, 100, "degrees"), "121 degrees|at most 100");
  EXPECT_EQ(words(0.424F, 0.5F, testing::kNoLimit, "torso_lengths"), "0.42 torso lengths|at least 0.50");
  EXPECT_EQ(words(0.7F, 0.8F, 1.2F, "ratio"), "0.70|0.80 to 1.20");
  EXPECT_EQ(words(0.44F, 1, testing::kNoLimit, "seconds"), "0.4 s|at least 1.0");
  EXPECT_EQ(words(-0.2F, -testing::kNoLimit, testing::kNoLimit, "degrees"), "0 degrees|");
}

TEST(ConditionTitle, IsTheServersElseTheCode) {
  v1::Finding finding;
  finding.set_code("squat_depth");
  EXPECT_EQ(ConditionTitle(finding), "Squat depth");
  finding.set_title("Depth");
  EXPECT_EQ(ConditionTitle(finding), "Depth");
}

template <typename Message>
void ExpectTheServersTitleElseTheVocabularys() {
  Message message;
  message.set_exercise("push_up");
  EXPECT_EQ(ExerciseTitle(message), "Push-up");
  message.set_exercise_title("푸시업");
  EXPECT_EQ(ExerciseTitle(message), "푸시업");
}

TEST(ExerciseTitle, IsTheServersElseTheVocabularys) {
  ExpectTheServersTitleElseTheVocabularys<v1::SetSummary>();
  ExpectTheServersTitleElseTheVocabularys<v1::Assessment>();
}

v1::Repetition ComparedSquat(float knee_angle, float similarity) {
  v1::Repetition repetition = testing::SquatOf(0, 1, 1, knee_angle);
  v1::ReferenceMatch& match = *repetition.mutable_reference();
  match.set_name("squat");
  match.set_similarity(similarity);
  for (const auto& [part, of_part] :
       {std::pair("arms", 1.0F), std::pair("legs", similarity - 0.1F), std::pair("trunk", 1.0F)}) {
    v1::ReferencePart& message = *match.add_parts();
    message.set_part(part);
    message.set_similarity(of_part);
  }
  return repetition;
}

TEST(ReferenceWords, GiveAPercentageOfTheMovement) {
  EXPECT_EQ(ReferenceWords(testing::SquatOf(0, 1, 1)), "") << "there is none";
  EXPECT_EQ(ReferenceWords(ComparedSquat(80, 0.97F)), "movement 97 % like squat");
  EXPECT_EQ(ReferenceWords(ComparedSquat(80, 0.999F)), "movement 100 % like squat");
  EXPECT_EQ(ReferenceWords(ComparedSquat(80, 0.97F), Labels("ko")), "움직임 97% 일치 (squat)");
}

TEST(ReferenceWords, SayWhatIsLeastAlikeOfARepetitionThatIsNotCorrect) {
  const v1::Repetition off = ComparedSquat(110, 0.97F);
  ASSERT_FALSE(off.correct());
  EXPECT_EQ(ReferenceWords(off), "movement 97 % like squat, legs least (87 %)");
  EXPECT_EQ(ReferenceWords(off, Labels("ko")), "움직임 97% 일치 (squat), 가장 다른 곳: 다리 87%");
  EXPECT_EQ(ReferenceWords(ComparedSquat(110, 0.999F)), "movement 99 % like squat, legs least (90 %)")
      << "what is not correct is not 100 % like it";
  EXPECT_EQ(LikenessNumber(1, off), "99");
}

TEST(ReferenceWords, GiveNoPercentageOfAPartialRepetition) {
  const v1::Repetition partial = ComparedSquat(130, 0.999F);
  ASSERT_FALSE(partial.complete());
  EXPECT_FALSE(IsCompared(partial));
  EXPECT_EQ(ReferenceWords(partial), "not compared with squat: the repetition is partial");
}

TEST(OffWords, TellClearlyFromSlightly) {
  EXPECT_EQ(OffWords("Depth", 10, 0, 3), "Depth: off in 3 of 10");
  EXPECT_EQ(OffWords("Depth", 10, 3, 0), "Depth: off in 3 of 10, slightly");
  EXPECT_EQ(OffWords("Depth", 10, 1, 2), "Depth: off in 3 of 10, 2 clearly");
}

TEST(SetFacts, OfHoldsTellTheLongest) {
  v1::SetSummary set;
  set.set_repetitions(2);
  set.set_held_us(12'300'000);
  const std::vector<std::string> facts = SetFacts(set);
  ASSERT_GE(facts.size(), 2U);
  EXPECT_EQ(facts[0], "2 holds");
  EXPECT_EQ(facts[1], "longest hold 12.3 s");
}

TEST(FindingsOff, ComeClearlyBeforeSlightlyAndLeaveTheRestOut) {
  v1::Repetition repetition;
  *repetition.add_findings() = testing::FindingOf("head", v1::FINDING_LEVEL_SLIGHTLY, 12, 0, 10);
  *repetition.add_findings() = testing::FindingOf("hips", v1::FINDING_LEVEL_GOOD, 1, 0, 10);
  *repetition.add_findings() = testing::FindingOf("depth", v1::FINDING_LEVEL_CLEARLY, 50, 0, 10);
  *repetition.add_findings() = testing::FindingOf("feet", v1::FINDING_LEVEL_NOT_JUDGED, 0, 0, 10);
  const std::vector<v1::Finding> off = FindingsOff(repetition);
  ASSERT_EQ(off.size(), 2U);
  EXPECT_EQ(off[0].code(), "depth");
  EXPECT_EQ(off[1].code(), "head");
}

TEST(ExitCode, IsOneForAnErrorUnlessItCarriesAnother) {
  EXPECT_EQ(command_line::ExitCodeOf(absl::OkStatus()), 0);
  EXPECT_EQ(command_line::ExitCodeOf(absl::InternalError("x")), 1);
  EXPECT_EQ(command_line::ExitCodeOf(
                command_line::WithExitCode(absl::NotFoundError("x"), command_line::kNoAssessmentExitCode)),
            3);
}

}  // namespace
}  // namespace trackfit::client
