#include "advice/set_memory.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace trackfit::advice {
namespace {

using repetitions::Condition;
using repetitions::Finding;
using repetitions::FindingLevel;

// More are not listed, but counted.
constexpr size_t kMostNumbers = 4;
// Below any deviation that is told apart.
constexpr float kLeastSlightly = 1e-3F;

constexpr uint32_t kRecent = 7;  // three repetitions

}  // namespace

float ExcessOf(const Condition& condition, const Finding& finding) {
  if (finding.level != FindingLevel::kSlightly && finding.level != FindingLevel::kClearly) return 0;
  const repetitions::Range good{finding.good_low, finding.good_high};
  return good.Excess(finding.measured) / std::max(condition.slightly, kLeastSlightly);
}

void SetMemory::Add(const repetitions::Exercise& exercise, const repetitions::Repetition& repetition) {
  if (!IsOf(repetition.set, exercise.name)) {
    *this = SetMemory();
    set_ = repetition.set;
    exercise_ = exercise.name;
  }
  ++repetitions_;
  if (!repetition.complete && partial_.size() < kMostNumbers) partial_.push_back(repetition.number);
  for (const Finding& finding : repetition.findings) {
    if (finding.level == FindingLevel::kNotJudged) continue;
    ConditionMemory& memory = conditions_[finding.code];
    ++memory.judged;
    const bool good = finding.level == FindingLevel::kGood;
    memory.recent = ((memory.recent << 1) | (good ? 0U : 1U)) & kRecent;
    if (good) {
      ++memory.good_running;
      continue;
    }
    memory.good_running = 0;
    ++(finding.measured < finding.good_low ? memory.below : memory.above);
    memory.clearly += finding.level == FindingLevel::kClearly;
    ++memory.unpraised;
    if (memory.numbers.size() < kMostNumbers) memory.numbers.push_back(repetition.number);
  }
}

nlohmann::json SetMemory::Save() const {
  nlohmann::json conditions = nlohmann::json::object();
  for (const auto& [code, m] : conditions_) {
    conditions[code] = {m.judged,  m.below,     m.above,   m.clearly,        m.good_running, m.recent,
                        m.numbers, m.unpraised, m.advised, m.advised_excess, m.praised};
  }
  return {{"set", set_},
          {"exercise", exercise_},
          {"repetitions", repetitions_},
          {"partial", partial_},
          {"conditions", conditions}};
}

void SetMemory::Load(const nlohmann::json& saved) {
  saved.at("set").get_to(set_);
  saved.at("exercise").get_to(exercise_);
  saved.at("repetitions").get_to(repetitions_);
  saved.at("partial").get_to(partial_);
  conditions_.clear();
  for (const auto& [code, from] : saved.at("conditions").items()) {
    ConditionMemory& m = conditions_[code];
    from.at(0).get_to(m.judged);
    from.at(1).get_to(m.below);
    from.at(2).get_to(m.above);
    from.at(3).get_to(m.clearly);
    from.at(4).get_to(m.good_running);
    from.at(5).get_to(m.recent);
    from.at(6).get_to(m.numbers);
    from.at(7).get_to(m.unpraised);
    from.at(8).get_to(m.advised);
    from.at(9).get_to(m.advised_excess);
    from.at(10).get_to(m.praised);
  }
}

}  // namespace trackfit::advice
