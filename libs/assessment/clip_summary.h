// Combines the assessments of windows, and repetitions counted beside them, into one assessment for a whole
// clip or session.
#ifndef TRACKFIT_ASSESSMENT_CLIP_SUMMARY_H_
#define TRACKFIT_ASSESSMENT_CLIP_SUMMARY_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assessment/assessment.h"
#include "assessment/coverage.h"

namespace trackfit::assessment {

// Constant memory however long the session. Not thread-safe.
class ClipSummary {
 public:
  // In the order in which the windows end.
  void Add(const Assessment& window);
  // A complete repetition was counted. That this is never called for an exercise says something where
  // windows are `counted`.
  void AddRepetition(const std::string& exercise);

  // nullopt when no window was added.
  //
  // The exercise is the one with the highest mean probability, of those that some window recognised or, where
  // sets were counted (two repetitions), of those among them. known_score is the logistic function of the
  // mean of the windows' log-odds, corrected by the repetitions of that exercise
  // (docs/adr/0027-the-movement-decides.md): it falls the longer windows named the exercise in vain; where a
  // set was counted, it rises, and only windows that name it count. It is known if that reaches the model's
  // threshold. Probabilities are the windows' means, those of the exercises scaled so that together they are
  // known_score. The embedding is the windows' mean at unit length. Quality and joint errors are means over
  // the windows judged against that exercise or, where none was, against the one judged most often; those of
  // a joint are means over the windows that judged it.
  //
  // Only windows that showed enough count (Assessment::held_back()), so that a set stays known when the
  // person rests afterwards. Where fewer than a third of the windows showed enough, unless they are at least
  // ten and a twentieth, the whole shows too little: it is not known and has the first notice of each kind.
  // Where no window showed enough, all of them count.
  std::optional<Assessment> Overall() const;

  // Windows that name an exercise.
  struct Named {
    int windows = 0;
    double known_log_odds = 0;
    Coverage coverage;
    bool counted = false;
    std::string title;
  };

  struct Judged {
    int windows = 0;
    bool rated = false;  // by a calibrated model
    double cosine = 0;
    double score = 0;
    std::array<int, skeleton::kJointCount> joint_windows{};  // that judged the joint
    std::array<double, skeleton::kJointCount> error{};
    std::array<double, skeleton::kJointCount> percentile{};
  };

  // Over some of the windows.
  struct Sums {
    void Add(const Assessment& window);

    int windows = 0;
    double known_log_odds = 0;
    double known_score = 0;
    Coverage coverage;
    std::vector<double> embedding;
    std::map<std::string, double> probability;
    std::map<std::string, Named> named;    // by exercise
    std::map<std::string, Judged> judged;  // by judged exercise
  };

  // What another one needs to go on.
  struct State {
    std::map<std::string, int> repetitions;  // complete, by exercise
    uint64_t first_sequence = 0;
    uint64_t last_sequence = 0;
    std::string model_version;
    float known_threshold = 0;
    std::string background;
    std::vector<Notice> notices;  // the first of each code
    Sums sufficient;              // windows that showed enough
    Sums held_back;
  };
  const State& state() const { return state_; }
  void Restore(State state) { state_ = std::move(state); }

 private:
  bool HasSet(const std::string& exercise, const Named& named) const;
  void DecideExercise(const Sums& all, Assessment& overall) const;
  void DecideKnown(const Sums& all, Assessment& overall) const;
  int RepetitionsOf(const std::string& exercise) const;
  double WhatRepetitionsTell(const std::string& exercise, const Named& named) const;

  State state_;
};

}  // namespace trackfit::assessment

#endif  // TRACKFIT_ASSESSMENT_CLIP_SUMMARY_H_
