// How an Analysis passes from one process to another.
#include <optional>
#include <utility>

#include "analysis.h"

namespace trackfit::gateway_server {
namespace {

// Of the last response, the notice, and what frames the state in its file.
constexpr size_t kRestOfState = 1024;

}  // namespace

void Analysis::Restore(const AnalyzeContext& context, const handover::SessionState& state) {
  const telemetry::TraceContext trace =
      telemetry::ParseTraceparent(state.traceparent()).value_or(telemetry::ContinueTrace(""));
  telemetry::Logger log =
      context.resources.log.With({{"session", state.session_id()}, {"trace_id", trace.trace_id}});
  if (!state.owner().empty()) log = log.With({{"tenant", state.owner()}});
  const auto analysis = std::make_shared<Analysis>(
      context, Identity{state.session_id(), trace, log, state.token(), state.owner(),
                        gateway::AnalysisSession::TimePoint::max()});
  analysis->MakeStrand();
  analysis->relay_.Restore(state.relay());
  if (state.has_last_sequence()) analysis->last_sequence_ = state.last_sequence();
  analysis->bytes_ = analysis->relay_.bytes();
  const bool finished = !state.has_analysis();
  if (!context.sessions.Keep(state.token(), analysis,
                             finished ? gateway::Kept::kFinished : gateway::Kept::kWaiting,
                             std::chrono::steady_clock::now())) {
    return;
  }
  if (finished) return;
  analysis->Post([going_on = state.analysis()](Analysis& self) { self.Continue(going_on); });
}

void Analysis::Continue(const handover::AnalysisState& state) {
  if (over_) return;
  live_ = state.config().delivery() == v1::DELIVERY_MODE_LIVE;
  Wire();
  const absl::Status restored = session_->Restore(state);
  if (restored.ok()) return identity_.log.Info("session taken over; it waits for its client");
  identity_.log.Error("cannot take a session over", {{"reason", restored.message()}});
  End();
}

void Analysis::HandOver(std::shared_ptr<Analysis> self, std::function<bool(size_t bytes)> reserve,
                        OnStopped on_stopped) {
  Analysis& analysis = *self;
  analysis.strand_->Post(
      [self = std::move(self), reserve = std::move(reserve), on_stopped = std::move(on_stopped)](int) {
        const bool failed = self->relay_.finished() && !self->relay_.finished()->ok();
        if (self->over_ || !self->relay_.started() || failed) return;
        if (!reserve(self->State().ByteSizeLong() + kRestOfState)) return;
        if (self->stream_) {
          self->Handle([](gateway::AnalysisSession& session) {
            session.OnNotice(v1::NOTICE_CODE_RECONNECT,
                             "the gateway ends, and the next one here goes on with this session: resume it");
          });
        }
        handover::SessionState state = self->State();
        self->handed_over_ = true;
        self->End();
        on_stopped(self, std::move(state));
      });
}

handover::SessionState Analysis::State() const {
  handover::SessionState state;
  state.set_session_id(identity_.id);
  state.set_traceparent(identity_.trace.ToTraceparent());
  state.set_token(identity_.token);
  state.set_owner(identity_.tenant);
  *state.mutable_relay() = relay_.State();
  if (relay_.finished()) {
    const auto last = session_ ? session_->last_sequence() : last_sequence_;
    if (last) state.set_last_sequence(*last);
  } else if (auto analysis = session_->State()) {
    *state.mutable_analysis() = *std::move(analysis);
  }
  return state;
}

void Analysis::GoAway(std::shared_ptr<Analysis> self, absl::Status status) {
  Analysis& analysis = *self;
  analysis.strand_->Post([self = std::move(self), status = std::move(status)](int) {
    if (self->relay_.stream()) self->relay_.stream()->Finish(status);
    self->relay_.Detach();
    self->stream_ = nullptr;
    self->in_flight_.clear();
    self->arrived_.clear();
  });
}

}  // namespace trackfit::gateway_server
