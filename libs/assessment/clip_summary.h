// Combines the assessments of windows into one for a whole clip or session.
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

  // nullopt when nothing was added. Class probabilities are the windows' means; the exercise is the most
  // probable of those that some window recognised, and known if it is in the majority of the windows;
  // known_score is the windows' mean, the embedding their mean at unit length. Quality and joint errors are
  // means over the windows judged against that exercise or, where none was, against the one judged most
  // often; those of a joint are means over the windows that judged it.
  //
  // Only windows that showed enough count (Assessment::held_back()), so that a set stays known when the
  // person rests afterwards. Where fewer than a third of the windows showed enough, unless they are at least
  // ten and a twentieth, the whole shows too little: it is not known and has the first notice of each kind.
  // Where no window showed enough, all of them count.
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
