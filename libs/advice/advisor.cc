#include "advice/advisor.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "spelling/edit_distance.h"

namespace trackfit::advice {

using repetitions::Condition;
using repetitions::ConditionText;
using repetitions::Exercise;
using repetitions::Finding;
using repetitions::FindingLevel;
using repetitions::Repetition;
using repetitions::SetSummary;
using repetitions::View;

namespace {

constexpr const char* kDefaultVoice = "neutral";
constexpr const char* kDefaultLanguage = "en";

// What was said so often running is said less often: after once, twice, three times the silence.
constexpr uint32_t kLongestSilence = 3;
// Less than this share of what it was when last advised is closer.
constexpr float kCloser = 0.6F;
// Correct repetitions running that are praised the first time in a set; each time it takes so many more.
constexpr uint32_t kPraisedRun = 3;
// A condition has improved over a set when so large a share of its repetitions, the last ones, were good.
constexpr uint32_t kImprovedPart = 3;
// Sets with fewer repetitions are not compared.
constexpr uint32_t kLeastCompared = 3;
constexpr float kLeastProgress = 0.1F;   // of the share of correct repetitions
constexpr float kLeastRangeLost = 0.1F;  // of the full range
constexpr float kLeastTempoDrift = 1.25F;

bool IsOff(const Finding& finding) {
  return finding.level == FindingLevel::kSlightly || finding.level == FindingLevel::kClearly;
}

const Condition* ConditionOf(const Exercise& exercise, const std::string& code) {
  const auto found = std::ranges::find(exercise.conditions, code, &Condition::code);
  return found == exercise.conditions.end() ? nullptr : &*found;
}

// The values that wording of a finding may mention.
Values ValuesOf(const Language& language, const Finding& finding) {
  return {{"measured", language.Value(finding.measured, finding.unit)},
          {"range", language.GoodRange(finding)}};
}

Values With(Values values, const char* name, std::string value) {
  values.emplace_back(name, std::move(value));
  return values;
}

// Whether so many silences have passed. A checkpoint may hold any time, so the difference is not taken of
// integers.
bool Passed(uint32_t silences, const std::optional<int64_t>& since_us, int64_t now_us) {
  return !since_us || static_cast<double>(now_us) - static_cast<double>(*since_us) >=
                          static_cast<double>(silences) * static_cast<double>(kSilenceUs);
}

float Share(uint32_t part, uint32_t whole) { return static_cast<float>(part) / static_cast<float>(whole); }

}  // namespace

struct Advisor::Fault {
  const Condition* condition = nullptr;
  const Finding* finding = nullptr;  // null: over a set
  ConditionMemory* memory = nullptr;
  bool repeated = false;
  bool clearly = false;
  float excess = 0;  // as ExcessOf; over a set, the share of repetitions in which it was off

  // What is to be changed first is the largest: what keeps repetitions from being correct before what does
  // not.
  auto Rank() const { return std::tuple(clearly, repeated, condition->importance, excess); }
};

absl::StatusOr<Advisor> Advisor::Create(std::shared_ptr<const Phrases> phrases, const std::string& voice,
                                        const std::string& language) {
  const Language* const spoken = phrases->Find(language.empty() ? kDefaultLanguage : language);
  if (spoken == nullptr) {
    std::vector<std::string> languages;
    for (const Language& other : phrases->languages()) languages.push_back(other.code);
    return absl::InvalidArgumentError(absl::StrCat("config.coach.language is \"", language, "\"",
                                                   spelling::InsteadOf(language, languages)));
  }
  const auto found = spoken->voices.find(voice.empty() ? kDefaultVoice : voice);
  if (found == spoken->voices.end()) {
    std::vector<std::string> voices;
    for (const auto& [other, sentences] : spoken->voices) voices.push_back(other);
    return absl::InvalidArgumentError(
        absl::StrCat("config.coach.voice is \"", voice, "\"", spelling::InsteadOf(voice, voices)));
  }
  return Advisor(std::move(phrases), *spoken, found->second);
}

Advice Advisor::Say(Sentence sentence, const Values& values, std::vector<std::string> codes) {
  const auto i = static_cast<size_t>(sentence);
  const std::vector<std::string>& texts = (*voice_)[i];
  return {.text = Fill(texts[said_[i]++ % texts.size()], values), .codes = std::move(codes)};
}

Advice Advisor::SayLive(Sentence sentence, const Values& values, std::vector<std::string> codes,
                        int64_t now_us) {
  last_us_ = now_us;
  return Say(sentence, values, std::move(codes));
}

bool Advisor::MaySay(std::string_view code, int64_t now_us) const {
  const uint32_t silences = code == last_code_ ? std::clamp(times_, 1U, kLongestSilence) : 1;
  return Passed(silences, last_us_, now_us);
}

const ConditionText& Advisor::TextsOf(const Condition& condition) const {
  static const ConditionText kNone;
  for (const std::string& language : {language_->code, std::string(kDefaultLanguage)}) {
    const auto found = condition.texts.find(language);
    if (found != condition.texts.end()) return found->second;
  }
  return condition.texts.empty() ? kNone : condition.texts.begin()->second;
}

std::string Advisor::TitleOf(const Exercise& exercise) const {
  const auto found = exercise.titles.find(language_->code);
  return found != exercise.titles.end() ? found->second : exercise.name;
}

std::string Advisor::TitleOf(const Exercise& exercise, const std::string& code) const {
  const Condition* const condition = ConditionOf(exercise, code);
  return condition != nullptr ? TextsOf(*condition).title : "";
}

std::string Advisor::TextOf(const Exercise& exercise, const Finding& finding) const {
  if (!IsOff(finding)) return "";
  const bool below = finding.measured < finding.good_low;
  if (const Condition* const condition = ConditionOf(exercise, finding.code)) {
    const ConditionText& texts = TextsOf(*condition);
    const std::string& text = below ? texts.low : texts.high;
    if (!text.empty()) return text;
  }
  // A range of the session's own may have an end that the exercise does not have.
  return Fill(below ? language_->below : language_->above, ValuesOf(*language_, finding));
}

std::string Advisor::TextOfHint(std::string_view code) const {
  const auto found = language_->hints.find(code);
  return found == language_->hints.end() ? "" : found->second;
}

// ---- Live

std::vector<Advice> Advisor::OnRepetition(const Exercise& exercise, const Repetition& repetition) {
  if (!memory_.IsOf(repetition.set, exercise.name)) {
    last_code_.clear();
    correct_running_ = unpraised_ = praises_ = 0;
  }
  memory_.Add(exercise, repetition);
  correct_running_ = repetition.correct ? correct_running_ + 1 : 0;
  unpraised_ = repetition.correct ? unpraised_ + 1 : 0;

  std::optional<Advice> advice;
  const int64_t now_us = repetition.end_us;
  if (!Passed(1, last_us_, now_us)) return {};
  if (!repetition.complete && !exercise.held) advice = Partial(exercise, repetition);
  if (!advice) {
    const std::optional<Fault> worst = WorstOf(exercise, repetition);
    const bool first = worst && worst->clearly && MaySay(worst->condition->code, now_us);
    if (!first) advice = Improvement(exercise, repetition);
    if (!advice && worst && MaySay(worst->condition->code, now_us)) advice = Correct(*worst, now_us);
  }
  if (!advice) advice = Praise(exercise, repetition);
  if (!advice) return {};
  return {*std::move(advice)};
}

// Of findings that are slightly off only repeated ones count: nobody is perfect.
std::optional<Advisor::Fault> Advisor::WorstOf(const Exercise& exercise, const Repetition& repetition) {
  std::optional<Fault> worst;
  for (const Finding& finding : repetition.findings) {
    const Condition* const condition = ConditionOf(exercise, finding.code);
    if (condition == nullptr || !IsOff(finding)) continue;
    ConditionMemory& memory = memory_.Of(finding.code);
    const Fault fault{.condition = condition,
                      .finding = &finding,
                      .memory = &memory,
                      .repeated = memory.repeated(),
                      .clearly = finding.level == FindingLevel::kClearly,
                      .excess = ExcessOf(*condition, finding)};
    if (!fault.clearly && !fault.repeated) continue;
    if (!worst || fault.Rank() > worst->Rank()) worst = fault;
  }
  return worst;
}

Advice Advisor::Correct(const Fault& fault, int64_t now_us) {
  const std::string& code = fault.condition->code;
  ConditionMemory& memory = *fault.memory;
  Sentence sentence = Sentence::kChange;
  if (memory.advised) {
    sentence = fault.excess < kCloser * memory.advised_excess ? Sentence::kCloser : Sentence::kAgain;
  }
  times_ = code == last_code_ ? times_ + 1 : 1;
  last_code_ = code;
  memory.advised = true;
  memory.advised_excess = fault.excess;
  const ConditionText& texts = TextsOf(*fault.condition);
  const bool below = fault.finding->measured < fault.finding->good_low;
  const std::string& own = below ? texts.low : texts.high;
  const Values values = ValuesOf(*language_, *fault.finding);
  const std::string change = own.empty() ? Fill(below ? language_->below : language_->above, values) : own;
  return SayLive(sentence, With(values, "change", change), {code}, now_us);
}

// With what made it partial where that is known: a condition of a measure that drives the repetition.
std::optional<Advice> Advisor::Partial(const Exercise& exercise, const Repetition& repetition) {
  if (!MaySay(kPartialCode, repetition.end_us)) return std::nullopt;
  times_ = last_code_ == kPartialCode ? times_ + 1 : 1;
  last_code_ = std::string(kPartialCode);
  const std::string share = language_->Percent(repetition.range_of_motion);
  for (const Finding& finding : repetition.findings) {
    const Condition* const condition = ConditionOf(exercise, finding.code);
    if (condition == nullptr || !IsOff(finding)) continue;
    const bool drives = std::ranges::find(exercise.drivers, condition->quantity.measure,
                                          &repetitions::Driver::measure) != exercise.drivers.end();
    if (!drives) continue;
    ConditionMemory& memory = memory_.Of(finding.code);
    memory.advised = true;
    memory.advised_excess = ExcessOf(*condition, finding);
    Values values = With(ValuesOf(*language_, finding), "change", TextOf(exercise, finding));
    return SayLive(Sentence::kPartialChange, With(std::move(values), "share", share),
                   {std::string(kPartialCode), finding.code}, repetition.end_us);
  }
  return SayLive(Sentence::kPartial, {{"share", share}}, {std::string(kPartialCode)}, repetition.end_us);
}

// Of what was off and is good now: the most important.
std::optional<Advice> Advisor::Improvement(const Exercise& exercise, const Repetition& repetition) {
  const Condition* best = nullptr;
  for (const Finding& finding : repetition.findings) {
    const Condition* const condition = ConditionOf(exercise, finding.code);
    if (condition == nullptr || finding.level != FindingLevel::kGood) continue;
    if (TextsOf(*condition).praise.empty()) continue;
    const ConditionMemory& memory = memory_.Of(finding.code);
    // Without having been told, one good repetition among bad ones is chance.
    const bool improved = memory.advised || (memory.unpraised >= 2 && memory.good_running >= 2);
    if (improved && (best == nullptr || condition->importance > best->importance)) best = condition;
  }
  if (best == nullptr) return std::nullopt;
  ConditionMemory& memory = memory_.Of(best->code);
  memory.advised = false;
  memory.unpraised = 0;
  ++memory.praised;
  unpraised_ = 0;
  last_code_.clear();
  return SayLive(Sentence::kImproved, {{"praise", TextsOf(*best).praise}}, {best->code}, repetition.end_us);
}

// After several correct repetitions: of what is good the least praised, the most important first.
std::optional<Advice> Advisor::Praise(const Exercise& exercise, const Repetition& repetition) {
  if (unpraised_ < kPraisedRun * (praises_ + 1)) return std::nullopt;
  const Condition* best = nullptr;
  const auto rank = [&](const Condition& condition) {
    return std::pair(-static_cast<int>(memory_.Of(condition.code).praised), condition.importance);
  };
  for (const Finding& finding : repetition.findings) {
    const Condition* const condition = ConditionOf(exercise, finding.code);
    if (condition == nullptr || finding.level != FindingLevel::kGood) continue;
    if (TextsOf(*condition).praise.empty()) continue;
    if (best == nullptr || rank(*condition) > rank(*best)) best = condition;
  }
  if (best == nullptr) return std::nullopt;
  const std::string streak = language_->Repetitions(correct_running_);
  ++memory_.Of(best->code).praised;
  ++praises_;
  unpraised_ = 0;
  return SayLive(Sentence::kPraise, {{"praise", TextsOf(*best).praise}, {"streak", streak}}, {best->code},
                 repetition.end_us);
}

// ---- At the end of a set

std::vector<Advice> Advisor::OnSetEnd(const Exercise& exercise, const SetSummary& set) {
  std::vector<Advice> said = {Result(exercise, set)};
  if (set.partial > 0 && set.repetitions > 0 && !exercise.held) {
    const std::string which =
        memory_.IsOf(set.set, exercise.name)
            ? language_->Where(memory_.partial(), set.partial, set.repetitions + set.partial)
            : language_->Repetitions(set.partial);
    said.push_back(Say(Sentence::kSetPartial, {{"partial", which}}, {std::string(kPartialCode)}));
  }
  const auto add = [&](std::optional<Advice> advice) {
    if (advice) said.push_back(*std::move(advice));
  };
  if (memory_.IsOf(set.set, exercise.name)) {
    std::string changed;
    if (const std::optional<Fault> worst = WorstOfSet(exercise)) {
      const ConditionMemory& memory = *worst->memory;
      changed = worst->condition->code;
      const ConditionText& texts = TextsOf(*worst->condition);
      const std::string& change = memory.below > memory.above ? texts.low : texts.high;
      const std::string where = language_->Where(memory.numbers, memory.off(), memory.judged);
      if (!change.empty())
        said.push_back(Say(Sentence::kSetChange, {{"change", change}, {"where", where}}, {changed}));
    }
    add(WentWell(exercise, changed));
  }
  add(Progress(set));
  if (memory_.IsOf(set.set, exercise.name)) add(NotSeen(exercise));
  past_ = {.exercise = exercise.name, .repetitions = set.repetitions, .correct = set.correct};
  last_us_ = std::max(last_us_.value_or(set.end_us), set.end_us);
  return said;
}

Advice Advisor::Result(const Exercise& exercise, const SetSummary& set) {
  Values values = {{"exercise", TitleOf(exercise)},
                   {"repetitions", language_->Repetitions(set.repetitions)},
                   {"correct", absl::StrCat(set.correct)}};
  const std::vector<std::string> codes = {std::string(kSetCode)};
  if (exercise.held) {
    values.emplace_back("seconds", language_->Value(static_cast<float>(set.held_us) * 1e-6F, "seconds"));
    return Say(Sentence::kSetHeld, values, codes);
  }
  if (set.repetitions == 0) return Say(Sentence::kSetNoneComplete, values, codes);
  if (set.correct == 0) return Say(Sentence::kSetNoneCorrect, values, codes);
  return Say(set.correct < set.repetitions ? Sentence::kSetSomeCorrect : Sentence::kSetAllCorrect, values,
             codes);
}

std::optional<Advisor::Fault> Advisor::WorstOfSet(const Exercise& exercise) {
  std::optional<Fault> worst;
  for (const Condition& condition : exercise.conditions) {
    ConditionMemory& memory = memory_.Of(condition.code);
    const Fault fault{.condition = &condition,
                      .memory = &memory,
                      .repeated = memory.off() > 1,
                      .clearly = memory.clearly > 0,
                      .excess = memory.judged > 0 ? Share(memory.off(), memory.judged) : 0};
    if (!fault.repeated && !fault.clearly) continue;
    if (!worst || fault.Rank() > worst->Rank()) worst = fault;
  }
  return worst;
}

// What has become good, or else what was good throughout, the most important.
std::optional<Advice> Advisor::WentWell(const Exercise& exercise, const std::string& except) {
  const Condition* improved = nullptr;
  const Condition* good = nullptr;
  for (const Condition& condition : exercise.conditions) {
    const ConditionMemory& memory = memory_.Of(condition.code);
    if (condition.code == except || TextsOf(condition).praise.empty() || memory.judged < 2) continue;
    const bool became_good = memory.good_running >= 2 && memory.good_running * kImprovedPart >= memory.judged;
    if (memory.off() > 0 && !became_good) continue;
    const Condition*& best = memory.off() > 0 ? improved : good;
    if (best == nullptr || condition.importance > best->importance) best = &condition;
  }
  if (improved != nullptr)
    return Say(Sentence::kSetImproved, {{"praise", TextsOf(*improved).praise}}, {improved->code});
  if (good != nullptr) return Say(Sentence::kSetPraise, {{"praise", TextsOf(*good).praise}}, {good->code});
  return std::nullopt;
}

std::optional<Advice> Advisor::Progress(const SetSummary& set) {
  if (past_.exercise == set.exercise && std::min(past_.repetitions, set.repetitions) >= kLeastCompared) {
    const float now = Share(set.correct, set.repetitions), before = Share(past_.correct, past_.repetitions);
    if (now - before >= kLeastProgress) {
      return Say(Sentence::kSetBetter,
                 {{"now", language_->Percent(now)}, {"before", language_->Percent(before)}},
                 {std::string(kProgressCode)});
    }
  }
  if (set.range_lost >= kLeastRangeLost) {
    return Say(Sentence::kSetRangeLost, {{"share", language_->Percent(set.range_lost)}},
               {std::string(kRangeLostCode)});
  }
  if (set.tempo_drift >= kLeastTempoDrift) {
    return Say(Sentence::kSetSlower, {{"share", language_->Percent(set.tempo_drift - 1)}},
               {std::string(kTempoDriftCode)});
  }
  return std::nullopt;
}

// Said once, and again only when it is about something else.
std::optional<Advice> Advisor::NotSeen(const Exercise& exercise) {
  std::vector<std::string> codes = {std::string(kNotJudgedCode)};
  std::array<uint32_t, 3> shows{};  // by View: how many of them it would show
  std::array<bool, 3> is_seen{};    // by View: something was judged that only it shows
  for (const Condition& condition : exercise.conditions) {
    const bool judged = memory_.Of(condition.code).judged > 0;
    if (!judged) codes.push_back(condition.code);
    for (const View view : condition.views) {
      if (!judged) ++shows[static_cast<size_t>(view)];
      if (judged && condition.views.size() == 1) is_seen[static_cast<size_t>(view)] = true;
    }
  }
  const std::string about = absl::StrCat(exercise.name, ": ", absl::StrJoin(codes, " "));
  if (codes.size() == 1 || about == told_) return std::nullopt;
  told_ = about;
  auto best = static_cast<size_t>(exercise.best_view);
  for (size_t view = 0; view < shows.size(); ++view) {
    if (is_seen[view]) shows[view] = 0;  // that is where the camera is: something else hides them
  }
  for (size_t view = 0; view < shows.size(); ++view) {
    if (shows[view] > shows[best]) best = view;
  }
  if (shows[best] == 0) return Say(Sentence::kNotSeen, {}, std::move(codes));
  return Say(Sentence::kNotSeenFrom, {{"view", language_->views[best]}}, std::move(codes));
}

// ---- Checkpoints

nlohmann::json Advisor::Save() const {
  return {{"set", memory_.Save()},
          {"last_us", last_us_ ? nlohmann::json(*last_us_) : nlohmann::json()},
          {"last_code", last_code_},
          {"times", times_},
          {"correct_running", correct_running_},
          {"unpraised", unpraised_},
          {"praises", praises_},
          {"said", said_},
          {"past", {past_.exercise, past_.repetitions, past_.correct}},
          {"told", told_}};
}

void Advisor::Load(const nlohmann::json& saved) {
  memory_.Load(saved.at("set"));
  last_us_.reset();
  if (!saved.at("last_us").is_null()) last_us_ = saved.at("last_us").get<int64_t>();
  saved.at("last_code").get_to(last_code_);
  saved.at("times").get_to(times_);
  saved.at("correct_running").get_to(correct_running_);
  saved.at("unpraised").get_to(unpraised_);
  saved.at("praises").get_to(praises_);
  saved.at("said").get_to(said_);
  saved.at("past").at(0).get_to(past_.exercise);
  saved.at("past").at(1).get_to(past_.repetitions);
  saved.at("past").at(2).get_to(past_.correct);
  saved.at("told").get_to(told_);
}

}  // namespace trackfit::advice
