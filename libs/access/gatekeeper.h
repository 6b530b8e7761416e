// Who may come in: checks keys against a file, which may change.
#ifndef TRACKFIT_ACCESS_GATEKEEPER_H_
#define TRACKFIT_ACCESS_GATEKEEPER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "access/attempts.h"
#include "access/key_file.h"
#include "access/key_hash.h"
#include "access/quotas.h"
#include "runtime/worker_pool.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace trackfit::access {

struct GatekeeperConfig {
  std::string file;  // see key_file.h
  // How often it looks whether the file has changed, and which keys have expired.
  std::chrono::milliseconds interval{1000};
  AttemptLimits attempts = {};
  int max_waiting = 64;  // keys that wait to be checked; at least 1
  std::function<absl::Time()> now = [] { return absl::Now(); };
};

// A secret is hashed, which is slow, once: on a thread of its own, one after the other. What was right is
// remembered by a quick digest as long as the file says the same, so that a key's next session costs nothing.
// An id that there is not costs nothing either. Keys are in no log, nor are ids of those that are wrong.
//
// Thread-safe; must outlive its grants and places.
class Gatekeeper {
 public:
  using Done = std::function<void(absl::StatusOr<Caller> caller)>;

  class Grant;

  // Reads the file. Where that is impossible, no key is right until it is possible.
  Gatekeeper(GatekeeperConfig config, telemetry::Logger log, telemetry::Metrics& metrics);
  Gatekeeper(const Gatekeeper&) = delete;
  Gatekeeper& operator=(const Gatekeeper&) = delete;
  // Waits for the check that is under way.
  ~Gatekeeper();

  // Whose key this is ("": none was shown), for a client at `address`. At once where that is known, and
  // `done` is not called; nullopt where the secret must be hashed: `done` is called later, on another thread,
  // and must not block. Errors: UNAUTHENTICATED for a key that is missing, none, wrong, expired or revoked;
  // RESOURCE_EXHAUSTED with runtime::RetryAfter() where too many failed from there, or too many wait.
  std::optional<absl::StatusOr<Caller>> Check(const std::string& key, const std::string& address, Done done);

  // The error with which Check() would refuse this at once; OK otherwise. Only then it is counted.
  absl::Status Precheck(const std::string& key, const std::string& address);

  // Places within the limits of keys and tenants. Their holders are ended, with UNAUTHENTICATED, when their
  // key is revoked or expires.
  Quotas& quotas() { return quotas_; }

  // For a program that acts in a session which has a place already: a key that is right as long as the grant
  // lives, and takes no further place.
  // An error when the system gives no random bits.
  absl::StatusOr<std::unique_ptr<Grant>> MakeGrant(const Caller& caller,
                                                   std::unique_ptr<Quotas::Place> place);

  // Time passes: to be called several times a second. Does not block.
  void OnTick(std::chrono::steady_clock::time_point now);
  // From its return on no `done` is called; what would have to be hashed is refused.
  void Drain() { hashing_.Shutdown(); }
  // Looks at the file now, on this thread.
  void Look();

 private:
  enum class Outcome { kOk, kMissing, kMalformed, kWrong, kRevoked, kExpired, kBlocked, kBusy };
  // A version of the file.
  struct FileId {
    uint64_t device = 0, inode = 0;
    int64_t size = -1, seconds = 0, nanoseconds = 0;

    bool operator==(const FileId&) const = default;
  };
  struct Known {
    Caller caller;
    absl::Time expires;
    bool revoked = false;
    std::optional<KeyedDigest::Digest> digest;  // of the whole key, once it was right
  };
  // What can be said of a key without hashing anything; nullopt: nothing.
  struct Verdict {
    Outcome outcome;
    absl::StatusOr<Caller> caller;
  };

  static FileId IdOf(const std::string& file);
  Verdict Refuse(Outcome outcome, std::chrono::milliseconds retry_after = {}) const;
  // Under the mutex:
  std::optional<Verdict> KnownOf(const std::string& key) const;
  Verdict RightOf(const Known& known) const;
  bool MayBeRight(const std::string& key) const;
  std::optional<Verdict> Attempt(const std::string& key, const std::string& address);

  Verdict Hash(const std::string& key, const std::string& address);
  absl::StatusOr<Caller> Count(Verdict verdict);
  prometheus::Counter& Authentications(Outcome outcome);
  void Install(const KeyFile& keys);
  void Reject(const absl::Status& status);
  void EndWhatIsOver();
  absl::Status WhyOver(const Caller& caller);
  prometheus::Counter& Reloads(const char* outcome);

  const GatekeeperConfig config_;
  const telemetry::Logger log_;
  telemetry::Metrics& metrics_;
  const KeyedDigest digest_;
  Quotas quotas_;

  std::mutex look_mutex_;       // held while the file is read
  std::optional<FileId> seen_;  // guarded by look_mutex_; read last

  std::mutex mutex_;
  std::map<std::string, Known> keys_;  // by id; guarded by mutex_, as is what follows
  std::map<std::string, Caller> grants_;
  Attempts attempts_;
  std::optional<std::chrono::steady_clock::time_point> next_look_;
  bool looking_ = false;

  runtime::WorkerPool hashing_;  // last: its tasks use the others
};

class Gatekeeper::Grant {
 public:
  Grant(Gatekeeper& gatekeeper, std::string key, std::unique_ptr<Quotas::Place> place);
  Grant(const Grant&) = delete;
  Grant& operator=(const Grant&) = delete;
  ~Grant();

  const std::string& key() const { return key_; }

 private:
  Gatekeeper& gatekeeper_;
  const std::string key_;
  const std::unique_ptr<Quotas::Place> place_;
};

}  // namespace trackfit::access

#endif  // TRACKFIT_ACCESS_GATEKEEPER_H_
