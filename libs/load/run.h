// Many simulated clients of a gateway at once.
#ifndef TRACKFIT_LOAD_RUN_H_
#define TRACKFIT_LOAD_RUN_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "load/recording.h"
#include "load/server_times.h"
#include "load/session.h"
#include "tls/client_flags.h"

namespace trackfit::load {

struct RunOptions {
  std::string gateway = "localhost:8000";
  tls::ClientFlags tls;    // of the gateway
  int sessions = 8;        // at a time
  double seconds = 30;     // of load
  double churn = 0;        // sessions a second that end, and are followed by another
  double cancel = 0;       // share of ending sessions that vanish instead
  int slow_readers = 0;    // beside the sessions
  int impatient = 0;       // further clients, whose deadlines pass
  int connections = 8;     // the sessions are spread over them
  double patience = 20;    // seconds that what is owed may take after the half-close
  uint64_t seed = 1;       // of who ends and vanishes when
  SessionOptions session;  // of every session; `expected_exercise` and the like
  // host:port of the metrics pages of the servers under load; empty: nothing is told of where the time went.
  std::vector<std::string> metrics;
  std::function<void(double elapsed_s)> on_progress;  // now and then; may be empty
  std::function<bool()> interrupted;                  // asked all the time; may be empty
};

struct Report {
  double seconds = 0;  // that the load lasted
  int sessions = 0;
  double fps = 0;
  bool live = false;
  uint64_t opened = 0, completed = 0, vanished = 0;
  std::map<std::string, uint64_t> ended_by_code;     // those that neither completed nor vanished
  std::map<std::string, std::string> first_of_code;  // message
  Outcome outcome;
  std::vector<StageTime> stages;          // of `metrics`
  uint64_t slow_sent = 0, slow_read = 0;  // by the slow readers
  uint64_t impatient_calls = 0;
  double late_ms = 0;  // SessionOptions.late_ms

  // Whether every session got what it should: no fault, no end but OK, RESOURCE_EXHAUSTED aside.
  bool clean() const;
  // For people.
  std::string Text() const;
  // For programs; one line.
  std::string Json() const;
};

// The recordings, at least one, are dealt to the sessions in turn; the first frames of sessions are spread
// over a frame's time. Sessions that a full gateway refuses come back when it says; in place of one that has
// lost its gateway for good another begins, with SessionOptions.resume. UNAVAILABLE when no
// session at all gets through, or a metrics page does not answer. Ends by itself after `seconds`, or soon
// after `interrupted`, and waits up to `patience` for what is owed.
absl::StatusOr<Report> RunLoad(const RunOptions& options, const std::vector<Recording>& recordings);

}  // namespace trackfit::load

#endif  // TRACKFIT_LOAD_RUN_H_
