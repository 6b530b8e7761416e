// Which exercise a person did during a window of time, and how well: the contract's Assessment as a plain
// type.
#ifndef TRACKFIT_ASSESSMENT_ASSESSMENT_H_
#define TRACKFIT_ASSESSMENT_ASSESSMENT_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "skeleton/joint.h"

namespace trackfit::assessment {

struct ClassScore {
  std::string exercise;
  float probability = 0;
};

enum class QualityLevel { kUnspecified, kPoor, kFair, kGood, kExcellent };

// Score in [0, 100] to a word: below 5 poor, below 25 fair, below 60 good, else excellent.
QualityLevel LevelOf(float score);

struct Quality {
  float cosine = 0;  // between embedding and prototype, [-1, 1]
  float score = 0;   // percentile in the model's table of correct executions, [0, 100]
  QualityLevel level = QualityLevel::kUnspecified;
};

struct JointError {
  float error = 0;       // the model's raw error
  float percentile = 0;  // among correct executions of the judged exercise, [0, 100]
  bool judged = true;    // false: hardly seen in this window; error and percentile are 0
};

enum class NoticeCode {
  kNoMovement,      // hardly anything moves in the window
  kFewPoses,        // most of the window is interpolated between too few poses
  kNoRepetition,    // it has long looked like an exercise, but the coach waits for a repetition in vain
  kLittleEvidence,  // of a whole clip: it rests on less movement than a repetition takes
};

// A reason to trust an assessment less.
struct Notice {
  NoticeCode code = NoticeCode::kNoMovement;
  std::string message;    // a sentence for people: what was noticed, what to do
  uint64_t sequence = 0;  // of the latest pose when it was noticed
};

struct Assessment {
  uint64_t first_sequence = 0;
  uint64_t last_sequence = 0;
  std::vector<ClassScore> classes;  // all, most probable first, summing to 1
  std::string exercise;             // the most probable that is not the background class
  std::string exercise_title;       // for people, in the session's language; empty: nobody has told
  float confidence = 0;             // its probability
  // In-distribution score: how much the movement looks like one of the model's exercises rather than anything
  // else, [0, 1]. known: the score reaches the model's threshold, and no notice says that the window shows
  // too little to tell.
  float known_score = 0;
  bool known = false;
  float known_threshold = 0.5F;  // the model's
  std::string background;        // the class of everything that is none of the exercises; empty: none
  // Of the movement that it rests on: the window's; of a whole clip that of the windows that count, together.
  // 0: not known.
  int64_t duration_us = 0;
  bool counted = false;         // somebody counts the repetitions of `exercise` in the same poses
  std::string judged_exercise;  // what quality and joint errors refer to
  Quality quality;
  std::array<JointError, skeleton::kJointCount> joint_errors{};
  std::vector<float> embedding;  // the network's own, L2-normalised; not in the contract
  std::string model_version;
  std::vector<Notice> notices;  // usually empty

  // The window shows too little to name an exercise, whatever the network says.
  bool held_back() const;
};

}  // namespace trackfit::assessment

#endif  // TRACKFIT_ASSESSMENT_ASSESSMENT_H_
