// Sets, counted by the client: for sessions that ended before their summary.
#ifndef TRACKFIT_CLIENT_SETS_H_
#define TRACKFIT_CLIENT_SETS_H_

#include <vector>

#include "trackfit/v1/coaching.pb.h"

namespace trackfit::client {

// One summary for each set, as the server's but for tempo_drift and range_lost, which stay 0 (not known).
// Repetitions in order of arrival.
std::vector<v1::SetSummary> SetsOf(const std::vector<v1::Repetition>& repetitions);

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_SETS_H_
