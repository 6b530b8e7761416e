// Structured logs: one line per event, for people (key=value) or for machines (JSON).
#ifndef TRACKFIT_TELEMETRY_LOG_H_
#define TRACKFIT_TELEMETRY_LOG_H_

#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trackfit::telemetry {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

// "debug", "info", "warning" or "error"; INVALID_ARGUMENT lists them.
absl::StatusOr<LogLevel> ParseLogLevel(const std::string& name);
// So many levels further towards debug, or, negative, towards error; at most to the last.
LogLevel Louder(LogLevel level, int steps);
// "text" or "json"; INVALID_ARGUMENT lists them.
absl::StatusOr<LogFormat> ParseLogFormat(const std::string& name);

struct LogField {
  LogField(std::string_view field_key, std::string text) : key(field_key), value(std::move(text)) {}
  LogField(std::string_view field_key, const char* text) : key(field_key), value(std::string(text)) {}
  LogField(std::string_view field_key, absl::string_view text) : key(field_key), value(std::string(text)) {}
  LogField(std::string_view field_key, bool flag) : key(field_key), value(flag) {}
  LogField(std::string_view field_key, std::integral auto number)
      : key(field_key), value(static_cast<int64_t>(number)) {}
  LogField(std::string_view field_key, double number) : key(field_key), value(number) {}

  std::string key;
  std::variant<std::string, int64_t, double, bool> value;
};

// Cheap to copy; thread-safe. Lines of one process never interleave. A logger and all that are made from it
// share one level.
class Logger {
 public:
  using Sink = std::function<void(const std::string& line)>;

  // Writes to standard error unless a sink is given. `service` is a field of every line.
  Logger(const std::string& service, LogLevel lowest, LogFormat format, Sink sink = nullptr);

  // A logger that adds these fields, such as the session, to all its lines.
  Logger With(std::initializer_list<LogField> fields) const;

  // The lowest level that is written.
  LogLevel level() const { return shared_->lowest; }
  // Changes it, for all who share it, and writes a line that says so, whatever the levels are.
  void SetLevel(LogLevel lowest) const;

  // `event` is a short constant phrase; variable parts go into fields.
  void Debug(std::string_view event, std::initializer_list<LogField> fields = {}) const;
  void Info(std::string_view event, std::initializer_list<LogField> fields = {}) const;
  void Warning(std::string_view event, std::initializer_list<LogField> fields = {}) const;
  void Error(std::string_view event, std::initializer_list<LogField> fields = {}) const;

 private:
  struct Shared {
    std::atomic<LogLevel> lowest;
    const LogFormat format;
    const Sink sink;
  };

  void WriteIfWanted(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const;
  void Write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) const;

  std::shared_ptr<Shared> shared_;
  std::vector<LogField> fields_;
};

}  // namespace trackfit::telemetry

#endif  // TRACKFIT_TELEMETRY_LOG_H_
