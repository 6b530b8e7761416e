#include "access/attempts.h"

#include <utility>

namespace trackfit::access {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kUntilDecided{1000};

}  // namespace

std::optional<Attempts::Refusal> Attempts::Begin(const std::string& address, TimePoint now) {
  Entry& entry = Touch(address, now);
  if (const auto wait = WaitOf(entry, now)) return Refusal{*wait, true};
  if (entry.failures + entry.undecided >= limits_.failures) return Refusal{kUntilDecided, false};
  ++entry.undecided;
  return std::nullopt;
}

void Attempts::Failed(const std::string& address, TimePoint now) {
  Entry& entry = Touch(address, now);
  if (entry.undecided > 0) --entry.undecided;
  if (entry.failures++ == 0) entry.first = now;
  entry.last = now;
}

void Attempts::Passed(const std::string& address) {
  const auto found = by_address_.find(address);
  if (found == by_address_.end()) return;
  Entry& entry = *found->second;
  if (entry.undecided > 0) --entry.undecided;
  if (entry.undecided > 0 || entry.failures > 0) return;
  entries_.erase(found->second);
  by_address_.erase(found);
}

std::optional<milliseconds> Attempts::WaitOf(const std::string& address, TimePoint now) const {
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? std::nullopt : WaitOf(*found->second, now);
}

bool Attempts::IsNews(const std::string& address) {
  const auto found = by_address_.find(address);
  return found != by_address_.end() && !std::exchange(found->second->told, true);
}

std::optional<milliseconds> Attempts::WaitOf(const Entry& entry, TimePoint now) const {
  if (entry.failures < limits_.failures || now - entry.last >= limits_.pause) return std::nullopt;
  return std::chrono::ceil<milliseconds>(limits_.pause - (now - entry.last));
}

Attempts::Entry& Attempts::Touch(const std::string& address, TimePoint now) {
  const auto found = by_address_.find(address);
  if (found == by_address_.end()) {
    if (entries_.size() >= limits_.max_addresses) {
      by_address_.erase(entries_.front().address);
      entries_.pop_front();
    }
    const auto entry = entries_.insert(entries_.end(), Entry{.address = address});
    by_address_[address] = entry;
    return *entry;
  }
  entries_.splice(entries_.end(), entries_, found->second);
  Entry& entry = *found->second;
  const bool over = entry.failures >= limits_.failures ? now - entry.last >= limits_.pause
                                                       : now - entry.first >= limits_.within;
  if (entry.failures > 0 && over) {
    entry.failures = 0;
    entry.told = false;
  }
  return entry;
}

}  // namespace trackfit::access
