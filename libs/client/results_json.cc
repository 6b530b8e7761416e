#include "client/results_json.h"

#include <google/protobuf/util/json_util.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace trackfit::client {

absl::StatusOr<std::string> JsonLine(const v1::AnalyzeResponse& response) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string line;
  const auto status = google::protobuf::util::MessageToJsonString(response, &line, options);
  if (!status.ok()) {
    return absl::InternalError(
        absl::StrCat("cannot print a response as JSON: ", std::string(status.message())));
  }
  return line;
}

absl::StatusOr<SessionRecord> ReadResults(std::istream& lines, const std::string& name) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  SessionRecord record(true);
  std::string line;
  int64_t number = 0, read = 0;
  while (std::getline(lines, line)) {
    ++number;
    const bool whole = !lines.eof();  // it ends with a line break
    if (line.empty()) continue;
    v1::AnalyzeResponse response;
    const auto status = google::protobuf::util::JsonStringToMessage(line, &response, options);
    if (!status.ok()) {
      if (!whole && read > 0) break;
      const std::string reason(status.message());  // in further lines, the line itself
      return absl::InvalidArgumentError(
          absl::StrCat(name, ": line ", number,
                       " is no result of trackfit analyze --json: ", reason.substr(0, reason.find('\n'))));
    }
    if (response.has_frame_result()) {
      response.mutable_frame_result()->mutable_pose()->clear_world_landmarks();
      response.mutable_frame_result()->clear_other_poses();
    }
    record.Add(response);
    ++read;
  }
  if (lines.bad()) return absl::InvalidArgumentError(absl::StrCat(name, ": reading failed"));
  if (record.frames() == 0)
    return absl::InvalidArgumentError(absl::StrCat(name, " holds no results of trackfit analyze --json"));
  return record;
}

}  // namespace trackfit::client
