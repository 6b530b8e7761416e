// The figures of counting as people and as programs read them.
#ifndef TRACKFIT_COACH_EVALUATION_COUNTING_REPORT_H_
#define TRACKFIT_COACH_EVALUATION_COUNTING_REPORT_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coach_evaluation/counting.h"

namespace trackfit::coach_evaluation {

// A line for each data set and exercise; with `each_clip` also one for each clip that is not exact.
std::string CountingTable(const std::vector<CountedClip>& clips, bool each_clip);

// {"figures": [...], "clips": [...]}: the same, and every clip with what was found in it.
nlohmann::ordered_json CountingJson(const std::vector<CountedClip>& clips);

// Counts by clip id of a CSV with the columns id and reps; where there is a column reps_sure, only rows with
// "y" in it. Rows without a count are left out. NOT_FOUND or INVALID_ARGUMENT naming file and line.
absl::StatusOr<std::map<std::string, int>> ReadCounts(const std::string& path);

}  // namespace trackfit::coach_evaluation

#endif  // TRACKFIT_COACH_EVALUATION_COUNTING_REPORT_H_
