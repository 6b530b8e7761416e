#include "gateway/coach_relay.h"

namespace trackfit::gateway {

bool CoachRelay::Sayings::TakeNew(uint64_t sequence) {
  const bool another = latest && latest->first == sequence;
  latest = Place(sequence, another ? latest->second + 1 : 0);
  if (delivered && *latest <= *delivered) return false;
  delivered = latest;
  return true;
}

void CoachRelay::BeginAttempt() {
  advice_.latest = advice_.at_checkpoint;
  hints_.latest = hints_.at_checkpoint;
}

std::vector<v1::AnalyzeResponse> CoachRelay::Take(v1::InferStreamResponse& response) {
  std::vector<v1::AnalyzeResponse> news;
  if (response.has_repetition()) {
    const Place place(response.repetition().set(), response.repetition().number());
    if (!last_repetition_ || place > *last_repetition_) {
      last_repetition_ = place;
      news.emplace_back().mutable_repetition()->Swap(response.mutable_repetition());
    }
  }
  if (response.has_advice() && advice_.TakeNew(response.advice().sequence())) {
    news.emplace_back().mutable_advice()->Swap(response.mutable_advice());
  }
  if (response.has_hint() && hints_.TakeNew(response.hint().sequence())) {
    news.emplace_back().mutable_hint()->Swap(response.mutable_hint());
  }
  if (response.has_set()) sets_[response.set().set()].Swap(response.mutable_set());
  if (response.has_checkpoint()) {
    checkpoint_.emplace().Swap(response.mutable_checkpoint());
    advice_.at_checkpoint = advice_.latest;
    hints_.at_checkpoint = hints_.latest;
  }
  return news;
}

void CoachRelay::AddTo(v1::SessionSummary& summary) const {
  for (const auto& [number, set] : sets_) {
    *summary.add_sets() = set;
    summary.set_repetitions(summary.repetitions() + set.repetitions());
  }
}

}  // namespace trackfit::gateway
