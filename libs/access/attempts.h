// Who guesses keys is not listened to for a while.
#ifndef TRACKFIT_ACCESS_ATTEMPTS_H_
#define TRACKFIT_ACCESS_ATTEMPTS_H_

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

namespace trackfit::access {

struct AttemptLimits {
  int failures = 10;                   // of one address; of its undecided attempts no more, either
  std::chrono::seconds within{60};     // from the first of them
  std::chrono::seconds pause{60};      // from the last of them, in which none is admitted
  std::size_t max_addresses = 10'000;  // that are remembered; the one that was longest quiet is forgotten
};

// Failed attempts by address, whatever that is. Not thread-safe.
class Attempts {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Refusal {
    std::chrono::milliseconds wait;
    bool guesses = false;  // too many failed; else it is not known yet how those that began end
  };

  explicit Attempts(AttemptLimits limits = {}) : limits_(limits) {}

  // Nullopt: it may try; Failed() or Passed() follows.
  std::optional<Refusal> Begin(const std::string& address, TimePoint now);
  void Failed(const std::string& address, TimePoint now);
  // It was right, or nobody looked.
  void Passed(const std::string& address);

  // How long an address has to wait that has guessed too often.
  std::optional<std::chrono::milliseconds> WaitOf(const std::string& address, TimePoint now) const;
  // Once each time that an address must wait.
  bool IsNews(const std::string& address);

  std::size_t addresses() const { return entries_.size(); }

 private:
  struct Entry {
    std::string address;
    int undecided = 0;
    int failures = 0;
    TimePoint first{}, last{};  // of the failures
    bool told = false;          // that it must wait
  };
  using Entries = std::list<Entry>;  // the longest quiet first

  std::optional<std::chrono::milliseconds> WaitOf(const Entry& entry, TimePoint now) const;
  // New, or the latest from now on. Failures that are long ago are forgotten.
  Entry& Touch(const std::string& address, TimePoint now);

  const AttemptLimits limits_;
  Entries entries_;
  std::unordered_map<std::string, Entries::iterator> by_address_;
};

}  // namespace trackfit::access

#endif  // TRACKFIT_ACCESS_ATTEMPTS_H_
