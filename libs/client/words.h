// The contract's names and numbers in words for people: "push_up" is "Push-up", "left_index" is "left hand".
#ifndef TRACKFIT_CLIENT_WORDS_H_
#define TRACKFIT_CLIENT_WORDS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "client/labels.h"
#include "trackfit/v1/coaching.pb.h"
#include "trackfit/v1/common.pb.h"

namespace trackfit::client {

// The title of an exercise: "push_up" -> "Push-up".
std::string ExerciseWords(const std::string& exercise);

// "left_elbow" -> "left elbow"; all points of the face are the "head", the fingers the "hand".
std::string JointWords(const std::string& joint);

// The index of a joint by the contract's name for it; -1 for names that are no joint's.
int JointIndex(const std::string& joint);

// "excellent", "good", "fair", "poor" or "not judged".
std::string LevelWord(v1::QualityLevel level);

// Whether quality and joint errors mean something: the exercise is known and its model is calibrated.
bool IsJudged(const v1::Assessment& assessment);

// Microseconds -> "1:05.3" (minutes, seconds, tenths).
std::string ClockTime(int64_t time_us);

// The joints that are most off, worst first, at most one for each part of the body (the face, a hand with its
// wrist, a foot with its ankle), so that three points of one eye do not hide a bent back. Only joints that
// were judged and are at or above `min_percentile`.
std::vector<v1::JointError> WorstJoints(const v1::Assessment& assessment, size_t limit, float min_percentile);

// The parts of the body of which nothing is said because none of their joints was judged, from the head down:
// {"left elbow", "hands", "feet"}.
std::vector<std::string> PartsNotJudged(const v1::Assessment& assessment);

// What the server calls an exercise in the session's language; its title where it does not.
std::string ExerciseTitle(const v1::Repetition& repetition);
std::string ExerciseTitle(const v1::SetSummary& set);
std::string ExerciseTitle(const v1::Assessment& assessment);

// The same of a condition, "Depth"; where it has no title its code, "Squat depth".
std::string ConditionTitle(const v1::Finding& finding);
std::string ConditionTitle(const v1::FindingCount& count);

// "torso_lengths" -> "torso lengths", "seconds" -> "s"; a ratio has no unit.
std::string UnitWords(const std::string& unit);

// A finding's value: "121 degrees", "0.42 torso lengths", "1.3 s".
std::string MeasuredWords(const v1::Finding& finding, const Labels& labels = Labels());

// A finding's good range: "at most 100", "at least 0.8", "80 to 100"; empty if there are no limits.
std::string GoodRangeWords(const v1::Finding& finding, const Labels& labels = Labels());

// The same with its unit: "at least 0.8 torso lengths".
std::string GoodRangeInUnits(const v1::Finding& finding, const Labels& labels = Labels());

// The number of a finding's value, as many digits as tell one value from the next: "121", "0.42".
std::string MeasuredNumber(const v1::Finding& finding);

// Slightly or clearly off.
bool IsOff(const v1::Finding& finding);

// What is off in a repetition, clearly before slightly, else in its order.
std::vector<v1::Finding> FindingsOff(const v1::Repetition& repetition);

// "correct", "not correct" or "partial".
std::string VerdictWord(const v1::Repetition& repetition, const Labels& labels = Labels());

// How often a condition was off: "Depth: off in 3 of 10, 2 clearly".
std::string OffWords(const std::string& title, uint32_t judged, uint32_t slightly, uint32_t clearly,
                     const Labels& labels = Labels());

// How a repetition compares with its reference, and why not if it was not: "movement 97 % like squat". Of one
// that is not correct also where it is least like it, and never "100 %"; of a partial one no percentage,
// because likeness says nothing of how far the limbs move. Empty without a reference.
std::string ReferenceWords(const v1::Repetition& repetition, const Labels& labels = Labels());
// Whether that gives a percentage, and the parts of the body are worth one.
bool IsCompared(const v1::Repetition& repetition);
// That of the whole body or a part, in percent: "97".
std::string LikenessNumber(float similarity, const v1::Repetition& repetition);

// What came of a set: repetitions, how many are partial and correct, score, times.
std::vector<std::string> SetFacts(const v1::SetSummary& set, const Labels& labels = Labels());
// What fatigue cost; empty where nothing notable changed.
std::vector<std::string> DriftFacts(const v1::SetSummary& set, const Labels& labels = Labels());

// From here on a joint's error in one window is worth showing; one correct window in twenty has it.
inline constexpr float kRarePercentile = 95;

// From here on a joint is worth a word in one window's line: it is among the worse half of the worst.
inline constexpr float kNotablePercentile = 50;

// kRarePercentile for the mean over a session, which scatters less.
inline constexpr float kRareMeanPercentile = 90;

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_WORDS_H_
