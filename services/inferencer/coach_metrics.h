// What the inferencer counts of the coach's work.
#ifndef TRACKFIT_SERVICES_INFERENCER_COACH_METRICS_H_
#define TRACKFIT_SERVICES_INFERENCER_COACH_METRICS_H_

#include <string>

#include "coaching/coach_session.h"
#include "repetitions/exercise.h"
#include "repetitions/repetition.h"
#include "telemetry/metrics.h"

namespace trackfit::inferencer_server {

// Thread-safe.
class CoachMetrics {
 public:
  // Registers the series of all exercises, at zero, so that rates have no gaps. The metrics must outlive it.
  CoachMetrics(telemetry::Metrics& metrics, const repetitions::Catalogue& catalogue);

  // Other events than repetitions are not counted.
  void Count(const coaching::Event& event);

 private:
  prometheus::Counter& Repetitions(const std::string& exercise, const std::string& outcome);
  prometheus::Counter& Findings(const std::string& code, repetitions::FindingLevel level);
  prometheus::Histogram& Scores(const std::string& exercise);

  telemetry::Metrics& metrics_;
};

}  // namespace trackfit::inferencer_server

#endif  // TRACKFIT_SERVICES_INFERENCER_COACH_METRICS_H_
