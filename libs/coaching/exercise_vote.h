// Which exercise a session is about, decided over several windows, so that one window does not change it.
#ifndef TRACKFIT_COACHING_EXERCISE_VOTE_H_
#define TRACKFIT_COACHING_EXERCISE_VOTE_H_

#include <deque>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "assessment/assessment.h"

namespace trackfit::coaching {

// Not thread-safe.
class ExerciseVote {
 public:
  void Add(const assessment::Assessment& window);

  // What the latest windows agree on: the exercise that has at least `votes` of the last four and more of
  // them than any other; empty when there is none.
  std::string Leader(int votes) const;
  // The last window's; empty: unknown, or there was none.
  const std::string& last() const;

  nlohmann::json Save() const;
  // Throws nlohmann::json::exception.
  void Load(const nlohmann::json& saved);

 private:
  std::deque<std::string> votes_;  // empty: unknown
};

}  // namespace trackfit::coaching

#endif  // TRACKFIT_COACHING_EXERCISE_VOTE_H_
