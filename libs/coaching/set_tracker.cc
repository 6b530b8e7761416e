#include "coaching/set_tracker.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>
#include <utility>

namespace trackfit::coaching {
namespace {

constexpr int kMostRepetitions = 1000;

float MeanOf(std::span<const float> values) {
  return std::accumulate(values.begin(), values.end(), 0.0F) / static_cast<float>(values.size());
}

void Count(const repetitions::Finding& finding, std::vector<repetitions::FindingCount>& counts) {
  if (finding.level == repetitions::FindingLevel::kNotJudged) return;
  auto found = std::ranges::find(counts, finding.code, &repetitions::FindingCount::code);
  if (found == counts.end()) found = counts.insert(counts.end(), {.code = finding.code});
  ++found->judged;
  found->slightly += finding.level == repetitions::FindingLevel::kSlightly;
  found->clearly += finding.level == repetitions::FindingLevel::kClearly;
}

}  // namespace

bool SetTracker::WouldClose(const std::string& exercise, int64_t start_us) const {
  return open_ && (open_->summary.exercise != exercise || start_us - end_us_ > kSetRestUs ||
                   numbered() >= kMostRepetitions);
}

void SetTracker::Add(repetitions::Repetition& repetition) {
  if (!open_) {
    open_ = Open{};
    open_->summary.set = ++sets_;
    open_->summary.exercise = repetition.exercise;
    open_->summary.start_us = repetition.start_us;
    open_->summary.rest_us = sets_ > 1 ? repetition.start_us - end_us_ : 0;
  }
  repetitions::SetSummary& set = open_->summary;
  const int64_t duration_us = repetition.end_us - repetition.start_us;
  if (repetition.complete) {
    open_->durations.push_back(static_cast<float>(duration_us) / 1e6F);
    open_->ranges.push_back(repetition.range_of_motion);
  }
  open_->score += repetition.score;
  repetition.set = set.set;
  set.repetitions += repetition.complete;
  set.partial += !repetition.complete;
  repetition.number = set.repetitions + set.partial;
  set.correct += repetition.correct;
  set.under_tension_us += duration_us;
  set.held_us = std::max(set.held_us, repetition.held_us);
  set.end_us = end_us_ = repetition.end_us;
  for (const repetitions::Finding& finding : repetition.findings) Count(finding, set.findings);
}

std::optional<repetitions::SetSummary> SetTracker::Close() {
  if (!open_) return std::nullopt;
  const Open open = *std::exchange(open_, std::nullopt);
  repetitions::SetSummary set = open.summary;
  set.score = static_cast<float>(open.score / static_cast<double>(set.repetitions + set.partial));
  const size_t count = open.durations.size();
  if (count >= 3) {
    const size_t third = count / 3;
    const auto first = [&](const std::vector<float>& values) {
      return MeanOf(std::span(values).first(third));
    };
    const auto last = [&](const std::vector<float>& values) { return MeanOf(std::span(values).last(third)); };
    if (first(open.durations) > 0) set.tempo_drift = last(open.durations) / first(open.durations);
    set.range_lost = first(open.ranges) - last(open.ranges);
  }
  return set;
}

float SetTracker::mean_range() const { return open_ && !open_->ranges.empty() ? MeanOf(open_->ranges) : 0; }

nlohmann::json SetTracker::Save() const {
  nlohmann::json saved = {{"sets", sets_}, {"end_us", end_us_}};
  if (!open_) return saved;
  const repetitions::SetSummary& set = open_->summary;
  nlohmann::json findings = nlohmann::json::array();
  for (const repetitions::FindingCount& count : set.findings) {
    findings.push_back({count.code, count.judged, count.slightly, count.clearly});
  }
  saved["open"] = {{"set", set.set},
                   {"exercise", set.exercise},
                   {"repetitions", set.repetitions},
                   {"partial", set.partial},
                   {"correct", set.correct},
                   {"start_us", set.start_us},
                   {"end_us", set.end_us},
                   {"rest_us", set.rest_us},
                   {"under_tension_us", set.under_tension_us},
                   {"held_us", set.held_us},
                   {"findings", std::move(findings)},
                   {"score", open_->score},
                   {"durations", open_->durations},
                   {"ranges", open_->ranges}};
  return saved;
}

void SetTracker::Load(const nlohmann::json& saved) {
  sets_ = saved.at("sets").get<uint32_t>();
  end_us_ = saved.at("end_us").get<int64_t>();
  open_.reset();
  if (!saved.contains("open")) return;
  const nlohmann::json& from = saved.at("open");
  Open open;
  repetitions::SetSummary& set = open.summary;
  from.at("set").get_to(set.set);
  from.at("exercise").get_to(set.exercise);
  from.at("repetitions").get_to(set.repetitions);
  from.at("partial").get_to(set.partial);
  from.at("correct").get_to(set.correct);
  from.at("start_us").get_to(set.start_us);
  from.at("end_us").get_to(set.end_us);
  from.at("rest_us").get_to(set.rest_us);
  from.at("under_tension_us").get_to(set.under_tension_us);
  from.at("held_us").get_to(set.held_us);
  for (const nlohmann::json& count : from.at("findings")) {
    set.findings.push_back({count.at(0).get<std::string>(), count.at(1).get<uint32_t>(),
                            count.at(2).get<uint32_t>(), count.at(3).get<uint32_t>()});
  }
  from.at("score").get_to(open.score);
  from.at("durations").get_to(open.durations);
  from.at("ranges").get_to(open.ranges);
  open_ = std::move(open);
}

}  // namespace trackfit::coaching
