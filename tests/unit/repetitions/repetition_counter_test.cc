#include "repetitions/repetition_counter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "phase_signal.h"
#include "skeleton/joint.h"
#include "skeleton/resample.h"

namespace trackfit::repetitions {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr float kUnseen = std::numeric_limits<float>::quiet_NaN();

struct Counted {
  double start_s = 0;
  double end_s = 0;
  double reported_s = 0;
  float range = 0;
};

Counted Describe(const Attempt& attempt) {
  const auto seconds = [&](size_t index) {
    return 1e-6 * static_cast<double>(attempt.frames[index].timestamp_us);
  };
  return {seconds(attempt.begin), seconds(attempt.end), seconds(attempt.frames.size() - 1), attempt.range};
}

std::vector<Counted> Count(RepetitionCounter& counter, const std::vector<float>& phases) {
  std::vector<Counted> counted;
  for (size_t i = 0; i < phases.size(); ++i) {
    if (const auto attempt = counter.Push(BodyAt(phases[i], static_cast<int64_t>(i))))
      counted.push_back(Describe(*attempt));
  }
  if (const auto attempt = counter.Finish()) counted.push_back(Describe(*attempt));
  return counted;
}

std::vector<Counted> Count(Signal& signal) {
  const Exercise exercise = WristRaise();
  RepetitionCounter counter(exercise);
  return Count(counter, signal.values());
}

class AtTempo : public testing::TestWithParam<double> {};

TEST_P(AtTempo, CountsEachRepetitionWhereItIsAndSoon) {
  constexpr double kLead = 1;
  constexpr double kPause = 0.5;
  Signal signal;
  signal.Hold(0, kLead);
  for (int i = 0; i < 5; ++i) signal.Repetition(GetParam()).Hold(0, kPause);
  const std::vector<Counted> counted = Count(signal);
  ASSERT_THAT(counted, SizeIs(5));
  for (size_t i = 0; i < counted.size(); ++i) {
    const double start = kLead + static_cast<double>(i) * (GetParam() + kPause);
    EXPECT_NEAR(counted[i].start_s, start, 0.1 + 0.1 * GetParam());
    EXPECT_NEAR(counted[i].end_s, start + GetParam(), 0.1 + 0.1 * GetParam());
    EXPECT_LE(counted[i].reported_s - counted[i].end_s, 0.3);
    EXPECT_NEAR(counted[i].range, 1, 0.1);
  }
}

INSTANTIATE_TEST_SUITE_P(Tempos, AtTempo, testing::Values(0.7, 1, 1.5, 2.5, 4, 6));

TEST(RepetitionCounter, CountsWithoutAPauseBetweenRepetitions) {
  EXPECT_THAT(Count(Signal().Hold(0, 1).Repetitions(12, 1.2)), SizeIs(12));
}

TEST(RepetitionCounter, CountsSomebodyWhoNeverComesBackToFullRest) {
  EXPECT_THAT(Count(Signal().To(0, 0.4F, 1).Repetitions(8, 1.5, 1, 0.4F).Hold(0.4F, 1)), SizeIs(8));
}

TEST(RepetitionCounter, FollowsARestThatDrifts) {
  Signal signal;
  signal.Hold(0, 1).Repetitions(15, 2);
  for (size_t i = 0; i < signal.values().size(); ++i)
    signal.values()[i] += 0.4F * static_cast<float>(i) / static_cast<float>(signal.values().size());
  EXPECT_THAT(Count(signal), SizeIs(15));
}

TEST(RepetitionCounter, SeesThroughTheJitterOfLandmarks) {
  Signal signal;
  signal.Hold(0, 2).Repetitions(10, 2).Hold(0, 10).Repetitions(5, 3).Hold(0, 2);
  std::mt19937 random(7);
  std::normal_distribution<float> jitter(0, 0.04F);
  for (float& value : signal.values()) value += jitter(random);
  for (size_t i = 20; i < signal.values().size(); i += 47)
    signal.values()[i] += 0.8F;  // landmarks gone astray
  EXPECT_THAT(Count(signal), SizeIs(15));
}

TEST(RepetitionCounter, TellsPartialRepetitionsByTheirRange) {
  Signal signal;
  signal.Hold(0, 1).Repetitions(3, 2).Repetition(2, 0.5F).Repetition(2).Repetition(2, 0.5F).Hold(0, 1);
  const std::vector<Counted> counted = Count(signal);
  ASSERT_THAT(counted, SizeIs(6));
  const Exercise exercise = WristRaise();
  std::vector<bool> complete;
  for (const Counted& repetition : counted) complete.push_back(repetition.range >= exercise.complete_range);
  EXPECT_EQ(complete, (std::vector<bool>{true, true, true, false, true, false}));
}

TEST(RepetitionCounter, IgnoresWhatIsSmall) {
  EXPECT_THAT(Count(Signal().Hold(0, 1).Repetitions(10, 1, 0.25F)), IsEmpty());
}

TEST(RepetitionCounter, IgnoresSmallMovementsOfSomebodyWhoMovesFar) {
  Signal signal;
  signal.Hold(0, 1).Repetitions(4, 2, 1.2F).Repetitions(5, 1, 0.18F).Repetitions(2, 2, 1.2F).Hold(0, 1);
  EXPECT_THAT(Count(signal), SizeIs(6));
}

// As WristRaise(), and the right wrist has to come along.
Exercise BothWristsRaise() {
  const std::string yaml = R"(
exercise: wrist_raise
title: {en: Wrist raise}
best_view: side
measures:
  left_height: {height: [left_wrist, left_shoulder]}
  right_height: {height: [right_wrist, right_shoulder]}
repetition:
  drivers:
    - {measure: left_height, rest: 0, turn: 1}
    - {measure: right_height, rest: 0, turn: 1}
  seconds: {least: 0.4, most: 10}
  range: {least: 0.3, complete: 0.6}
  requires:
    - {measure: right_height, moment: turn, statistic: mean, least: 0.7}
)";
  return *Exercise::Parse("wrist_raise.yaml", yaml);
}

std::vector<Counted> CountBoth(const std::vector<float>& left, const std::vector<float>& right) {
  const Exercise exercise = BothWristsRaise();
  RepetitionCounter counter(exercise);
  std::vector<Counted> counted;
  for (size_t i = 0; i < left.size(); ++i) {
    Body body = BodyAt(left[i], static_cast<int64_t>(i));
    body.joints[skeleton::kRightWrist] = {3.3F, right[i] - 1, 0};
    body.visibility[skeleton::kRightWrist] = 1;
    if (const auto attempt = counter.Push(body)) counted.push_back(Describe(*attempt));
  }
  return counted;
}

TEST(RepetitionCounter, BelievesASmallRepetitionThatMovesAsTheCompleteOnesDo) {
  Signal signal;
  signal.Hold(0, 1).Repetitions(3, 1.5).Repetition(1.5, 0.18F).Repetition(1.5).Hold(0, 1);
  EXPECT_THAT(CountBoth(signal.values(), signal.values()), SizeIs(5));
}

TEST(RepetitionCounter, DoesNotBelieveASmallOneThatMovesOtherwise) {
  Signal left;
  left.Hold(0, 1).Repetitions(3, 1.5).Repetition(1.5, 0.36F).Repetition(1.5).Hold(0, 1);
  Signal right;
  right.Hold(0, 1).Repetitions(3, 1.5).Hold(0, 1.5).Repetition(1.5).Hold(0, 1);
  EXPECT_THAT(CountBoth(left.values(), right.values()), SizeIs(4));
}

TEST(RepetitionCounter, DoesNotBelieveASmallOneLongAfterTheSet) {
  Signal signal;
  signal.Hold(0, 1).Repetitions(3, 1.5).Hold(0, 12).Repetition(1.5, 0.18F).Hold(0, 1);
  EXPECT_THAT(CountBoth(signal.values(), signal.values()), SizeIs(3));
}

TEST(RepetitionCounter, TakesNothingOfTheRepetitionBeforeForRest) {
  const Exercise exercise = WristRaise();
  RepetitionCounter counter(exercise);
  Signal signal;
  signal.Hold(0, 1).Repetitions(4, 0.7);
  std::optional<int64_t> before;
  int compared = 0;
  for (size_t i = 0; i < signal.values().size(); ++i) {
    const auto attempt = counter.Push(BodyAt(signal.values()[i], static_cast<int64_t>(i)));
    if (!attempt) continue;
    if (before) {
      EXPECT_GE(attempt->frames.front().timestamp_us, *before);
      ++compared;
    }
    before = attempt->frames[attempt->end].timestamp_us;
  }
  EXPECT_GE(compared, 2);
}

TEST(RepetitionCounter, IgnoresTwitches) {
  EXPECT_THAT(Count(Signal().Hold(0, 1).Repetition(0.2).Hold(0, 1)), IsEmpty());
}

TEST(RepetitionCounter, DoesNotCountGoingSomewhereAndStayingThere) {
  EXPECT_THAT(Count(Signal().Hold(0, 2).To(0, 1, 1).Hold(1, 20).To(1, 0, 1).Hold(0, 2)), IsEmpty());
}

TEST(RepetitionCounter, CountsFromANewLevelOfRest) {
  Signal signal;
  signal.Hold(0, 1)
      .To(0, 0.9F, 1)
      .To(0.9F, 0.5F, 0.5)
      .Hold(0.5F, 3)
      .Repetitions(4, 2, 1.3F, 0.5F)
      .Hold(0.5F, 1);
  EXPECT_THAT(Count(signal), SizeIs(4));
}

TEST(RepetitionCounter, CountsAPauseAtTheTurningPointOnce) {
  EXPECT_THAT(Count(Signal()
                        .Hold(0, 1)
                        .To(0, 1, 1)
                        .Hold(1, 3)
                        .To(1, 0.75F, 0.5)
                        .To(0.75F, 1, 0.5)
                        .To(1, 0, 1)
                        .Hold(0, 1)),
              SizeIs(1));
}

TEST(RepetitionCounter, AJointHiddenForHalfASecondLosesNothing) {
  Signal signal;
  signal.Hold(0, 1).Repetitions(3, 2).Hold(0, 1);
  for (size_t i = 85; i < 100; ++i) signal.values()[i] = kUnseen;  // around a turning point
  EXPECT_THAT(Count(signal), SizeIs(3));
}

TEST(RepetitionCounter, DropsWhatIsUnderWayWhenNothingIsSeenForLong) {
  Signal signal;
  signal.Hold(0, 1).Repetitions(2, 2).To(0, 1, 1);
  for (int i = 0; i < 60; ++i) signal.values().push_back(kUnseen);
  signal.To(1, 0, 1).Hold(0, 1).Repetitions(2, 2).Hold(0, 1);
  EXPECT_THAT(Count(signal), SizeIs(4));
}

TEST(RepetitionCounter, DropsWhatIsUnderWayWhenTheTrackJumpsToSomebodyElse) {
  const Exercise exercise = WristRaise();
  RepetitionCounter counter(exercise);
  Signal signal;
  signal.Hold(0, 1).To(0, 1, 1);
  int64_t frame = 0;
  for (const float phase : signal.values()) EXPECT_FALSE(counter.Push(BodyAt(phase, frame++)));
  for (int i = 0; i < 60; ++i) EXPECT_FALSE(counter.Push(BodyAt(0, frame++, 6)));
  EXPECT_TRUE(counter.at_rest());
}

TEST(RepetitionCounter, BreakDropsWhatIsUnderWay) {
  const Exercise exercise = WristRaise();
  RepetitionCounter counter(exercise);
  Signal out;
  out.Hold(0, 1).To(0, 1, 1);
  int64_t frame = 0;
  for (const float phase : out.values()) counter.Push(BodyAt(phase, frame++));
  EXPECT_FALSE(counter.at_rest());
  counter.Break();
  EXPECT_TRUE(counter.at_rest());
  Signal back;
  back.To(1, 0, 1).Hold(0, 1);
  for (const float phase : back.values()) EXPECT_FALSE(counter.Push(BodyAt(phase, frame++)));
}

TEST(RepetitionCounter, RequirementsRejectWhatMovesLikewise) {
  Exercise exercise = WristRaise();
  exercise.requirements = {{{1, Moment::kThroughout, Statistic::kRange}, {-kNoLimit, 0.5F}}};  // hips_x
  RepetitionCounter counter(exercise);
  Signal signal;
  signal.Hold(0, 1).Repetitions(4, 2).Hold(0, 1);
  int counted = 0;
  float x = 3;
  for (size_t i = 0; i < signal.values().size(); ++i) {
    if (i > 90 && i < 150) x += 0.02F;  // walks during the second one
    counted += counter.Push(BodyAt(signal.values()[i], static_cast<int64_t>(i), x)).has_value();
  }
  EXPECT_EQ(counted, 3);
  EXPECT_EQ(counter.state().repetitions, 3);
}

TEST(RepetitionCounter, FinishCountsWhatLacksItsLastFramesOnly) {
  Signal nearly;
  nearly.Hold(0, 1).Repetition(2).To(0, 1, 1).To(1, 0, 1);
  nearly.values().resize(nearly.values().size() - 4);
  EXPECT_THAT(Count(nearly), SizeIs(2));
  Signal half;
  half.Hold(0, 1).Repetition(2).To(0, 1, 1).To(1, 0.5F, 0.5);
  EXPECT_THAT(Count(half), SizeIs(1));
}

TEST(RepetitionCounter, GoesOnFromItsStateWithTheSameResults) {
  Signal signal;
  signal.Hold(0, 1).Repetitions(4, 2, 1.1F).Hold(0, 1);
  const size_t moved_at = signal.values().size();
  signal.Repetition(2, 0.17F).Repetitions(3, 2, 1.1F).Hold(0, 1);
  const Exercise exercise = WristRaise();
  RepetitionCounter stays(exercise);
  std::optional<RepetitionCounter> moved;
  std::vector<Counted> expected;
  std::vector<Counted> actual;
  for (size_t i = 0; i < signal.values().size(); ++i) {
    const Body body = BodyAt(signal.values()[i], static_cast<int64_t>(i));
    if (i == moved_at) {
      ASSERT_TRUE(stays.at_rest());
      moved.emplace(exercise, stays.state());
    }
    if (const auto attempt = stays.Push(body); attempt && moved) expected.push_back(Describe(*attempt));
    if (!moved) continue;
    if (const auto attempt = moved->Push(body)) actual.push_back(Describe(*attempt));
  }
  ASSERT_THAT(expected, SizeIs(3));  // 0.17 is little for somebody who moves 1.1
  ASSERT_THAT(actual, SizeIs(expected.size()));
  for (size_t i = 0; i < actual.size(); ++i) {
    EXPECT_NEAR(actual[i].start_s, expected[i].start_s, 0.04);
    EXPECT_NEAR(actual[i].end_s, expected[i].end_s, 0.04);
    EXPECT_NEAR(actual[i].range, expected[i].range, 0.02);
  }
  EXPECT_EQ(moved->state().repetitions, stays.state().repetitions);
}

TEST(RepetitionCounter, AnAttemptIsBoundedHoweverLongTheRestWas) {
  const Exercise exercise = WristRaise();
  RepetitionCounter counter(exercise);
  Signal signal;
  signal.Hold(0, 120).Repetition(3).Hold(0, 1);
  size_t frames = 0;
  for (size_t i = 0; i < signal.values().size(); ++i) {
    const auto attempt = counter.Push(BodyAt(signal.values()[i], static_cast<int64_t>(i)));
    if (!attempt) continue;
    frames = attempt->frames.size();
    EXPECT_EQ(attempt->phase.size(), frames);
    EXPECT_LT(attempt->begin, attempt->turn_begin);
    EXPECT_LE(attempt->turn_begin, attempt->turn_end);
    EXPECT_LT(attempt->turn_end, attempt->end);
  }
  EXPECT_GT(frames, 90U);
  EXPECT_LT(frames, 125U);
}

class AtFrameRate : public testing::TestWithParam<double> {};

TEST_P(AtFrameRate, CountsTheSame) {
  const Exercise exercise = WristRaise();
  RepetitionCounter counter(exercise);
  BodyScale scale;
  skeleton::Resampler resampler(kRateHz, 500'000);
  Signal truth;
  truth.Hold(0, 1).Repetitions(6, 1.5).Hold(0, 1);
  std::vector<Counted> counted;
  for (int frame = 0; frame / GetParam() < truth.seconds(); ++frame) {
    const Body body = BodyAt(truth.values()[static_cast<size_t>(frame / GetParam() * kRateHz)], frame);
    skeleton::Pose pose;
    pose.sequence = static_cast<uint64_t>(frame);
    pose.timestamp_us = std::llround(frame * 1e6 / GetParam());
    for (int joint = 0; joint < skeleton::kJointCount; ++joint) {
      const bool seen = body.visibility[joint] > 0;
      pose.landmarks[joint] = {seen ? body.joints[joint].x / 10 : kUnseen,
                               seen ? -body.joints[joint].y / 10 : kUnseen, 0, body.visibility[joint], 1};
    }
    for (const skeleton::Pose& resampled : resampler.Push(pose).poses) {
      const auto measured = scale.Measure(resampled);
      ASSERT_TRUE(measured);
      if (const auto attempt = counter.Push(*measured)) counted.push_back(Describe(*attempt));
    }
  }
  ASSERT_THAT(counted, SizeIs(6));
  for (size_t i = 0; i < counted.size(); ++i) {
    EXPECT_NEAR(counted[i].start_s, 1 + 1.5 * static_cast<double>(i), 0.15);
    EXPECT_NEAR(counted[i].range, 1, 0.12);
  }
}

INSTANTIATE_TEST_SUITE_P(Rates, AtFrameRate, testing::Values(10, 15, 24, 30, 60));

TEST(RepetitionCounter, TimesAHold) {
  Exercise exercise = WristRaise();
  exercise.held = true;
  exercise.least_seconds = 2;
  RepetitionCounter counter(exercise);
  Signal signal;
  signal.Hold(0, 2).To(0, 1, 1).Hold(1, 20).To(1, 0, 1).Hold(0, 2);
  signal.Repetition(1).Hold(0, 1);  // too short a hold
  const std::vector<Counted> counted = Count(counter, signal.values());
  ASSERT_THAT(counted, SizeIs(1));
  EXPECT_NEAR(counted[0].end_s - counted[0].start_s, 21, 0.5);
  EXPECT_NEAR(counted[0].range, 1, 0.01);
}

TEST(RepetitionCounter, ALongHoldKeepsItsLengthWithFewerFrames) {
  Exercise exercise = WristRaise();
  exercise.held = true;
  exercise.least_seconds = 2;
  RepetitionCounter counter(exercise);
  Signal signal;
  signal.Hold(1, 180);
  for (size_t i = 0; i < signal.values().size(); ++i)
    EXPECT_FALSE(counter.Push(BodyAt(signal.values()[i], static_cast<int64_t>(i))));
  EXPECT_FALSE(counter.at_rest());
  const auto attempt = counter.Finish();
  ASSERT_TRUE(attempt);
  const Counted hold = Describe(*attempt);
  EXPECT_NEAR(hold.end_s - hold.start_s, 180, 1.5);
  EXPECT_LE(attempt->frames.size(), 330U);  // most_seconds and a second more
}

TEST(RepetitionCounter, AStumbleOfTheLandmarksDoesNotEndAHold) {
  Exercise exercise = WristRaise();
  exercise.held = true;
  exercise.least_seconds = 2;
  RepetitionCounter counter(exercise);
  Signal signal;
  signal.Hold(1, 5).Hold(0, 0.15).Hold(1, 5).Hold(0, 1);
  EXPECT_THAT(Count(counter, signal.values()), SizeIs(1));
}

}  // namespace
}  // namespace trackfit::repetitions
