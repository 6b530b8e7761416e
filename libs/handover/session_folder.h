// The folder through which a gateway that ends hands its sessions to the next one.
#ifndef TRACKFIT_HANDOVER_SESSION_FOLDER_H_
#define TRACKFIT_HANDOVER_SESSION_FOLDER_H_

#include <handover/session_state.pb.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace trackfit::handover {

struct SessionFolderConfig {
  std::filesystem::path folder;
  std::chrono::milliseconds greatest_age{90'000};  // of a file that is read
  size_t most_sessions = 64;                       // that are written, and that are read
  size_t most_bytes = 64 << 20;                    // of all of them
};

// INVALID_ARGUMENT that says why: it is no folder, others may write to it, or this process may not.
absl::Status CheckFolder(const std::filesystem::path& folder);

// A file for each session, for its owner alone (mode 0600), named by a digest of the session's token. What
// becomes of each is counted in trackfit_gateway_handovers_total; what is wrong is logged, without tokens.
// Thread-safe.
class SessionFolder {
 public:
  using TimePoint = std::chrono::system_clock::time_point;

  // `metrics` and `log` outlive it.
  SessionFolder(SessionFolderConfig config, telemetry::Metrics& metrics, const telemetry::Logger& log);
  SessionFolder(const SessionFolder&) = delete;
  SessionFolder& operator=(const SessionFolder&) = delete;

  // Takes room for a session that will be written. False: there is none.
  bool Reserve(size_t bytes);
  // Whole or not at all. Blocks.
  absl::Status Write(SessionState session, TimePoint now);

  // Reads and removes the files that are there. Those that are too old, too large, of another format or not
  // as a gateway writes them are left out, as is what exceeds the limits. Blocks.
  std::vector<SessionState> TakeAll(TimePoint now);

 private:
  void Count(const std::string& outcome, int by = 1);
  // INVALID_ARGUMENT, or OUT_OF_RANGE where the time has passed.
  absl::Status Read(const std::filesystem::path& file, TimePoint now, SessionState& session) const;

  const SessionFolderConfig config_;
  telemetry::Metrics& metrics_;
  const telemetry::Logger& log_;
  std::mutex mutex_;
  size_t sessions_ = 0;  // reserved, as is what follows
  size_t bytes_ = 0;
};

}  // namespace trackfit::handover

#endif  // TRACKFIT_HANDOVER_SESSION_FOLDER_H_
