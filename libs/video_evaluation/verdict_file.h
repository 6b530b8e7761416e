// A file that keeps the verdict on each video as soon as it is there, so that a run can go on where it
// stopped.
#ifndef TRACKFIT_VIDEO_EVALUATION_VERDICT_FILE_H_
#define TRACKFIT_VIDEO_EVALUATION_VERDICT_FILE_H_

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "evaluation/video_figures.h"

namespace trackfit::video_evaluation {

// A first line with the model and its exercises, then a line of JSON for each video, in the order in which
// they were done. Not thread-safe.
class VerdictFile {
 public:
  // Without a path nothing is kept. Reads the verdicts of an earlier run; a last line that was cut short is
  // dropped. INVALID_ARGUMENT naming file and line when it is another kind of file, UNAVAILABLE when it
  // cannot be read or written.
  static absl::StatusOr<VerdictFile> Open(const std::string& path);

  // The model that answers from now on. FAILED_PRECONDITION when the file holds verdicts of another one.
  absl::Status SetModel(const std::string& version, const std::vector<std::string>& exercises);
  // After SetModel(). UNAVAILABLE when it cannot be written.
  absl::Status Add(evaluation::VideoVerdict verdict);

  // Nullptr when there is none yet.
  const evaluation::VideoVerdict* Find(const std::string& id) const;
  const std::vector<std::string>& exercises() const {
    return exercises_;
  }  // the model's; empty before it is set

 private:
  explicit VerdictFile(std::string path) : path_(std::move(path)) {}

  absl::Status Read();
  absl::Status Append(const std::string& line);

  std::string path_;
  std::string model_version_;
  std::vector<std::string> exercises_;
  std::map<std::string, evaluation::VideoVerdict> verdicts_;  // by id
  std::ofstream stream_;
};

}  // namespace trackfit::video_evaluation

#endif  // TRACKFIT_VIDEO_EVALUATION_VERDICT_FILE_H_
