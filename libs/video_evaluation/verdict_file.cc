#include "video_evaluation/verdict_file.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace trackfit::video_evaluation {

using evaluation::VideoVerdict;

absl::StatusOr<VerdictFile> VerdictFile::Open(const std::string& path) {
  VerdictFile file(path);
  if (path.empty()) return file;
  if (absl::Status status = file.Read(); !status.ok()) return status;
  file.stream_.open(path, std::ios::app);
  if (!file.stream_) return absl::UnavailableError(absl::StrCat(path, " cannot be written"));
  return file;
}

absl::Status VerdictFile::Read() {
  std::ifstream stream(path_, std::ios::binary);
  if (!stream) return absl::OkStatus();
  std::ostringstream content;
  content << stream.rdbuf();
  const std::string text = content.str();
  size_t begin = 0;
  for (int number = 1;; ++number) {
    const size_t end = text.find('\n', begin);
    if (end == std::string::npos) break;
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    if (number == 1) {
      try {
        const nlohmann::json head = nlohmann::json::parse(line);
        model_version_ = head.at("model").get<std::string>();
        exercises_ = head.at("exercises").get<std::vector<std::string>>();
      } catch (const nlohmann::json::exception&) {
        return absl::InvalidArgumentError(
            absl::StrCat(path_, " holds no verdicts on videos: its first line names no model"));
      }
      continue;
    }
    absl::StatusOr<VideoVerdict> verdict = evaluation::ParseVideoVerdict(line);
    if (!verdict.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path_, ": line ", number, ": ", verdict.status().message()));
    }
    std::string id = verdict->id;
    verdicts_.insert_or_assign(std::move(id), *std::move(verdict));
  }
  if (begin == text.size()) return absl::OkStatus();
  stream.close();
  std::error_code error;
  std::filesystem::resize_file(path_, begin, error);
  if (error) return absl::UnavailableError(absl::StrCat(path_, ": ", error.message()));
  return absl::OkStatus();
}

absl::Status VerdictFile::SetModel(const std::string& version, const std::vector<std::string>& exercises) {
  if (!model_version_.empty()) {
    if (version == model_version_) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("the servers run model ", version, ", but ", path_.empty() ? "they began with" : path_,
                     path_.empty() ? " model " : " holds verdicts of model ", model_version_,
                     path_.empty() ? "" : "; name another file"));
  }
  model_version_ = version;
  exercises_ = exercises;
  return Append(nlohmann::json{{"model", version}, {"exercises", exercises}}.dump());
}

absl::Status VerdictFile::Add(VideoVerdict verdict) {
  absl::Status written = Append(ToJson(verdict).dump());
  verdicts_.insert_or_assign(verdict.id, std::move(verdict));
  return written;
}

absl::Status VerdictFile::Append(const std::string& line) {
  if (path_.empty()) return absl::OkStatus();
  stream_ << line << std::endl;
  return stream_ ? absl::OkStatus() : absl::UnavailableError(absl::StrCat(path_, " cannot be written"));
}

const VideoVerdict* VerdictFile::Find(const std::string& id) const {
  const auto found = verdicts_.find(id);
  return found == verdicts_.end() ? nullptr : &found->second;
}

}  // namespace trackfit::video_evaluation
