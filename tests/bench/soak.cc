// Successive sessions of mixed content on one server, whose memory is looked at after each.
#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clip.h"
#include "command_line/progress.h"
#include "extract_session.h"
#include "extractor_load.h"
#include "process_usage.h"

namespace trackfit::bench {
namespace {

constexpr double kMaxGrowthMib = 20;
constexpr int kInFlight = 4;
constexpr std::size_t kCancelEvery = 5;  // such sessions end with frames in flight, as lost connections do

class Soak {
 public:
  Soak(const Extractor& extractor, const std::vector<Clip>& clips, const SoakFlags& flags)
      : extractor_(extractor),
        clips_(clips),
        flags_(flags),
        progress_(command_line::StartProgress("Soaking", flags.frames)) {}

  absl::Status Run() {
    started_mib_ = RssMib();
    progress_.Hide();
    std::cout << absl::StrFormat(
        "| session | frames so far | poses | content | end | RSS MiB | |\n"
        "|---|---|---|---|---|---|---|\n| - | 0 | | | | %.1f | |\n",
        started_mib_);
    const auto sessions = static_cast<std::size_t>(flags_.sessions);
    const auto parallel = static_cast<std::size_t>(flags_.parallel);
    for (;;) {
      while (started_ < sessions && open_.size() < parallel) StartNext();
      if (open_.empty()) return absl::OkStatus();
      const auto event = inbox_.Pop();
      if (!event.ok()) return event.status();
      const auto found = open_.find(event->session);
      if (found == open_.end()) continue;  // of one that was cancelled
      if (absl::Status taken = Take(*event, found->second); !taken.ok()) return taken;
    }
  }

  uint64_t frames() const { return frames_; }
  double started_mib() const { return started_mib_; }
  double second_mib() const { return second_mib_; }
  double last_mib() const { return last_mib_; }
  double peak_mib() const { return UsageOf(extractor_.process->pid()).peak_rss_kib / 1024; }

 private:
  double RssMib() const { return UsageOf(extractor_.process->pid()).rss_kib / 1024; }
  const Clip& ClipOf(std::size_t session) const { return clips_[session % clips_.size()]; }
  static bool IsCancelled(std::size_t session) { return (session + 1) % kCancelEvery == 0; }
  // Frames of a session; together they are --frames.
  uint64_t Share(std::size_t session) const {
    const auto all = static_cast<uint64_t>(flags_.frames), sessions = static_cast<uint64_t>(flags_.sessions);
    return all * (session + 1) / sessions - all * session / sessions;
  }

  void StartNext() {
    const std::size_t id = started_++;
    ExtractSession& session =
        open_
            .try_emplace(id, extractor_, inbox_, id, ClipOf(id),
                         SessionOptions{.in_flight = kInFlight,
                                        .corrupt_every = static_cast<uint64_t>(flags_.corrupt_every)})
            .first->second;
    session.Fill(Limit(id));
  }
  // What is sent beyond its share is given up when the session is cancelled.
  uint64_t Limit(std::size_t id) const { return IsCancelled(id) ? UINT64_MAX : Share(id); }

  absl::Status Take(const Event& event, ExtractSession& session) {
    if (!event.result) {
      absl::Status end = session.TakeEnd(event);
      if (end.ok()) End(event.session, session);
      return end;
    }
    if (const auto latency = session.Take(event); !latency.ok()) return latency.status();
    progress_.Update(static_cast<int64_t>(++frames_));
    if (session.answered() < Share(event.session)) {
      session.Fill(Limit(event.session));
    } else if (IsCancelled(event.session)) {
      End(event.session, session);
    } else {
      session.Finish();
    }
    return absl::OkStatus();
  }

  void End(std::size_t id, const ExtractSession& session) {
    const uint64_t poses = session.poses();
    open_.erase(id);
    last_mib_ = RssMib();
    if (++ended_ == 2) second_mib_ = last_mib_;
    const auto bar = static_cast<std::size_t>(std::clamp(last_mib_ - started_mib_, 0.0, 60.0));
    progress_.Hide();
    std::cout << absl::StrFormat("| %d | %d | %d | %s | %s | %.1f | %s |", id + 1, frames_, poses,
                                 ClipOf(id).description(), IsCancelled(id) ? "cancel" : "half-close",
                                 last_mib_, std::string(bar, '#'))
              << std::endl;
  }

  const Extractor& extractor_;
  const std::vector<Clip>& clips_;
  const SoakFlags flags_;
  Inbox inbox_;
  command_line::Progress progress_;
  std::map<std::size_t, ExtractSession> open_;
  std::size_t started_ = 0, ended_ = 0;
  uint64_t frames_ = 0;
  double started_mib_ = 0, second_mib_ = 0, last_mib_ = 0;
};

}  // namespace

absl::Status RunSoak(const ServerFlags& server, const SoakFlags& flags) {
  if (flags.frames < flags.sessions) {
    return absl::InvalidArgumentError(
        absl::StrCat("--frames is ", flags.frames, "; it must be at least --sessions, ", flags.sessions));
  }
  std::vector<Clip> clips;
  for (const auto& [width, height, encoding] :
       {std::tuple(480, 640, Encoding::kJpeg), {160, 120, Encoding::kPng}, {320, 240, Encoding::kRaw}}) {
    auto clip = Clip::Draw(width, height, encoding);
    if (!clip.ok()) return clip.status();
    clips.push_back(*std::move(clip));
  }
  const auto extractor = StartExtractor(server, flags.parallel + 8, 8);  // a cancelled one may linger
  if (!extractor.ok()) return extractor.status();

  std::cout << absl::StrFormat(
      "Soak: %d frames in %d sessions, %d at a time with %d frames in flight each, %s, %d workers. One frame "
      "in "
      "%d is corrupt; one session in %d is cancelled. A # is one MiB above the start.\n\n",
      flags.frames, flags.sessions, flags.parallel, kInFlight, server.model, server.workers,
      flags.corrupt_every, kCancelEvery);
  Soak soak(*extractor, clips, flags);
  if (absl::Status status = soak.Run(); !status.ok()) return status;
  const double growth = soak.last_mib() - soak.second_mib();
  std::cout << absl::StrFormat(
      "\n%d frames, each answered once and in order. RSS at the end %.1f MiB (peak %.1f): %+.1f MiB since "
      "the "
      "second session, %+.1f MiB since the start; less than %.0f MiB since the second session is demanded: "
      "%s\n",
      soak.frames(), soak.last_mib(), soak.peak_mib(), growth, soak.last_mib() - soak.started_mib(),
      kMaxGrowthMib, growth < kMaxGrowthMib ? "PASS" : "FAIL");
  extractor->process->SendTerm();
  if (const int exit_status = extractor->process->Wait(); exit_status != 0) {
    return absl::InternalError(absl::StrCat("the extractor ended with ", exit_status, " after SIGTERM"));
  }
  if (growth < kMaxGrowthMib) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrFormat("memory grew by %.1f MiB; less than %.0f are allowed", growth, kMaxGrowthMib));
}

}  // namespace trackfit::bench
