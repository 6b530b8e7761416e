// Which exercise a clip shows, or none: the decisions and how good they are.
#ifndef TRACKFIT_EVALUATION_RECOGNITION_H_
#define TRACKFIT_EVALUATION_RECOGNITION_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dataset/clip.h"
#include "evaluation/confusion_matrix.h"
#include "evaluation/metrics.h"
#include "evaluation/served_clip.h"

namespace trackfit::evaluation {

// The assessor's exercises and, last, "other" for everything else. Truths and decisions index this list.
std::vector<std::string> ClassesOf(const assessment::Assessor& assessor);

struct ClipDecision {
  std::string id;
  std::string exercise;  // the clip's own names
  std::string form;
  std::string fault;
  dataset::SourceKind kind = dataset::SourceKind::kRecorded;
  int truth = 0;
  bool stand_in = false;             // see dataset::ClassLabel
  int decision = 0;                  // the exercise if it is known, else other
  int exercise_named = 0;            // whether known or not
  float known_score = 0;             // see assessment::Assessment
  std::vector<float> probabilities;  // mean over the clip's windows, by class
  std::vector<float> embedding;

  bool known(const std::vector<std::string>& classes) const {
    return decision + 1 < static_cast<int>(classes.size());
  }
};

struct Decisions {
  std::vector<std::string> classes;
  std::vector<ClipDecision> clips;
  int unanswered = 0;  // clips that are too short for an answer
  int left_out = 0;    // clips for which dataset::MovesLikeAClass(): neither answer would be wrong
};

// Decisions on all clips that have a label. Errors: those of AssessPoses().
absl::StatusOr<Decisions> Decide(const AssessorPtr& assessor, const std::vector<dataset::Clip>& clips,
                                 const RunOptions& run = {});

// Whether a clip was recorded or rendered by somebody else, rather than made with the mannequin of
// libs/synthesis, which proves nothing about people.
bool IsFound(dataset::SourceKind kind);

// `videos` and `photos` hold clips of the exercises, `others` those of everything else. Stand-ins (curls with
// other equipment) and the mannequin are counted separately.
struct Recognition {
  explicit Recognition(const std::vector<std::string>& classes)
      : videos(classes),
        photos(classes),
        exercises(classes),
        exercises_named(classes),
        others(classes),
        stand_ins(classes),
        mannequin(classes),
        all(classes) {}

  ConfusionMatrix videos;           // of exercises
  ConfusionMatrix photos;           // of exercises
  ConfusionMatrix exercises;        // both
  ConfusionMatrix exercises_named;  // both, by the exercise that was named whether known or not
  ConfusionMatrix others;           // its recall is the rate of rejection
  ConfusionMatrix stand_ins;
  ConfusionMatrix mannequin;
  ConfusionMatrix all;                      // exercises and others: macro F1 is of these
  std::vector<ReliabilityBin> reliability;  // of the most probable class, exercises and others
  double calibration_error = 0;
  // Of which exercise it is, given that it is one: the probability of the named exercise as a share of those
  // of all exercises; over the clips of the exercises.
  std::vector<ReliabilityBin> exercise_reliability;
  double exercise_calibration_error = 0;
  double known_auroc = 0;  // of known_score: exercises against others
  std::vector<RocPoint> known_roc;
  int unanswered = 0;
  int left_out = 0;
};
Recognition Summarise(const Decisions& decisions);

std::string ToText(const Recognition& recognition);
nlohmann::json ToJson(const Recognition& recognition);
nlohmann::json ToJson(const Decisions& decisions);

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_RECOGNITION_H_
