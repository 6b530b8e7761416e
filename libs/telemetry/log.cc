#include "telemetry/log.h"

#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace trackfit::telemetry {
namespace {

using Json = nlohmann::ordered_json;

const char* Name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "info";
}

// One write per line, so that lines of several threads do not interleave.
void WriteToStandardError(const std::string& line) {
  const std::string with_end = line + "\n";
  std::size_t written = 0;
  while (written < with_end.size()) {
    const ssize_t count = ::write(STDERR_FILENO, with_end.data() + written, with_end.size() - written);
    if (count <= 0) return;
    written += static_cast<std::size_t>(count);
  }
}

Json ToJson(const LogField& field) {
  return std::visit([](const auto& value) { return Json(value); }, field.value);
}

// Replaces invalid UTF-8, because a line may contain text from clients.
std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// Quotes text as in JSON if it contains characters that would make the line ambiguous.
std::string Quote(const Json& value) {
  std::string quoted = Dump(value);
  if (!value.is_string()) return quoted;
  const auto& text = value.get_ref<const std::string&>();
  const bool plain =
      !text.empty() && quoted.size() == text.size() + 2 && text.find_first_of(" =") == text.npos;
  return plain ? text : quoted;
}

std::string TextLine(const Json& entry) {
  std::string line;
  for (const auto& [key, value] : entry.items()) {
    absl::StrAppend(&line, line.empty() ? "" : " ", key, "=", Quote(value));
  }
  return line;
}

}  // namespace

absl::StatusOr<LogLevel> ParseLogLevel(const std::string& name) {
  for (const LogLevel level : {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    if (name == Name(level)) return level;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("log-level is \"", name, "\"; it must be debug, info, warning or error"));
}

LogLevel Louder(LogLevel level, int steps) {
  constexpr int kLoudest = static_cast<int>(LogLevel::kDebug), kQuietest = static_cast<int>(LogLevel::kError);
  return static_cast<LogLevel>(std::clamp(static_cast<int>(level) - steps, kLoudest, kQuietest));
}

absl::StatusOr<LogFormat> ParseLogFormat(const std::string& name) {
  if (name == "text") return LogFormat::kText;
  if (name == "json") return LogFormat::kJson;
  return absl::InvalidArgumentError(absl::StrCat("log-format is \"", name, "\"; it must be text or json"));
}

Logger::Logger(const std::string& service, LogLevel lowest, LogFormat format, Sink sink)
    : shared_(new Shared{lowest, format, sink ? std::move(sink) : WriteToStandardError}),
      fields_{{"service", service}} {}

Logger Logger::With(std::initializer_list<LogField> fields) const {
  Logger child = *this;
  child.fields_.insert(child.fields_.end(), fields);
  return child;
}

void Logger::SetLevel(LogLevel lowest) const {
  shared_->lowest = lowest;
  Write(LogLevel::kInfo, "log level", {{"log_level", Name(lowest)}});
}

void Logger::Debug(std::string_view event, std::initializer_list<LogField> fields) const {
  WriteIfWanted(LogLevel::kDebug, event, fields);
}
void Logger::Info(std::string_view event, std::initializer_list<LogField> fields) const {
  WriteIfWanted(LogLevel::kInfo, event, fields);
}
void Logger::Warning(std::string_view event, std::initializer_list<LogField> fields) const {
  WriteIfWanted(LogLevel::kWarning, event, fields);
}
void Logger::Error(std::string_view event, std::initializer_list<LogField> fields) const {
  WriteIfWanted(LogLevel::kError, event, fields);
}

void Logger::WriteIfWanted(LogLevel level, std::string_view event,
                           std::initializer_list<LogField> fields) const {
  if (level >= this->level()) Write(level, event, fields);
}

void Logger::Write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const {
  Json entry;
  entry["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
  entry["level"] = Name(level);
  entry["event"] = std::string(event);
  for (const LogField& field : fields_) entry[field.key] = ToJson(field);
  for (const LogField& field : fields) entry[field.key] = ToJson(field);
  shared_->sink(shared_->format == LogFormat::kJson ? Dump(entry) : TextLine(entry));
}

}  // namespace trackfit::telemetry
