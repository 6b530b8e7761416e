// Where the servers spent the time of frames, by their own metrics (docs/metrics.md).
#ifndef TRACKFIT_LOAD_SERVER_TIMES_H_
#define TRACKFIT_LOAD_SERVER_TIMES_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace trackfit::load {

// Sums and counts of the servers' histograms, such as `trackfit_decode_seconds_sum`, over all servers and
// since they started.
using Totals = std::map<std::string, double, std::less<>>;

// Adds those of a page in Prometheus' text format.
void AddTotals(std::string_view page, Totals& totals);

// Of the /metrics of all these servers, each host:port. UNAVAILABLE naming the one that does not answer.
absl::StatusOr<Totals> ReadTotals(const std::vector<std::string>& servers);

struct StageTime {
  std::string stage;
  double milliseconds = 0;  // of a frame, on average
};

// What the latency of frames between two readings consisted of at the gateway, in the order in which a frame
// goes through it; stages of servers that were not read are left out. Empty when no frame was answered.
std::vector<StageTime> StageTimes(const Totals& before, const Totals& after);

}  // namespace trackfit::load

#endif  // TRACKFIT_LOAD_SERVER_TIMES_H_
