// W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context/): what a session is part of, in the logs
// of all servers and of whatever called them.
#ifndef TRACKFIT_TELEMETRY_TRACE_CONTEXT_H_
#define TRACKFIT_TELEMETRY_TRACE_CONTEXT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace trackfit::telemetry {

// Header, or gRPC metadata, that carries one.
inline constexpr char kTraceparentKey[] = "traceparent";

// Digits are hexadecimal, of lower case, and not all zero.
struct TraceContext {
  std::string trace_id;  // 32 digits
  std::string span_id;   // 16 digits: of whoever sends this
  uint8_t flags = 0;

  std::string ToTraceparent() const;
};

// nullopt where it is malformed; then W3C wants it to be ignored.
std::optional<TraceContext> ParseTraceparent(absl::string_view traceparent);

// A new span in the caller's trace, or in a new trace where there is no usable one.
TraceContext ContinueTrace(absl::string_view traceparent);

}  // namespace trackfit::telemetry

#endif  // TRACKFIT_TELEMETRY_TRACE_CONTEXT_H_
