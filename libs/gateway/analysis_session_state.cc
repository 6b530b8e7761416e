// How an AnalysisSession passes from one process to another.
#include <algorithm>
#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "contract/convert.h"
#include "gateway/analysis_session.h"
#include "handover/clip_state.h"

namespace trackfit::gateway {
namespace {

using handover::AnalysisState;

// Time from the first of `poses` poses to the last.
int64_t SpanUs(int poses, double rate_hz) { return static_cast<int64_t>((poses - 1) * 1e6 / rate_hz); }

// How long before the end of a window a replay starts, so that it brings a full window at that very end and
// the windows after it end where they would have ended without a break.
int64_t ReplayUs(const assessment::WindowConfig& window, double rate_hz) {
  int poses = window.first_after;
  while (poses < window.frames) poses += window.every;
  return SpanUs(poses, rate_hz);
}

}  // namespace

void AnalysisSession::SetWindow(const assessment::WindowConfig& window, double rate_hz) {
  rate_hz_ = rate_hz;
  history_.emplace(ReplayUs(window, rate_hz), kPosesKept, coached_);
  const auto half_step_us = static_cast<int64_t>(0.5e6 / rate_hz);  // windows end between two poses
  first_window_us_ = SpanUs(window.first_after, rate_hz) + half_step_us;
  next_window_us_ = SpanUs(window.every + 1, rate_hz) + half_step_us;
  window_tolerance_us_ = 2 * half_step_us;
}

void AnalysisSession::SetKind(Kind kind) {
  kind_ = kind;
  rate_.emplace(kind == Kind::kPose ? "pose.timestamp_us" : "frame.timestamp_us");
}

// The next extractor counts from 1 again. A single person is assumed to be the same one; several cannot be
// told apart.
void AnalysisSession::OffsetPeople() {
  person_offset_ = max_people() > 1 ? highest_person_ : std::max(highest_person_, 1U) - 1;
}

std::optional<AnalysisState> AnalysisSession::State() const {
  if (phase_ != Phase::kRunning) return std::nullopt;
  AnalysisState state;
  *state.mutable_config() = config_;
  state.set_model_version(model_version_);
  state.set_expected_of_model(expected_of_model_);
  state.set_rate_hz(rate_hz_);
  state.set_coached(coached_);
  state.set_half_closed(EverythingIsAnswered());  // else it comes again, behind the frames that do
  if (kind_) state.set_kind(*kind_ == Kind::kPose ? AnalysisState::KIND_POSES : AnalysisState::KIND_FRAMES);
  handover::OrderState& order = *state.mutable_order();
  if (answered_order_.last_sequence()) order.set_last_sequence(*answered_order_.last_sequence());
  order.set_first_us(answered_order_.first_us());
  if (answered_order_.last_us()) order.set_last_us(*answered_order_.last_us());
  state.set_rate_told(rate_ && rate_->told());
  state.set_upside_down_told(orientation_.told());
  for (const v1::Notice& notice : notices_.first_of_each()) *state.add_notices() = notice;
  state.set_highest_person(highest_person_);
  *state.mutable_primary() = primary_.State();
  *state.mutable_history() = history_->State();
  *state.mutable_coach() = coach_.State();
  if (last_assessed_) state.set_last_assessed(*last_assessed_);
  *state.mutable_summary() = summary_;
  *state.mutable_clip() = handover::ToProto(clip_summary_.state());
  return state;
}

absl::Status AnalysisSession::Restore(const AnalysisState& state) {
  const auto window = contract::FromProto(state.config().window()).Resolve(state.config().window().frames());
  if (!window.ok()) return window.status();
  config_ = state.config();
  model_version_ = state.model_version();
  expected_of_model_ = state.expected_of_model();
  coached_ = state.coached();
  SetWindow(*window, state.rate_hz());
  half_closed_ = state.half_closed();
  if (state.kind() != AnalysisState::KIND_UNKNOWN) {
    SetKind(state.kind() == AnalysisState::KIND_POSES ? Kind::kPose : Kind::kFrame);
    rate_->set_told(state.rate_told());
  }
  const handover::OrderState& order = state.order();
  order_ = skeleton::StreamOrder(
      order.has_last_sequence() ? std::optional(order.last_sequence()) : std::nullopt, order.first_us(),
      order.has_last_us() ? std::optional(order.last_us()) : std::nullopt);
  answered_order_ = order_;
  orientation_.set_told(state.upside_down_told());
  notices_.Restore({state.notices().begin(), state.notices().end()});
  highest_person_ = state.highest_person();
  OffsetPeople();
  primary_.Restore(state.primary());
  history_->Restore(state.history());
  coach_.Restore(state.coach());
  if (state.has_last_assessed()) last_assessed_ = state.last_assessed();
  summary_ = state.summary();
  clip_summary_.Restore(handover::FromProto(state.clip()));
  phase_ = Phase::kRunning;
  return absl::OkStatus();
}

}  // namespace trackfit::gateway
