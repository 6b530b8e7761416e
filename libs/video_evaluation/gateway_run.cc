#include "video_evaluation/gateway_run.h"

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/frame_feed.h"
#include "client/session_record.h"
#include "dataset/split.h"
#include "media/frame_source.h"
#include "runtime/parallel_for.h"
#include "trackfit/v1/gateway.pb.h"

namespace trackfit::video_evaluation {
namespace {

using dataset_building::SourceClip;
using evaluation::VideoVerdict;

// A part of a run: one video.
class Session {
 public:
  Session(const SourceClip& video, const GatewayRunOptions& options, const GatewayRunEvents& events)
      : video_(video), client_(options.client), interrupted_(events.interrupted) {}

  // Calls `on_started` with what the gateway says of itself. DATA_LOSS or INVALID_ARGUMENT when the video
  // cannot be read.
  absl::Status Play(const std::function<absl::Status(const v1::SessionStarted&)>& on_started) {
    const auto source = media::OpenFrameSource({video_.path});
    if (!source.ok()) return unreadable_ = source.status();
    client::FrameFeed feed(**source, {});
    client::GatewaySession session(client_);
    const auto next_frame = [&]() -> absl::StatusOr<std::optional<v1::Frame>> {
      if (interrupted_ && interrupted_()) return absl::CancelledError("interrupted");
      absl::StatusOr<std::optional<v1::Frame>> frame = feed.Next();
      if (!frame.ok()) unreadable_ = frame.status();
      return frame;
    };
    return session.Run({}, next_frame, [&](const v1::AnalyzeResponse& response) {
      record_.Add(response);
      return response.has_started() ? on_started(response.started()) : absl::OkStatus();
    });
  }

  // Not OK when the video, rather than the gateway, is the reason why Play() failed.
  const absl::Status& unreadable() const { return unreadable_; }

  VideoVerdict Verdict(const std::string& model_version) const {
    VideoVerdict verdict{.id = video_.id,
                         .exercise = video_.exercise,
                         .fault = dataset_building::FaultOf(video_),
                         .group = video_.group,
                         .view = video_.view,
                         .kind = video_.kind,
                         .model_version = model_version,
                         .frames = record_.frames(),
                         .poses = record_.Count(v1::FRAME_STATUS_POSE)};
    if (const v1::Assessment* overall = record_.overall()) {
      verdict.named = overall->exercise();
      verdict.known = overall->known();
      verdict.confidence = overall->confidence();
      verdict.known_score = overall->known_score();
    }
    return verdict;
  }

 private:
  const SourceClip& video_;
  const client::ClientOptions& client_;
  const std::function<bool()>& interrupted_;
  client::SessionRecord record_{false};
  absl::Status unreadable_;
};

}  // namespace

absl::StatusOr<std::vector<SourceClip>> ChooseVideos(const VideoSources& sources) {
  absl::StatusOr<std::vector<SourceClip>> videos =
      sources.list.empty() ? dataset_building::FindClips({sources.folder})
                           : dataset_building::ReadClipList(sources.list, sources.folder);
  if (!videos.ok()) return videos;
  std::set<std::string> ids;
  for (const SourceClip& video : *videos) {
    if (!ids.insert(video.id).second)
      return absl::InvalidArgumentError(absl::StrCat("two videos have the id ", video.id));
  }
  if (!sources.split.empty()) {
    const absl::StatusOr<dataset::Split> split = dataset::Split::Read(sources.split);
    if (!split.ok()) return split.status();
    const absl::StatusOr<dataset::Subset> subset = dataset::ParseSubset(sources.subset);
    if (!subset.ok()) return subset.status();
    std::erase_if(*videos, [&](const SourceClip& video) {
      dataset::Clip clip;
      clip.id = video.id;
      clip.group = video.group;
      return split->SubsetOf(clip) != *subset;
    });
  }
  if (videos->empty()) return absl::InvalidArgumentError("there is no video to play");
  return videos;
}

absl::Status PlayVideos(const std::vector<SourceClip>& videos, const GatewayRunOptions& options,
                        const GatewayRunEvents& events, VerdictFile& verdicts) {
  std::vector<const SourceClip*> pending;
  for (const SourceClip& video : videos) {
    if (verdicts.Find(video.id) == nullptr) pending.push_back(&video);
  }
  const auto is_interrupted = [&] { return events.interrupted && events.interrupted(); };
  std::mutex mutex;  // guards `verdicts`, `done` and the events
  int done = static_cast<int>(videos.size() - pending.size());
  return runtime::ParallelFor(pending.size(), options.sessions, [&](size_t i, int) -> absl::Status {
    if (is_interrupted()) return absl::OkStatus();
    Session session(*pending[i], options, events);
    std::string model_version;
    absl::Status played = session.Play([&](const v1::SessionStarted& started) {
      model_version = started.model_version();
      const std::scoped_lock lock(mutex);
      return verdicts.SetModel(model_version, {started.exercises().begin(), started.exercises().end()});
    });
    if (is_interrupted()) return absl::OkStatus();
    const std::scoped_lock lock(mutex);
    if (!session.unreadable().ok()) {
      if (events.on_left_out) events.on_left_out(*pending[i], session.unreadable());
    } else if (!played.ok()) {
      return played;
    } else if (absl::Status written = verdicts.Add(session.Verdict(model_version)); !written.ok()) {
      return written;
    }
    if (events.on_video) events.on_video(++done);
    return absl::OkStatus();
  });
}

std::vector<VideoVerdict> VerdictsOn(const std::vector<SourceClip>& videos, const VerdictFile& verdicts) {
  std::vector<VideoVerdict> found;
  for (const SourceClip& video : videos) {
    if (const VideoVerdict* verdict = verdicts.Find(video.id)) found.push_back(*verdict);
  }
  return found;
}

}  // namespace trackfit::video_evaluation
