// Admission control: a bounded number of sessions; one more is refused at once, and told when to try again.
#ifndef TRACKFIT_RUNTIME_ADMISSION_GATE_H_
#define TRACKFIT_RUNTIME_ADMISSION_GATE_H_

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trackfit::runtime {

struct AdmissionGateConfig {
  int max_sessions = 64;                        // at least 1
  std::chrono::milliseconds retry_after{1000};  // told to those who are refused
  // After each admission and release; must be quick, may be empty.
  std::function<void(int active)> on_change = nullptr;
};

// When to try again, as a payload of a refusal's status; see RetryAfter().
absl::Status WithRetryAfter(absl::Status status, std::chrono::milliseconds delay);
std::optional<std::chrono::milliseconds> RetryAfter(const absl::Status& status);

// Thread-safe; must outlive its leases.
class AdmissionGate {
 public:
  // One session's place; released by the destructor.
  class Lease {
   public:
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = default;

   private:
    friend class AdmissionGate;
    struct Release {
      void operator()(AdmissionGate* gate) const { gate->Leave(); }
    };
    explicit Lease(AdmissionGate* gate) : gate_(gate) {}
    std::unique_ptr<AdmissionGate, Release> gate_;
  };

  explicit AdmissionGate(AdmissionGateConfig config);

  // RESOURCE_EXHAUSTED with RetryAfter() when all places are taken; UNAVAILABLE after Close().
  absl::StatusOr<Lease> Admit();

  // Admits nobody from now on: the server is draining.
  void Close();

  int active() const;

 private:
  void Leave();

  const AdmissionGateConfig config_;
  mutable std::mutex mutex_;
  int active_ = 0;
  bool closed_ = false;
};

}  // namespace trackfit::runtime

#endif  // TRACKFIT_RUNTIME_ADMISSION_GATE_H_
