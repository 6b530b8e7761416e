#include "session_handover.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "runtime/shutting_down.h"

namespace trackfit::gateway_server {
namespace {

using std::chrono::milliseconds;

// A file is read so much later than its sessions wait for clients: the next process has to start.
constexpr std::chrono::minutes kStart{1};
// What a session takes to stop is a thousandth of that.
constexpr std::chrono::seconds kMostPatience{10};

handover::SessionFolderConfig FolderConfig(const GatewayOptions& options) {
  return {
      .folder = options.handover,
      .greatest_age = milliseconds(static_cast<int64_t>(options.resume.seconds * 1000)) + kStart,
      .most_sessions = static_cast<size_t>(options.resume.max),
      .most_bytes = static_cast<size_t>(options.resume.total_mb) << 20,
  };
}

// Sessions that have stopped, on their way from their strands to the thread that writes.
class Stopped {
 public:
  struct Session {
    std::shared_ptr<Analysis> analysis;
    handover::SessionState state;
  };

  bool is_closed() {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  void Add(std::shared_ptr<Analysis> analysis, handover::SessionState state) {
    const std::lock_guard lock(mutex_);
    sessions_.push_back({std::move(analysis), std::move(state)});
    changed_.notify_all();
  }
  // No more will come.
  void Close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  // The next one; false: there is none.
  bool Next(std::chrono::steady_clock::time_point until, Session& next) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, until, [this] { return closed_ || !sessions_.empty(); })) closed_ = true;
    if (sessions_.empty()) return false;
    next = std::move(sessions_.front());
    sessions_.pop_front();
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Session> sessions_;
  bool closed_ = false;
};

}  // namespace

SessionHandover::SessionHandover(const GatewayOptions& options, rpc::Runtime& runtime)
    : log_(runtime.log()), folder_(FolderConfig(options), runtime.metrics(), runtime.log()) {}

void SessionHandover::TakeOver(const AnalyzeContext& context) {
  const auto sessions = folder_.TakeAll(std::chrono::system_clock::now());
  for (const handover::SessionState& session : sessions) Analysis::Restore(context, session);
  if (!sessions.empty()) log_.Info("sessions taken over", {{"sessions", sessions.size()}});
}

void SessionHandover::HandOver(std::vector<std::shared_ptr<gateway::ResumableSession>> sessions) {
  const auto stopped = std::make_shared<Stopped>();
  {
    // Dies with the last of those who hold it: then all sessions have stopped, or will not.
    const std::shared_ptr<void> all(nullptr, [stopped](void*) { stopped->Close(); });
    for (auto& session : sessions) {
      Analysis::HandOver(
          std::static_pointer_cast<Analysis>(std::move(session)),  // there are no others
          [this, stopped](size_t bytes) { return !stopped->is_closed() && folder_.Reserve(bytes); },
          [stopped, all](std::shared_ptr<Analysis> analysis, handover::SessionState state) {
            stopped->Add(std::move(analysis), std::move(state));
          });
    }
  }
  const auto until = std::chrono::steady_clock::now() + kMostPatience;
  size_t written = 0;
  for (Stopped::Session next; stopped->Next(until, next);) {
    const bool ok = folder_.Write(std::move(next.state), std::chrono::system_clock::now()).ok();
    written += ok ? 1 : 0;
    Analysis::GoAway(std::move(next.analysis),
                     ok ? absl::UnavailableError("the gateway ends, and the next one here goes on with this "
                                                 "session: resume it (config.resume)")
                        : runtime::ShuttingDown());
  }
  if (!sessions.empty()) log_.Info("sessions handed over", {{"sessions", written}, {"of", sessions.size()}});
}

}  // namespace trackfit::gateway_server
