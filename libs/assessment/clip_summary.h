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

  int windows_ = 0;
  int known_windows_ = 0;
  double known_score_ = 0;
  uint64_t first_sequence_ = 0;
  uint64_t last_sequence_ = 0;
  std::string model_version_;
  std::vector<double> embedding_;              // summed over windows
  std::map<std::string, double> probability_;  // summed over windows
  std::set<std::string> recognised_;
  std::map<std::string, Judged> judged_;  // sums by judged exercise
};

}  // namespace trackfit::assessment

#endif  // TRACKFIT_ASSESSMENT_CLIP_SUMMARY_H_
