// log.csv of a run: one row per epoch.
#ifndef TRACKFIT_EXPERIMENT_EPOCH_LOG_H_
#define TRACKFIT_EXPERIMENT_EPOCH_LOG_H_

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trackfit::experiment {

// Columns and values; one without a value stays empty. The first column is the epoch.
using LogRow = std::vector<std::pair<std::string, std::optional<double>>>;

// Not thread-safe.
class EpochLog {
 public:
  // The log at `path` with its rows up to and including `last_epoch`: later ones are of epochs that a resumed
  // run repeats. INVALID_ARGUMENT naming the line when the file is not such a log.
  static absl::StatusOr<EpochLog> Open(std::filesystem::path path, int last_epoch);

  // Rewrites the file with one more row, atomically. A log with other columns (of an older program) is
  // refused.
  absl::Status Append(const LogRow& row);

 private:
  explicit EpochLog(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
  std::string header_;
  std::vector<std::string> rows_;
};

}  // namespace trackfit::experiment

#endif  // TRACKFIT_EXPERIMENT_EPOCH_LOG_H_
