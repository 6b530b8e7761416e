#include "drawing/coach_timeline.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "client/words.h"

namespace trackfit::drawing {
namespace {

constexpr int64_t kFadeUs = 200'000;
constexpr int64_t kPointedOutUs = 600'000;          // before and after the worst moment
constexpr int64_t kFindingReadUs = 2'200'000;       // from the worst moment
constexpr int64_t kFindingLeastReadUs = 1'200'000;  // where the next repetition comes sooner
constexpr int64_t kAdviceReadUs = 3'500'000;
constexpr int64_t kHintReadUs = 6'000'000;  // at most
constexpr float kMostPhase = 1.15F;
constexpr size_t kMostCaptions = 2;

// 1 well within [start, end], falling to 0 at both ends.
float Strength(int64_t at_us, int64_t start_us, int64_t end_us) {
  const auto within = static_cast<float>(std::min(at_us - start_us, end_us - at_us));
  return std::clamp(within / static_cast<float>(kFadeUs), 0.0F, 1.0F);
}

// From 0 to 1, slow at both ends, as joints move.
float Ease(float way) { return (1 - std::cos(std::clamp(way, 0.0F, 1.0F) * std::numbers::pi_v<float>)) / 2; }

float Part(int64_t of, int64_t whole) {
  return whole > 0 ? static_cast<float>(of) / static_cast<float>(whole) : 1.0F;
}

float PhaseAt(const v1::Repetition& repetition, int64_t elapsed_us) {
  if (repetition.held_us() > 0) return 1;
  const float range = std::clamp(repetition.range_of_motion(), 0.0F, kMostPhase);
  if (elapsed_us < repetition.lowering_us()) return range * Ease(Part(elapsed_us, repetition.lowering_us()));
  elapsed_us -= repetition.lowering_us() + repetition.pause_us();
  if (elapsed_us < 0) return range;
  return range * Ease(1 - Part(elapsed_us, repetition.lifting_us()));
}

}  // namespace

CoachTimeline::CoachTimeline(const client::SessionRecord& record, std::vector<int64_t> times_us)
    : times_us_(std::move(times_us)), repetitions_(record.repetitions()), labels_(record.language()) {
  std::stable_sort(
      repetitions_.begin(), repetitions_.end(),
      [](const v1::Repetition& a, const v1::Repetition& b) { return a.start_us() < b.start_us(); });
  if (times_us_.empty()) return;
  for (size_t i = 0; i < repetitions_.size(); ++i) {
    for (const v1::Finding& finding : client::FindingsOff(repetitions_[i])) {
      if (finding.text().empty()) continue;
      const int64_t worst_us = TimeOf(finding.sequence());
      int64_t end_us = worst_us + kFindingReadUs;
      if (i + 1 < repetitions_.size())
        end_us = std::clamp(repetitions_[i + 1].start_us(), worst_us + kFindingLeastReadUs, end_us);
      sentences_.push_back(
          {{Caption::Kind::kFinding, finding.text(), finding.level()}, worst_us - 2 * kFadeUs, end_us});
    }
  }
  for (const v1::Advice& advice : record.advice()) {
    const int64_t said_us = TimeOf(advice.sequence());
    sentences_.push_back({{Caption::Kind::kAdvice, advice.text()}, said_us, said_us + kAdviceReadUs});
  }
  AddHints(record.hints());
}

void CoachTimeline::AddHints(const std::vector<v1::Hint>& hints) {
  for (size_t i = 0; i < hints.size(); ++i) {
    if (hints[i].withdrawn()) continue;
    const auto end = std::find_if(
        hints.begin() + static_cast<std::ptrdiff_t>(i), hints.end(),
        [&](const v1::Hint& hint) { return hint.withdrawn() && hint.code() == hints[i].code(); });
    const int64_t said_us = TimeOf(hints[i].sequence());
    int64_t end_us = said_us + kHintReadUs;
    if (end != hints.end()) end_us = std::min(end_us, TimeOf(end->sequence()) + kFadeUs);
    sentences_.push_back({{Caption::Kind::kHint, hints[i].text()}, said_us, end_us});
  }
}

int64_t CoachTimeline::TimeOf(uint64_t sequence) const {
  return times_us_[std::min<uint64_t>(sequence, times_us_.size() - 1)];
}

CoachFrame CoachTimeline::At(uint64_t sequence) const {
  CoachFrame frame;
  frame.labels = labels_;
  if (times_us_.empty()) return frame;
  const int64_t now_us = TimeOf(sequence);
  for (const v1::Repetition& repetition : repetitions_) {
    if (repetition.start_us() > now_us) break;
    if (repetition.set() != frame.set) {
      frame.set = repetition.set();
      frame.complete = 0;
      frame.last = nullptr;
    }
    if (repetition.end_us() > now_us) {
      frame.current = &repetition;
      frame.elapsed_us = static_cast<float>(now_us - repetition.start_us());
      frame.phase = PhaseAt(repetition, now_us - repetition.start_us());
    } else {
      frame.last = &repetition;
      frame.complete += repetition.complete() ? 1 : 0;
    }
  }
  for (const v1::Repetition* repetition : {frame.current, frame.last}) {
    if (repetition == nullptr) continue;
    for (const v1::Finding& finding : repetition->findings()) {
      const int64_t worst_us = TimeOf(finding.sequence());
      const float strength = Strength(now_us, worst_us - kPointedOutUs, worst_us + kPointedOutUs);
      if (client::IsOff(finding) && strength > 0) frame.highlights.push_back({&finding, strength});
    }
  }
  std::stable_sort(
      frame.highlights.begin(), frame.highlights.end(),
      [](const Highlight& a, const Highlight& b) { return a.finding->level() > b.finding->level(); });
  // The latest of each kind, and no sentence twice.
  for (const Caption::Kind kind : {Caption::Kind::kAdvice, Caption::Kind::kFinding, Caption::Kind::kHint}) {
    const Sentence* latest = nullptr;
    for (const Sentence& sentence : sentences_) {
      if (sentence.caption.kind != kind || Strength(now_us, sentence.start_us, sentence.end_us) <= 0)
        continue;
      // Of what was seen at the same time, the worse comes first.
      if (latest == nullptr || sentence.start_us > latest->start_us + kFadeUs) latest = &sentence;
    }
    if (latest == nullptr || frame.captions.size() == kMostCaptions) continue;
    if (!frame.captions.empty() && frame.captions.front().text == latest->caption.text) continue;
    frame.captions.push_back(latest->caption);
    frame.captions.back().strength = Strength(now_us, latest->start_us, latest->end_us);
  }
  return frame;
}

}  // namespace trackfit::drawing
