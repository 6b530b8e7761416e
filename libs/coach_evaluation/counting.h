// How well repetitions are counted: clips whose repetitions are known, and clips that hold none.
#ifndef TRACKFIT_COACH_EVALUATION_COUNTING_H_
#define TRACKFIT_COACH_EVALUATION_COUNTING_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dataset/clip.h"
#include "repetitions/exercise.h"

namespace trackfit::coach_evaluation {

// A repetition, found or marked, in seconds of its clip.
struct Span {
  double start_s = 0;
  double end_s = 0;
};

struct Found {
  Span span;
  double reported_s = 0;  // when the counter said so
  float range = 0;        // of the phase
  bool complete = false;
};

// What the counter of `exercise` finds in a clip. A clip of unknown rate counts as one of `unknown_rate_hz`.
std::vector<Found> FindRepetitions(const repetitions::Exercise& exercise, const dataset::Clip& clip,
                                   double unknown_rate_hz);

struct CountedClip {
  std::string data_set;
  std::string id;
  std::string group{};
  std::string exercise{};
  std::optional<int> known{};  // how many repetitions it holds
  std::vector<Span> marks{};   // where they are; empty = not known
  std::vector<Found> found{};
  double seconds = 0;

  int error() const { return known ? static_cast<int>(found.size()) - *known : 0; }
};

struct CountingOptions {
  double unknown_rate_hz = 15;
  // Counts of clips whose file has none, by clip id; the same for clips whose file has one.
  std::map<std::string, int> counts{};
};

// Clips of the catalogue's exercises whose repetitions are known. A clip of another exercise counts for the
// one that its `fault` names, as landmark files have it ("sit-up" is sit_up).
std::vector<CountedClip> Count(const repetitions::Catalogue& catalogue, const std::string& data_set,
                               const std::vector<dataset::Clip>& clips, const CountingOptions& options);

// The same clips as if a client had named each of the catalogue's exercises in turn, and none was done.
std::vector<CountedClip> CountIdle(const repetitions::Catalogue& catalogue, const std::string& data_set,
                                   const std::vector<dataset::Clip>& clips, const CountingOptions& options);

// Figures of clips of one data set and exercise.
struct CountingFigures {
  int clips = 0;
  int known = 0;  // repetitions
  int found = 0;
  int partial = 0;                   // of those found
  double exact = 0;                  // share of clips
  double off_by_one = 0;             // share of clips with an error of at most one
  double relative_error = 0;         // mean of |error| / count; of a clip without repetitions, |error|
  int outside = 0;                   // found where no repetition is marked
  double seconds_outside = 0;        // of clips with marks, outside of them
  std::optional<double> boundary_s;  // median distance of begin and end from the marks
  std::optional<double> delay_s;     // 95th percentile from the end of a repetition to its report
};
CountingFigures FiguresOf(const std::vector<const CountedClip*>& clips);

}  // namespace trackfit::coach_evaluation

#endif  // TRACKFIT_COACH_EVALUATION_COUNTING_H_
