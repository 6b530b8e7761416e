#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "load/run.h"
#include "skeleton/percentile.h"

namespace trackfit::load {
namespace {

struct Latencies {
  float p50 = 0, p95 = 0, p99 = 0, max = 0;
};

Latencies Of(std::vector<float> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const std::span<const float> ascending = values;
  return {skeleton::Percentile(ascending, 0.5F), skeleton::Percentile(ascending, 0.95F),
          skeleton::Percentile(ascending, 0.99F), values.back()};
}

double Share(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

nlohmann::ordered_json JsonOf(const Latencies& latencies) {
  return {{"p50", latencies.p50}, {"p95", latencies.p95}, {"p99", latencies.p99}, {"max", latencies.max}};
}

}  // namespace

bool Report::clean() const {
  const bool only_refused = std::all_of(ended_by_code.begin(), ended_by_code.end(), [](const auto& ended) {
    return ended.first == "RESOURCE_EXHAUSTED";
  });
  return only_refused && outcome.fault_count == 0;
}

std::string Report::Text() const {
  const Latencies latency = Of(outcome.latencies_ms), drop = Of(outcome.drop_latencies_ms),
                  window = Of(outcome.window_latencies_ms);
  const uint64_t missing = outcome.dropped + outcome.held_back;
  std::string text = absl::StrFormat(
      "%d sessions at %g frames/s for %.1f s%s\n"
      "sessions   %d opened, %d completed, %d vanished\n"
      "frames     %d sent, %d answered: %d with a pose, %d without, %d dropped, %d invalid\n"
      "           %.1f a second analysed; %.1f %% of what was due dropped, %d of it before it left the "
      "client\n"
      "latency    p50 %.0f ms, p95 %.0f ms, p99 %.0f ms, at most %.0f ms, from when a frame was due\n",
      sessions, fps, seconds, live ? ", live" : ", lossless", opened, completed, vanished, outcome.sent,
      outcome.answered, outcome.with_pose, outcome.without_pose, outcome.dropped, outcome.invalid,
      static_cast<double>(outcome.with_pose + outcome.without_pose) / seconds,
      100 * Share(missing, outcome.sent + outcome.held_back), outcome.held_back, latency.p50, latency.p95,
      latency.p99, latency.max);
  if (outcome.dropped > 0) {
    absl::StrAppendFormat(&text, "           dropped ones: p50 %.0f ms, p95 %.0f ms\n", drop.p50, drop.p95);
  }
  absl::StrAppendFormat(
      &text,
      "coach      %d assessments, %d repetitions, %d notices\n"
      "           assessments p50 %.0f ms, p95 %.0f ms, from when a window's last frame was due\n",
      outcome.assessments, outcome.repetitions, outcome.notices, window.p50, window.p95);
  double all_stages = 0;
  for (const StageTime& stage : stages) all_stages += stage.milliseconds;
  for (const StageTime& stage : stages) {
    absl::StrAppendFormat(&text, "%-10s %-25s %7.2f ms, %3.0f %%\n",
                          &stage == &stages.front() ? "a frame" : "", stage.stage, stage.milliseconds,
                          all_stages > 0 ? 100 * stage.milliseconds / all_stages : 0);
  }
  if (outcome.resumptions > 0) {
    const Latencies pause = Of(outcome.pauses_ms);
    absl::StrAppendFormat(&text, "resumed    %d times, after p50 %.0f ms, p95 %.0f ms, at most %.0f ms\n",
                          outcome.resumptions, pause.p50, pause.p95, pause.max);
  }
  if (late_ms > 0) {
    absl::StrAppendFormat(&text,
                          "late       %d frames came later than %g ms, at most %d of a session in a row\n",
                          outcome.late, late_ms, outcome.most_late_in_a_row);
  }
  if (impatient_calls > 0) {
    absl::StrAppendFormat(&text, "impatient  clients made %d calls, whose deadlines passed\n",
                          impatient_calls);
  }
  if (slow_sent > 0) {
    absl::StrAppendFormat(&text, "slow       readers sent %d frames and read %d answers\n", slow_sent,
                          slow_read);
  }
  if (!outcome.refusal_latencies_ms.empty()) {
    const Latencies refusal = Of(outcome.refusal_latencies_ms);
    absl::StrAppendFormat(&text,
                          "refused    p50 %.0f ms, p95 %.0f ms, at most %.0f ms until they were told\n",
                          refusal.p50, refusal.p95, refusal.max);
  }
  for (const auto& [code, count] : ended_by_code) {
    absl::StrAppendFormat(&text, "ended      %d with %s: %s\n", count, code, first_of_code.at(code));
  }
  absl::StrAppendFormat(&text,
                        "answers    every one checked for order and completeness, %d compared; %d faults\n",
                        outcome.compared, outcome.fault_count);
  for (const std::string& fault : outcome.faults) absl::StrAppend(&text, "FAULT      ", fault, "\n");
  return text;
}

std::string Report::Json() const {
  nlohmann::ordered_json json = {
      {"sessions", sessions},
      {"fps", fps},
      {"seconds", seconds},
      {"delivery", live ? "live" : "lossless"},
      {"opened", opened},
      {"completed", completed},
      {"vanished", vanished},
      {"ended", ended_by_code},
      {"sent", outcome.sent},
      {"answered", outcome.answered},
      {"with_pose", outcome.with_pose},
      {"without_pose", outcome.without_pose},
      {"dropped", outcome.dropped},
      {"held_back", outcome.held_back},
      {"invalid", outcome.invalid},
      {"assessments", outcome.assessments},
      {"repetitions", outcome.repetitions},
      {"compared", outcome.compared},
      {"resumptions", outcome.resumptions},
      {"late", outcome.late},
      {"most_late_in_a_row", outcome.most_late_in_a_row},
      {"impatient_calls", impatient_calls},
      {"faults", outcome.fault_count},
      {"latency_ms", JsonOf(Of(outcome.latencies_ms))},
      {"assessment_latency_ms", JsonOf(Of(outcome.window_latencies_ms))},
      {"refusal_latency_ms", JsonOf(Of(outcome.refusal_latencies_ms))},
      {"pause_ms", JsonOf(Of(outcome.pauses_ms))},
      {"drop_latency_ms", JsonOf(Of(outcome.drop_latencies_ms))},
  };
  for (const StageTime& stage : stages) json["stages_ms"][stage.stage] = stage.milliseconds;
  return json.dump();
}

}  // namespace trackfit::load
