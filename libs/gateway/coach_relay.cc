#include "gateway/coach_relay.h"

namespace trackfit::gateway {
namespace {

using handover::CoachState;

template <class Place>
void Set(CoachState::Place& message, const Place& place) {
  message.set_first(place.first);
  message.set_second(place.second);
}

auto PlaceIn(const CoachState::Place& message) { return std::pair(message.first(), message.second()); }

}  // namespace

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

CoachState::Sayings CoachRelay::Sayings::State() const {
  CoachState::Sayings state;
  if (at_checkpoint) Set(*state.mutable_at_checkpoint(), *at_checkpoint);
  if (delivered) Set(*state.mutable_delivered(), *delivered);
  return state;
}

void CoachRelay::Sayings::Restore(const CoachState::Sayings& state) {
  if (state.has_at_checkpoint()) at_checkpoint = PlaceIn(state.at_checkpoint());
  if (state.has_delivered()) delivered = PlaceIn(state.delivered());
}

CoachState CoachRelay::State() const {
  CoachState state;
  *state.mutable_advice() = advice_.State();
  *state.mutable_hints() = hints_.State();
  if (last_repetition_) Set(*state.mutable_last_repetition(), *last_repetition_);
  state.mutable_sets()->insert(sets_.begin(), sets_.end());
  if (checkpoint_) *state.mutable_checkpoint() = *checkpoint_;
  return state;
}

void CoachRelay::Restore(const CoachState& state) {
  advice_.Restore(state.advice());
  hints_.Restore(state.hints());
  if (state.has_last_repetition()) last_repetition_ = PlaceIn(state.last_repetition());
  sets_.insert(state.sets().begin(), state.sets().end());
  if (state.has_checkpoint()) checkpoint_ = state.checkpoint();
}

}  // namespace trackfit::gateway
