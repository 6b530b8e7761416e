// One assessment for a whole clip or session out of those of its windows.
#ifndef TRACKFIT_ASSESSMENT_CLIP_SUMMARY_H_
#define TRACKFIT_ASSESSMENT_CLIP_SUMMARY_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assessment/assessment.h"

namespace trackfit::assessment {

// Constant memory however long the session. Not thread-safe.
class ClipSummary {
 public:
  void Add(const Assessment& window);

  // Mean class probabilities; the exercise is the most probable of those that some window recognised, known
  // by majority of the windows; known_score is the windows' mean, embedding their mean at unit length.
  // Quality and joint errors are means over the windows judged against that exercise, or, where none was,
  // against the one most often judged; those of a joint over the windows that judged it. Empty when nothing
  // was added.
  //
  // All this is of the windows that showed enough (Assessment::held_back()), so that a set stays known when
  // the person rests afterwards. Where fewer than a third of the windows did, and not ten that are one of
  // twenty, the whole shows too little: not known, with the first notice of each kind; where none did, the
  // rest is of all.
  std::optional<Assessment> Overall() const;

 private:
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
    int known_windows = 0;
    double known_score = 0;
    std::vector<double> embedding;
    std::map<std::string, double> probability;
    std::set<std::string> recognised;
    std::map<std::string, Judged> judged;  // by judged exercise
  };

  uint64_t first_sequence_ = 0;
  uint64_t last_sequence_ = 0;
  std::string model_version_;
  std::vector<Notice> notices_;  // the first of each code
  Sums sufficient_;              // windows that showed enough
  Sums held_back_;
};

}  // namespace trackfit::assessment

#endif  // TRACKFIT_ASSESSMENT_CLIP_SUMMARY_H_
