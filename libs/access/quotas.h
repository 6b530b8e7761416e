// What a key and its tenant use, and may use: sessions at a time, frames per second.
#ifndef TRACKFIT_ACCESS_QUOTAS_H_
#define TRACKFIT_ACCESS_QUOTAS_H_

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "access/key_file.h"
#include "telemetry/metrics.h"

namespace trackfit::access {

// A key that was right when it was shown.
struct Caller {
  std::string tenant;
  std::string key;     // its id
  std::string hash;    // of the key, as the file has it
  bool counts = true;  // false: it acts for a session that is counted already
};

// So many frames per second, and those of a second at once. Not thread-safe.
class TokenBucket {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // 0: any number.
  void SetRate(double per_second);
  bool Has(TimePoint now);
  // Of one that it has.
  void Take();

 private:
  double rate_ = 0;
  double tokens_ = 0;
  std::optional<TimePoint> filled_;
};

// Thread-safe; must outlive its places.
class Quotas {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  // Ends a session, for this reason; called on any thread, without a lock. Must not block.
  using End = std::function<void(absl::Status reason)>;

  class Place;

  explicit Quotas(telemetry::Metrics& metrics);
  Quotas(const Quotas&) = delete;
  Quotas& operator=(const Quotas&) = delete;

  // The limits from now on. Sessions above them run on.
  void SetLimits(const KeyFile& keys);

  // A place for a session. Where all of its key or tenant are taken, one whose client is away makes room, the
  // longest away first: it is ended. RESOURCE_EXHAUSTED with runtime::RetryAfter() naming the limit
  // otherwise.
  absl::StatusOr<std::unique_ptr<Place>> Admit(const Caller& caller, End end);

  // Ends the sessions for whose key `why` has an error.
  void EndWhere(const std::function<absl::Status(const Caller&)>& why);

 private:
  // Of a key or tenant.
  struct Meter {
    Limits limits;
    int sessions = 0;
    TokenBucket frames;
  };
  struct Holder {
    Caller caller;
    End end;
    std::shared_ptr<Meter> key, tenant;
    bool holds = false;    // counts in them
    bool waiting = false;  // its client is away
    bool ended = false;
  };
  using Holders = std::list<Holder>;  // of those that wait the longest waiting comes first
  using Meters = std::map<std::string, std::shared_ptr<Meter>>;

  static std::shared_ptr<Meter> MeterOf(Meters& meters, const std::string& name);
  static bool IsFull(const Meter& meter);
  // Under the mutex:
  Holders::iterator WhoMakesRoom(const Meter& meter);
  void Hold(Holder& holder);
  void Release(Holder& holder);
  void Leave(Holders::iterator holder);
  void ShowSessions(const Holder& holder);

  telemetry::Metrics& metrics_;
  std::mutex mutex_;
  Meters keys_, tenants_;
  Holders holders_;
};

// One session's place, given back by the destructor. Thread-safe.
class Quotas::Place {
 public:
  Place(Quotas& quotas, Holders::iterator holder, const Caller& caller);
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place();

  const std::string& tenant() const { return tenant_; }

  // Whether its client is away; then it may have to make room.
  void SetWaiting(bool waiting);
  // It is another key's of the same tenant from now on, whatever that one's limit.
  void MoveTo(const Caller& caller);
  // Whether key and tenant may have one more frame analysed now; then it counts.
  bool TakeFrame(TimePoint now);
  // A frame had to wait, or was dropped, because they may not.
  void CountRefusedFrame();

 private:
  Quotas& quotas_;
  const Holders::iterator holder_;
  const std::string tenant_;
  prometheus::Counter& frames_;
  prometheus::Counter& refused_frames_;
};

}  // namespace trackfit::access

#endif  // TRACKFIT_ACCESS_QUOTAS_H_
