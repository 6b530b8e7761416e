#include "analysis.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/resume_token.h"
#include "runtime/connection_lost.h"
#include "runtime/shutting_down.h"

namespace trackfit::gateway_server {
namespace {

using gateway::AnalysisSession;
using gateway::Kept;
using gateway::Resumption;
using gateway::Upstream;
using std::chrono::steady_clock;

constexpr auto kNever = AnalysisSession::TimePoint::max();

// A client's stream, for the session.
class StreamClient final : public gateway::AnalysisClient {
 public:
  explicit StreamClient(std::shared_ptr<const ClientStream> stream) : stream_(std::move(stream)) {}
  void Send(v1::AnalyzeResponse response) override { stream_->responses->Write(std::move(response)); }
  void Finish(absl::Status status) override { stream_->responses->Finish(std::move(status)); }

 private:
  const std::shared_ptr<const ClientStream> stream_;
};

std::optional<gateway::Resumability> ResumabilityOf(const AnalyzeContext& context, const std::string& token) {
  if (token.empty()) return std::nullopt;
  return gateway::Resumability{token, context.retention, context.kept_bytes};
}

double Spread() {
  std::random_device random;
  return std::uniform_real_distribution<double>(-1, 1)(random);
}

}  // namespace

absl::StatusOr<std::shared_ptr<Analysis>> Analysis::Begin(const AnalyzeContext& context,
                                                          std::shared_ptr<const ClientStream> stream,
                                                          bool resumable,
                                                          const std::optional<access::Caller>& caller) {
  std::string token;
  if (resumable && context.retention.count() > 0) {
    absl::StatusOr<std::string> made = gateway::NewResumeToken();
    if (!made.ok()) return made.status();
    token = *std::move(made);
  }
  const auto analysis = std::make_shared<Analysis>(
      context, Identity{stream->id, stream->trace, stream->log, token, caller ? caller->tenant : "",
                        token.empty() ? stream->deadline : kNever});
  analysis->MakeStrand();
  if (caller) {
    if (absl::Status placed = analysis->TakePlace(*caller); !placed.ok()) return placed;
  }
  const size_t streams = static_cast<size_t>(context.resources.gate.active());
  context.sessions.MakeRoom(context.max_sessions - std::min(context.max_sessions, streams));
  if (!token.empty()) context.sessions.Attach(token, analysis);
  analysis->Post([stream = std::move(stream)](Analysis& self) { self.Open(stream); });
  return analysis;
}

Analysis::Analysis(const AnalyzeContext& context, Identity identity)
    : context_(context), identity_(std::move(identity)), relay_(ResumabilityOf(context, identity_.token)) {}

void Analysis::MakeStrand() {
  strand_ =
      runtime::Strand::Create(context_.resources.pool, [weak = weak_from_this()](const absl::Status& failed) {
        if (const auto self = weak.lock()) self->Fail(failed);
      });
}

absl::Status Analysis::TakePlace(const access::Caller& caller) {
  auto place =
      context_.gatekeeper->quotas().Admit(caller, [weak = weak_from_this()](const absl::Status& reason) {
        if (const auto self = weak.lock()) self->Expel(reason);
      });
  if (!place.ok()) return place.status();
  place_ = *std::move(place);
  return absl::OkStatus();
}

void Analysis::Post(Task task) {
  strand_->Post([self = shared_from_this(), task = std::move(task)](int) mutable { task(*self); });
}

void Analysis::Resume(std::shared_ptr<const ClientStream> stream, uint64_t last_number,
                      const std::optional<access::Caller>& caller) {
  Post([stream = std::move(stream), last_number, caller](Analysis& self) {
    self.ResumeOn(stream, last_number, caller);
  });
}

void Analysis::Take(const ClientStream* stream, v1::AnalyzeRequest request, streaming::InFlight in_flight) {
  Post([stream, request = std::move(request), in_flight = std::move(in_flight)](Analysis& self) mutable {
    if (self.stream_.get() != stream) return;
    self.arrived_.push_back({std::move(request), std::move(in_flight)});
    self.PassOn();
  });
}

void Analysis::HalfClose(const ClientStream* stream) {
  Post([stream](Analysis& self) {
    if (self.stream_.get() != stream) return;
    self.half_closing_ = true;
    self.PassOn();
  });
}

void Analysis::StreamEnded(const ClientStream* stream, const absl::Status& status) {
  Post([stream, status](Analysis& self) {
    if (self.stream_.get() == stream) self.Leave(status);
  });
}

void Analysis::LetGo(std::shared_ptr<gateway::ResumableSession> self) {
  strand_->Post([this, self = std::move(self)](int) {
    if (stream_ == nullptr) End();
  });
}

void Analysis::OnFrameAnswered(v1::FrameStatus status, const gateway::FrameLedger::Times& times,
                               gateway::FrameLedger::TimePoint now) {
  context_.metrics.CountFrame(status, times, now);
}

void Analysis::OnAssessment(const v1::Assessment& assessment, const std::string& expected_exercise,
                            std::optional<std::chrono::duration<double>> latency) {
  context_.metrics.CountAssessment(assessment, expected_exercise, latency);
}

void Analysis::OnPose(const skeleton::Pose& pose) { context_.metrics.CountPose(pose); }

void Analysis::OnUpstreamBroken(Upstream upstream, const absl::Status& status) {
  context_.metrics.CountBreak(upstream);
  context_.upstreams.NoteBroken(upstream, status);
  identity_.log.Debug("upstream stream broken", {{"upstream", gateway::Name(upstream)},
                                                 {"code", absl::StatusCodeToString(status.code())},
                                                 {"message", std::string(status.message())}});
}

void Analysis::OnUpstreamAnswered(Upstream upstream) { context_.upstreams.NoteAnswered(upstream); }

void Analysis::OnPoisoned(Upstream upstream) {
  context_.metrics.CountPoisoned(upstream);
  identity_.log.Warning("gave up what an upstream broke twice with", {{"upstream", gateway::Name(upstream)}});
}

void Analysis::Wire() {
  const PostEvent post = [weak = weak_from_this(), strand = strand_](SessionEvent event) {
    strand->Post([weak, event = std::move(event)](int) mutable {
      if (const auto self = weak.lock()) self->Handle(std::move(event));
    });
  };
  const Upstreams::OnBehalf of{identity_.id, identity_.trace, identity_.deadline};
  extractor_ = context_.upstreams.LinkToExtractor(of, ExtractorEvents(post));
  inferencer_ = context_.upstreams.LinkToInferencer(of, InferencerEvents(post));
  session_ = std::make_unique<AnalysisSession>(
      identity_.id, context_.options,
      AnalysisSession::Parts{relay_, *extractor_, *inferencer_, *this,
                             [&upstreams = context_.upstreams] { return upstreams.model(); },
                             [] { return steady_clock::now(); }, identity_.deadline});
  ticks_ = context_.ticker.Subscribe([weak = weak_from_this(), strand = strand_] {
    strand->Post([weak](int) {
      if (const auto self = weak.lock()) self->OnTick();
    });
  });
}

void Analysis::Open(std::shared_ptr<const ClientStream> stream) {
  relay_.Attach(std::make_shared<StreamClient>(stream));
  SetStream(std::move(stream));
  Wire();
}

void Analysis::SetStream(std::shared_ptr<const ClientStream> stream) {
  stream_ = std::move(stream);
  age_.emplace(context_.stream_age, Spread(), steady_clock::now());
}

void Analysis::PassOn() {
  for (std::string dropped; !arrived_.empty() && MayPass(arrived_.front(), dropped); dropped.clear()) {
    Arrived next = std::move(arrived_.front());
    arrived_.pop_front();
    if (next.request.has_config()) live_ = next.request.config().delivery() == v1::DELIVERY_MODE_LIVE;
    in_flight_.push_back(std::move(next.in_flight));
    Handle([&next, &dropped, bytes = in_flight_.back().bytes()](AnalysisSession& session) mutable {
      session.OnRequest(std::move(next.request), std::move(bytes), dropped);
    });
  }
  if (!arrived_.empty() || !std::exchange(half_closing_, false)) return;
  Handle([](AnalysisSession& session) { session.OnHalfClose(); });
}

// Live frames beyond the limit are dropped, for this reason; others wait, and their client with them, for it
// is not read on then.
bool Analysis::MayPass(Arrived& arrived, std::string& dropped) {
  const bool is_frame = arrived.request.has_frame() || arrived.request.has_pose();
  if (!place_ || !is_frame || place_->TakeFrame(steady_clock::now())) return true;
  if (!std::exchange(arrived.counted, true)) place_->CountRefusedFrame();
  if (!std::exchange(told_of_rate_, true)) {
    Handle([live = live_](AnalysisSession& session) {
      session.OnNotice(v1::NOTICE_CODE_RATE_LIMITED,
                       absl::StrCat("more frames per second came than this API key or its tenant may send: ",
                                    live ? "some are dropped" : "they are taken more slowly"));
    });
  }
  if (live_) dropped = "more frames per second came than the API key or its tenant may send";
  return live_;
}

// Does something with the session, then lets the client send as much as the session has room for.
void Analysis::Handle(SessionEvent event) {
  if (!session_) return;
  event(*session_);
  const size_t occupancy = session_->occupancy();
  while (in_flight_.size() > occupancy) in_flight_.pop_front();
  CountBytes();
  // It came to its end while its client was away.
  if (relay_.finished() && stream_ == nullptr && !over_ && !(relay_.finished()->ok() && WaitForClient()))
    End();
}

void Analysis::OnTick() {
  PassOn();
  Handle([](AnalysisSession& session) { session.OnTick(); });
  if (stream_ == nullptr || relay_.finished()) return;
  const auto now = steady_clock::now();
  if (age_->TakeRequest(now)) {
    Handle(
        [this](AnalysisSession& session) { session.OnNotice(v1::NOTICE_CODE_RECONNECT, age_->Request()); });
  }
  if (!age_->IsOver(now)) return;
  const absl::Status old = absl::UnavailableError(age_->Ending());
  relay_.stream()->Finish(old);
  Leave(runtime::ConnectionLost(old));
}

void Analysis::ResumeOn(const std::shared_ptr<const ClientStream>& stream, uint64_t last_number,
                        const std::optional<access::Caller>& caller) {
  absl::Status status =
      absl::NotFoundError("the session of config.resume.token has ended; start a new session");
  const std::shared_ptr<gateway::AnalysisClient> before = relay_.stream();
  if (handed_over_) return stream->responses->Finish(runtime::ShuttingDown());
  if (!over_ && caller && !place_ && session_) {  // of a session that was handed over
    if (absl::Status placed = TakePlace(*caller); !placed.ok()) {
      stream->responses->Finish(std::move(placed));
      if (!WaitForClient()) End();
      return;
    }
  }
  if (!over_) {
    v1::SessionResumed resumed;
    resumed.set_session_id(identity_.id);
    if (session_) last_sequence_ = session_->last_sequence();
    resumed.set_next_sequence(last_sequence_ ? *last_sequence_ + 1 : 0);
    resumed.set_half_closed(!session_ || session_->half_closed());
    status = relay_.Resume(std::make_shared<StreamClient>(stream), std::move(resumed), last_number);
  }
  context_.metrics.CountResumption(status.ok() ? Resumption::kResumed : Resumption::kNotFound);
  if (!status.ok()) {
    stream->responses->Finish(status);
    if (stream_ == nullptr) End();  // who else would come
    return;
  }
  if (before) before->Finish(absl::AbortedError("the client resumed this session on another stream"));
  if (stream_) LeaveBehind();
  SetStream(stream);
  if (place_ && caller) {
    place_->MoveTo(*caller);
    place_->SetWaiting(false);
  }
  context_.sessions.Attach(identity_.token, weak_from_this());
  stream->log.Info("session resumed", {{"resumed", identity_.id}, {"last_number", last_number}});
}

void Analysis::LeaveBehind() {
  const size_t bytes = session_ ? session_->unanswered_bytes() : 0;
  if (bytes > 0) left_behind_ = context_.resources.budget.TakeAnyway(bytes);
  in_flight_.clear();
  arrived_.clear();
  half_closing_ = false;
}

void Analysis::Leave(const absl::Status& status) {
  const bool finished = relay_.finished().has_value();
  const bool comes_back = finished ? relay_.finished()->ok() : runtime::IsConnectionLost(status);
  stream_ = nullptr;
  relay_.Detach();
  LeaveBehind();
  if (!relay_.resumable() || !relay_.started() || !comes_back || over_ || !WaitForClient()) End();
}

// False: there is no place for it.
bool Analysis::WaitForClient() {
  const bool finished = relay_.finished().has_value();
  if (finished) ReleaseUpstreams();
  CountBytes();
  if (!context_.sessions.Keep(identity_.token, shared_from_this(),
                              finished ? Kept::kFinished : Kept::kWaiting, steady_clock::now())) {
    return false;
  }
  if (!finished && place_) place_->SetWaiting(true);
  if (!finished)
    identity_.log.Info("session waits for its client", {{"seconds", context_.retention.count() / 1000}});
  return true;
}

void Analysis::ReleaseUpstreams() {
  if (session_) last_sequence_ = session_->last_sequence();
  ticks_.reset();
  place_.reset();
  session_.reset();
  extractor_.reset();
  inferencer_.reset();
  left_behind_.reset();
}

void Analysis::End() {
  if (std::exchange(over_, true)) return;
  if (session_) session_->OnEnd();
  ticks_.reset();
  place_.reset();
  left_behind_.reset();
  if (!identity_.token.empty()) context_.sessions.Forget(identity_.token);
}

// A task of the session threw: it is in no state to go on.
void Analysis::Fail(const absl::Status& failed) {
  context_.resources.report_exception(identity_.log, failed);
  relay_.Finish(failed);
  End();
}

void Analysis::Expel(const absl::Status& reason) {
  Post([reason](Analysis& self) {
    if (self.over_ || self.relay_.finished()) return;
    self.identity_.log.Info("session ended by its key", {{"reason", reason.message()}});
    self.relay_.Finish(reason);
    self.End();
  });
}

void Analysis::CountBytes() {
  const size_t unanswered = session_ ? session_->unanswered_bytes() : 0;
  if (unanswered == 0) left_behind_.reset();
  bytes_ = relay_.bytes() + unanswered;
}

ExtractorClientLink::MakeEvents Analysis::ExtractorEvents(const PostEvent& post) {
  return [post](uint64_t attempt) {
    return ExtractorClientLink::Stream::Events{
        .on_response =
            [post, attempt](v1::ExtractStreamResponse response) {
              post([attempt, response = std::move(response)](AnalysisSession& session) mutable {
                session.OnFrameResult(attempt, std::move(*response.mutable_result()));
              });
            },
        .on_written =
            [post, attempt, told = false]() mutable {
              if (std::exchange(told, true)) return;
              post([attempt](AnalysisSession& session) { session.OnFrameWritten(attempt); });
            },
        .on_closed =
            [post, attempt](const absl::Status& status) {
              post([attempt, status](AnalysisSession& session) {
                session.OnExtractorClosed(attempt, status);
              });
            },
    };
  };
}

InferencerClientLink::MakeEvents Analysis::InferencerEvents(const PostEvent& post) {
  return [post](uint64_t attempt) {
    return InferencerClientLink::Stream::Events{
        .on_response =
            [post, attempt](v1::InferStreamResponse response) {
              post([attempt, response = std::move(response)](AnalysisSession& session) mutable {
                session.OnInferred(attempt, std::move(response));
              });
            },
        .on_written =
            [post, attempt] {
              post([attempt](AnalysisSession& session) { session.OnPoseWritten(attempt); });
            },
        .on_closed =
            [post, attempt](const absl::Status& status) {
              post([attempt, status](AnalysisSession& session) {
                session.OnInferencerClosed(attempt, status);
              });
            },
    };
  };
}

}  // namespace trackfit::gateway_server
