#include "client/results_file.h"

#include <iostream>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/results_json.h"
#include "command_line/exit_code.h"

namespace trackfit::client {

absl::Status ResultsFile::Open(const std::string& flag, const std::string& path) {
  flag_ = flag;
  if (path.empty()) return absl::OkStatus();
  if (path == "-") {
    out_ = &std::cout;
    return absl::OkStatus();
  }
  partial_ = std::make_unique<files::PartialFile>(path);
  file_.open(partial_->path(), partial_->direct() ? std::ios::app : std::ios::out);
  if (!file_) return absl::InvalidArgumentError(absl::StrCat(flag, ": cannot write ", path));
  out_ = &file_;
  return absl::OkStatus();
}

absl::Status ResultsFile::Write(const v1::AnalyzeResponse& response) {
  if (out_ == nullptr) return absl::OkStatus();
  const absl::StatusOr<std::string> line = JsonLine(response);
  if (!line.ok()) return line.status();
  *out_ << *line << '\n' << std::flush;
  has_results_ = has_results_ || response.has_frame_result();
  return WriteStatus();
}

absl::Status ResultsFile::Finish() {
  if (!CloseFile()) return absl::OkStatus();
  return WriteStatus().ok() ? partial_->Commit() : WriteStatus();
}

absl::Status ResultsFile::KeepPartialOutput(const absl::Status& session) {
  if (!CloseFile() || !WriteStatus().ok() || partial_->direct()) return session;
  partial_->Keep();
  const std::string message =
      absl::StrCat(session.message(), "; the results so far are in ", partial_->path().string());
  return command_line::WithExitCode(absl::Status(session.code(), message), command_line::ExitCodeOf(session));
}

bool ResultsFile::CloseFile() {
  if (partial_ == nullptr) return false;
  const bool written = WriteStatus().ok();
  file_.close();
  return written && has_results_;
}

absl::Status ResultsFile::WriteStatus() const {
  if (*out_) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(flag_, ": writing failed; is the disk full?"));
}

}  // namespace trackfit::client
