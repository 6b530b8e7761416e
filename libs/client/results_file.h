// Where the results of a session are written as lines of JSON while it runs: `trackfit analyze --json`.
#ifndef TRACKFIT_CLIENT_RESULTS_FILE_H_
#define TRACKFIT_CLIENT_RESULTS_FILE_H_

#include <fstream>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "files/partial_file.h"
#include "trackfit/v1/gateway.pb.h"

namespace trackfit::client {

// Nothing, a file that appears under its name at the end, or stdout ("-"), a device or a pipe, which get each
// line at once. Not thread-safe.
class ResultsFile {
 public:
  // Before anything else. An empty path: nothing is written. INVALID_ARGUMENT naming the flag when it cannot
  // be.
  absl::Status Open(const std::string& flag, const std::string& path);

  // RESOURCE_EXHAUSTED when writing fails.
  absl::Status Write(const v1::AnalyzeResponse& response);

  // Moves the file into place if it has any results.
  absl::Status Finish();

  // Keeps the results of a failed session next to the target, leaving an older file in place. Returns the
  // session's error, which then names the file.
  absl::Status KeepPartialOutput(const absl::Status& session);

 private:
  // Closes the file. False when there is none, when Write() failed, or when there are no results.
  bool CloseFile();
  absl::Status WriteStatus() const;

  std::string flag_;
  std::unique_ptr<files::PartialFile> partial_;
  std::ofstream file_;
  std::ostream* out_ = nullptr;
  bool has_results_ = false;
};

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_RESULTS_FILE_H_
