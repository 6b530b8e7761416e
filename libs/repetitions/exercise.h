// What the coach knows about an exercise. It is data: deploy/exercises/<exercise>.yaml.
#ifndef TRACKFIT_REPETITIONS_EXERCISE_H_
#define TRACKFIT_REPETITIONS_EXERCISE_H_

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "repetitions/measure.h"
#include "skeleton/joint.h"

namespace trackfit::repetitions {

inline constexpr float kNoLimit = std::numeric_limits<float>::infinity();

// Closed on both ends.
struct Range {
  float low = -kNoLimit;
  float high = kNoLimit;

  bool Contains(float value) const { return value >= low && value <= high; }
  // How far outside, >= 0.
  float Excess(float value) const { return value < low ? low - value : value > high ? value - high : 0; }
};

// A measure that drives the repetition: about `rest` at its start and end, about `turn` at the turning point.
struct Driver {
  int measure = 0;  // index into Exercise::measures
  float rest = 0;
  float turn = 1;
  float weight = 1;
};

// A statistic of a measure over the frames of a part of a repetition.
enum class Moment {
  kRest,        // before it starts and after it ends
  kTurn,        // around the turning point
  kLowering,    // from the start to the turning point
  kLifting,     // from the turning point to the end
  kThroughout,  // all of it
};
enum class Statistic {
  kMean,
  kLeast,   // 10th percentile
  kMost,    // 90th percentile
  kRange,   // kMost - kLeast
  kChange,  // mean of the moment minus that at rest; kThroughout stands for kTurn
  kRise,    // kMost minus the mean before the repetition began
  kFall,    // that mean minus kLeast
};

struct Quantity {
  int measure = 0;
  Moment moment = Moment::kThroughout;
  Statistic statistic = Statistic::kMean;
};

// Without this it is no repetition of the exercise, but something else that moves likewise: standing up,
// walking, racking a bar.
struct Requirement {
  Quantity quantity;
  Range range;
};

enum class View { kFront, kDiagonal, kSide };

// What people are told about a condition, in one language.
struct ConditionText {
  std::string title;   // a few words that name it, "Depth"; empty: it has none
  std::string low;     // of a value below the good range: what was seen and what to change, "Go deeper: ..."
  std::string high;    // of a value above it
  std::string praise;  // when it is good, or has become so
};

// What is good, seen from some side.
struct Criterion {
  Quantity quantity;
  Range good;
  float slightly = 0;       // up to this far outside the good range it is slightly off; beyond clearly
  bool doubtful = false;    // what would be slightly off is not judged: good form looks so as well
  std::vector<View> views;  // in which it can be judged; empty: in all

  bool JudgedIn(View view) const {
    return views.empty() || std::find(views.begin(), views.end(), view) != views.end();
  }
};

// Judged by its own criterion or, in views that this does not cover, by another.
struct Condition : Criterion {
  std::string code;
  std::vector<skeleton::Joint> joints;
  std::vector<Criterion> other_views;
  int importance = 1;  // 1 to 5; what is spoken of first
  std::string source;
  std::map<std::string, ConditionText> texts;  // by language

  // The criterion by which it is judged; null where it is not.
  const Criterion* In(View view) const {
    if (JudgedIn(view)) return this;
    const auto other = std::ranges::find_if(
        other_views, [&](const Criterion& criterion) { return criterion.JudgedIn(view); });
    return other == other_views.end() ? nullptr : &*other;
  }
};

struct Exercise {
  std::string name;
  std::map<std::string, std::string> titles;  // by language
  std::vector<Measure> measures;
  std::vector<Driver> drivers;  // of the phase; the first is the one that ranges are told of
  bool held = false;            // seconds instead of repetitions: in position while the phase is at 1
  bool alternating = false;     // left and right in turn: each side is a repetition
  double least_seconds = 0.4;   // of a repetition
  double most_seconds = 15;
  float least_range = 0.3F;     // of the phase; below it nothing happened
  float complete_range = 0.6F;  // from it on a repetition counts as complete
  std::vector<Requirement> requirements;
  std::vector<Condition> conditions;
  View best_view = View::kSide;  // in which most can be judged

  // INVALID_ARGUMENT with file and line: an unknown key with a suggestion, a missing or wrong value.
  static absl::StatusOr<Exercise> Parse(const std::string& file, const std::string& yaml);
};

// All exercises of a folder. Immutable, so thread-safe.
class Catalogue {
 public:
  // Reads <folder>/*.yaml; errors of each file as Exercise::Parse; NOT_FOUND when there is none.
  static absl::StatusOr<std::shared_ptr<const Catalogue>> Load(const std::string& folder);
  explicit Catalogue(std::vector<Exercise> exercises);

  const std::vector<Exercise>& exercises() const { return exercises_; }  // sorted by name
  // Null when it is not there.
  const Exercise* Find(std::string_view name) const;

 private:
  std::vector<Exercise> exercises_;
};

}  // namespace trackfit::repetitions

#endif  // TRACKFIT_REPETITIONS_EXERCISE_H_
