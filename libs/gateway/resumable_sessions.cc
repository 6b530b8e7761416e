#include "gateway/resumable_sessions.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace trackfit::gateway {

ResumableSessions::ResumableSessions(ResumableSessionsConfig config) : config_(std::move(config)) {}

void ResumableSessions::Attach(const std::string& token, const std::weak_ptr<ResumableSession>& session) {
  std::shared_ptr<ResumableSession> kept;  // not dropped under the mutex
  std::lock_guard lock(mutex_);
  if (closed_) return;
  Entry& entry = entries_[token];
  entry.session = session;
  kept = std::move(entry.kept);
  entry.kept = nullptr;
  TellWaiting();
}

bool ResumableSessions::Keep(const std::string& token, std::shared_ptr<ResumableSession> session, Kept what,
                             TimePoint now) {
  Gone gone;
  {
    std::lock_guard lock(mutex_);
    if (closed_ || config_.retention.count() == 0) return false;
    entries_[token] = {session, std::move(session), what, now};
    EvictBeyondLimits(gone);
    TellWaiting();
  }
  LetGo(std::move(gone));
  return true;
}

void ResumableSessions::Forget(const std::string& token) {
  Gone gone;  // its owner ends it
  std::lock_guard lock(mutex_);
  if (const auto found = entries_.find(token); found != entries_.end()) Remove(found, gone);
  TellWaiting();
}

absl::StatusOr<std::shared_ptr<ResumableSession>> ResumableSessions::Find(const std::string& token,
                                                                          const std::string& owner) {
  std::shared_ptr<ResumableSession> session;  // not dropped under the mutex
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(token);
  if (found != entries_.end()) session = found->second.session.lock();
  if (session && session->owner() == owner) {
    found->second.kept = nullptr;
    TellWaiting();
    return session;
  }
  return absl::NotFoundError(
      "config.resume.token names no session here: it ended, its time has passed, or another server had it; "
      "start a new session");
}

std::vector<std::shared_ptr<ResumableSession>> ResumableSessions::All() const {
  std::vector<std::pair<TimePoint, std::shared_ptr<ResumableSession>>> found;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [token, entry] : entries_) {
      if (auto session = entry.session.lock())
        found.emplace_back(entry.kept ? entry.since : TimePoint::max(), std::move(session));
    }
  }
  std::ranges::sort(found, [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::shared_ptr<ResumableSession>> sessions;
  sessions.reserve(found.size());
  for (auto& [since, session] : found) sessions.push_back(std::move(session));
  return sessions;
}

void ResumableSessions::OnTick(TimePoint now) {
  Gone gone;
  {
    std::lock_guard lock(mutex_);
    for (auto entry = entries_.begin(); entry != entries_.end();) {
      const auto next = std::next(entry);
      if (entry->second.kept && now - entry->second.since >= config_.retention) {
        if (entry->second.what == Kept::kWaiting && config_.on_outcome) {
          config_.on_outcome(Resumption::kExpired);
        }
        Remove(entry, gone);
      }
      entry = next;
    }
    EvictBeyondLimits(gone);
    TellWaiting();
  }
  LetGo(std::move(gone));
}

void ResumableSessions::MakeRoom(size_t most_waiting) {
  Gone gone;
  {
    std::lock_guard lock(mutex_);
    for (size_t waiting = CountWaiting(); waiting > most_waiting; --waiting) Evict(Oldest(true), gone);
    TellWaiting();
  }
  LetGo(std::move(gone));
}

void ResumableSessions::Close() {
  Gone gone;
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    while (!entries_.empty()) Remove(entries_.begin(), gone);
    TellWaiting();
  }
  LetGo(std::move(gone));
}

void ResumableSessions::Remove(Entries::iterator entry, Gone& gone) {
  if (entry->second.kept) gone.push_back(std::move(entry->second.kept));
  entries_.erase(entry);
}

void ResumableSessions::Evict(Entries::iterator entry, Gone& gone) {
  if (entry->second.what == Kept::kWaiting && config_.on_outcome) config_.on_outcome(Resumption::kEvicted);
  Remove(entry, gone);
}

void ResumableSessions::EvictBeyondLimits(Gone& gone) {
  size_t sessions = 0, bytes = 0;
  for (const auto& [token, entry] : entries_) {
    if (!entry.kept) continue;
    ++sessions;
    bytes += entry.kept->bytes();
  }
  while (sessions > config_.most_sessions || (sessions > 0 && bytes > config_.most_bytes)) {
    const auto oldest = Oldest(false);
    --sessions;
    bytes -= std::min(bytes, oldest->second.kept->bytes());  // which changes meanwhile
    Evict(oldest, gone);
  }
}

ResumableSessions::Entries::iterator ResumableSessions::Oldest(bool only_waiting) {
  const auto rank = [only_waiting](const Entry& entry) {
    const bool stays = !entry.kept || (only_waiting && entry.what == Kept::kFinished);
    return std::tuple(stays, entry.what == Kept::kWaiting, entry.since);
  };
  return std::min_element(entries_.begin(), entries_.end(),
                          [&rank](const auto& a, const auto& b) { return rank(a.second) < rank(b.second); });
}

size_t ResumableSessions::CountWaiting() const {
  return static_cast<size_t>(std::count_if(entries_.begin(), entries_.end(), [](const auto& item) {
    return item.second.kept && item.second.what == Kept::kWaiting;
  }));
}

void ResumableSessions::TellWaiting() const {
  if (config_.on_waiting) config_.on_waiting(static_cast<int>(CountWaiting()));
}

void ResumableSessions::LetGo(Gone gone) {
  for (auto& session : gone) {
    ResumableSession& going = *session;
    going.LetGo(std::move(session));
  }
}

}  // namespace trackfit::gateway
