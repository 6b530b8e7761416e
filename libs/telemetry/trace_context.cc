#include "telemetry/trace_context.h"

#include <algorithm>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace trackfit::telemetry {
namespace {

// version-trace-span-flags
constexpr std::size_t kVersionDigits = 2;
constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kSpanDigits = 16;
constexpr std::size_t kTrace = kVersionDigits + 1;
constexpr std::size_t kSpan = kTrace + kTraceDigits + 1;
constexpr std::size_t kFlags = kSpan + kSpanDigits + 1;
constexpr std::size_t kSize = kFlags + 2;

bool IsHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsZero(absl::string_view digits) { return digits.find_first_not_of('0') == absl::string_view::npos; }

std::string RandomDigits(std::size_t count) {
  std::random_device random;
  std::string digits;
  while (digits.size() < count) digits += absl::StrFormat("%08x", random());
  if (IsZero(digits)) digits.back() = '1';
  return digits;
}

}  // namespace

std::string TraceContext::ToTraceparent() const {
  return absl::StrCat("00-", trace_id, "-", span_id, absl::StrFormat("-%02x", flags));
}

std::optional<TraceContext> ParseTraceparent(absl::string_view traceparent) {
  if (traceparent.size() < kSize) return std::nullopt;
  const absl::string_view version = traceparent.substr(0, kVersionDigits);
  const absl::string_view trace = traceparent.substr(kTrace, kTraceDigits);
  const absl::string_view span = traceparent.substr(kSpan, kSpanDigits);
  const absl::string_view flags = traceparent.substr(kFlags, 2);
  for (const std::size_t dash : {kTrace - 1, kSpan - 1, kFlags - 1}) {
    if (traceparent[dash] != '-') return std::nullopt;
  }
  if (!IsHex(version) || !IsHex(trace) || !IsHex(span) || !IsHex(flags)) return std::nullopt;
  if (version == "ff" || IsZero(trace) || IsZero(span)) return std::nullopt;
  // Later versions may append fields, and are read as this one otherwise.
  if (traceparent.size() > kSize && (version == "00" || traceparent[kSize] != '-')) return std::nullopt;
  return TraceContext{std::string(trace), std::string(span),
                      static_cast<uint8_t>(std::stoi(std::string(flags), nullptr, 16))};
}

TraceContext ContinueTrace(absl::string_view traceparent) {
  std::optional<TraceContext> caller = ParseTraceparent(traceparent);
  if (!caller) return {RandomDigits(kTraceDigits), RandomDigits(kSpanDigits), 0};
  return {std::move(caller->trace_id), RandomDigits(kSpanDigits), caller->flags};
}

}  // namespace trackfit::telemetry
