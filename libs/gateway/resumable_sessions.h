// The sessions that can be resumed, by token; those whose client is away are kept for a while.
#ifndef TRACKFIT_GATEWAY_RESUMABLE_SESSIONS_H_
#define TRACKFIT_GATEWAY_RESUMABLE_SESSIONS_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"

namespace trackfit::gateway {

// What ResumableSessions needs of a session. Thread-safe.
class ResumableSession {
 public:
  virtual ~ResumableSession() = default;
  // Of responses and requests that it holds.
  virtual size_t bytes() const = 0;
  // Whose it is, wherever that matters: nobody else finds it.
  virtual std::string owner() const { return ""; }
  // Nobody comes back for it: unless it has a stream again it ends. Called on any thread, which must not be
  // where it dies: it takes the reference along. Must not block.
  virtual void LetGo(std::shared_ptr<ResumableSession> self) = 0;
};

enum class Resumption {
  kResumed,
  kNotFound,  // nobody is kept under the token, or not enough
  kExpired,   // nobody came back in time
  kEvicted,   // it had to make room
};

struct ResumableSessionsConfig {
  std::chrono::milliseconds retention{30'000};  // from the loss of the stream; 0: nothing is ever kept
  size_t most_sessions = 64;                    // that are kept
  size_t most_bytes = 64 << 20;                 // of all that are kept
  // For metrics; must be quick, may be empty. The number of sessions that wait for their client.
  std::function<void(int waiting)> on_waiting = nullptr;
  std::function<void(Resumption outcome)> on_outcome = nullptr;  // kExpired, kEvicted
};

// What a kept session does.
enum class Kept {
  kWaiting,   // it runs, and holds streams to the servers behind
  kFinished,  // it is over, and has its last responses for a client that may have missed them
};

// While a session has a stream it is only known here; its owner keeps it. When it loses the stream, this
// keeps it. Where the limits are exceeded the oldest goes first, finished ones before those that wait.
// Thread-safe.
class ResumableSessions {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit ResumableSessions(ResumableSessionsConfig config);
  ResumableSessions(const ResumableSessions&) = delete;
  ResumableSessions& operator=(const ResumableSessions&) = delete;

  // It has a stream, for the first time or again.
  void Attach(const std::string& token, const std::weak_ptr<ResumableSession>& session);
  // It has none. False: it is not kept, and must end.
  bool Keep(const std::string& token, std::shared_ptr<ResumableSession> session, Kept what, TimePoint now);
  // It is over for good.
  void Forget(const std::string& token);

  // For a client that comes back, whether the session is kept or still has a stream; it is not kept any more,
  // and who found it attaches it. NOT_FOUND where there is none, or it is somebody else's.
  absl::StatusOr<std::shared_ptr<ResumableSession>> Find(const std::string& token,
                                                         const std::string& owner = "");

  // Those that there are, those with a stream first, and of the others who came last.
  std::vector<std::shared_ptr<ResumableSession>> All() const;

  // Lets go whose time is over, or which have grown too large.
  void OnTick(TimePoint now);
  // Of those that wait at most so many stay: others need their places.
  void MakeRoom(size_t most_waiting);
  // The server ends: lets all go, and keeps none from now on.
  void Close();

 private:
  struct Entry {
    std::weak_ptr<ResumableSession> session;
    std::shared_ptr<ResumableSession> kept;  // null: it has a stream
    Kept what = Kept::kWaiting;
    TimePoint since{};
  };
  using Entries = std::unordered_map<std::string, Entry>;
  using Gone = std::vector<std::shared_ptr<ResumableSession>>;

  // Under the mutex:
  void Remove(Entries::iterator entry, Gone& gone);
  void Evict(Entries::iterator entry, Gone& gone);
  void EvictBeyondLimits(Gone& gone);
  Entries::iterator Oldest(bool only_waiting);
  size_t CountWaiting() const;
  void TellWaiting() const;

  static void LetGo(Gone gone);

  const ResumableSessionsConfig config_;
  mutable std::mutex mutex_;
  Entries entries_;
  bool closed_ = false;
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_RESUMABLE_SESSIONS_H_
