// A session's streams to the servers behind it: how they are used, and when a broken one is opened again.
#ifndef TRACKFIT_SERVING_UPSTREAM_H_
#define TRACKFIT_SERVING_UPSTREAM_H_

#include <trackfit/v1/extractor.pb.h>
#include <trackfit/v1/inferencer.pb.h>

#include <chrono>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"

namespace trackfit::serving {

enum class Upstream { kExtractor, kInferencer };

// "extractor" or "inferencer".
const char* Name(Upstream upstream);

// A stream that can be opened again and again. Each attempt has a number, and whatever the stream reports
// carries it, so that late news of an abandoned stream is recognised. Calls must neither block nor call the
// session back from within.
template <class Request>
class UpstreamLink {
 public:
  virtual ~UpstreamLink() = default;
  // Opens a new stream, abandoning the one before.
  virtual void Connect(uint64_t attempt) = 0;
  // Queues a request on the current stream.
  virtual void Send(std::shared_ptr<const Request> request) = 0;
  // No more requests will follow on the current stream.
  virtual void CloseSending() = 0;
  // Abandons the current stream, if any.
  virtual void Disconnect() = 0;
};

using ExtractorLink = UpstreamLink<v1::ExtractStreamRequest>;
using InferencerLink = UpstreamLink<v1::InferStreamRequest>;

// Whether another attempt, perhaps at another server, can succeed where this one failed.
bool IsWorthRetrying(const absl::Status& status);

// When to connect, and whether an upstream has stopped moving. Not thread-safe.
class UpstreamState {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  bool open() const { return open_; }
  bool IsCurrent(uint64_t attempt) const { return open_ && attempt == attempt_; }
  // Why the last attempt failed; OK when none did.
  const absl::Status& last_error() const { return last_error_; }

  // True when not open and the pause after the last failure is over.
  bool MayConnect(TimePoint now) const { return !open_ && now >= retry_at_; }
  // Starts an attempt and gives its number.
  uint64_t Open();
  // The attempt has come to its proper end.
  void Close() { open_ = false; }
  // The attempt has failed. The next may follow at once; without progress, later ones pause for 50 ms
  // doubling to 2 s.
  void Break(const absl::Status& status, TimePoint now);

  // Says whether the upstream owes something; while it does, it must make progress.
  void SetOwing(bool owing, TimePoint now);
  // It did something that it had not done before.
  void Progressed(TimePoint now);
  // It owes something and has made no progress for `timeout`.
  bool IsStalled(TimePoint now, std::chrono::steady_clock::duration timeout) const;

 private:
  bool open_ = false;
  bool owing_ = false;
  uint64_t attempt_ = 0;
  absl::Status last_error_;
  TimePoint retry_at_{};
  TimePoint progress_{};  // the last one, or when it began to owe
  std::chrono::milliseconds pause_{0};
};

}  // namespace trackfit::serving

#endif  // TRACKFIT_SERVING_UPSTREAM_H_
