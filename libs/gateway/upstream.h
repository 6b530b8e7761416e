// A session's streams to the servers behind it: how they are used, and when a broken one is opened again.
#ifndef TRACKFIT_GATEWAY_UPSTREAM_H_
#define TRACKFIT_GATEWAY_UPSTREAM_H_

#include <trackfit/v1/extractor.pb.h>
#include <trackfit/v1/inferencer.pb.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"

namespace trackfit::gateway {

enum class Upstream { kExtractor, kInferencer };

// "extractor" or "inferencer".
const char* Name(Upstream upstream);

// A stream that can be opened again and again. Each attempt has a number, and whatever the stream reports
// carries it, so that late events of an abandoned stream are recognised. Calls must neither block nor call
// the session back from within.
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

// For people: "connection refused" extracted from gRPC's message when it cannot connect, else the message.
std::string Reason(const absl::Status& status);

// For people: "the extractor at localhost:8001"; the address may be empty: not said.
std::string NameAndAddress(Upstream upstream, const std::string& address);
// For people: that it cannot be reached, and why if `last_error` says so.
std::string AwayMessage(Upstream upstream, const std::string& address, const absl::Status& last_error);
// For people: that it can be reached but does not answer.
std::string SilentMessage(Upstream upstream, const std::string& address);
// For people: that it is back.
std::string BackMessage(Upstream upstream, const std::string& address);

// Whether another attempt, perhaps at another server, can succeed where this one failed.
bool IsWorthRetrying(const absl::Status& status);

enum class Presence { kThere, kAway };

// When to connect, whether an upstream has stopped moving, and whether it is there at all. Not thread-safe.
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
  // The attempt has ended as intended.
  void Close() { open_ = false; }
  // The attempt has failed. The next may follow at once; without progress, later ones pause for 50 ms
  // doubling to 2 s.
  void Break(const absl::Status& status, TimePoint now);
  // There is nobody to connect to yet; `status` says why.
  void Miss(const absl::Status& status) { last_error_ = status; }

  // Says whether the upstream owes something; while it does, it must make progress.
  void SetOwing(bool owing, TimePoint now);
  // It did something that it had not done before.
  void Progressed(TimePoint now);
  // It owes something and has made no progress for `timeout`.
  bool IsStalled(TimePoint now, std::chrono::steady_clock::duration timeout) const;

  // The current attempt has a connection: the transport took what was sent.
  void Reached(TimePoint now);
  bool reached() const { return reached_.has_value(); }
  // The upstream answered on its stream. True when it had not since it was lost.
  bool Answered() { return !std::exchange(answered_, true); }
  // Its model is known, so it is taken to be there, until it is lost; of its streams that says nothing.
  void ModelKnown() { model_known_ = true; }
  // Away is an upstream that owes something and could not be reached for a second; it is there again when it
  // has answered, or has kept a connection for a second. So one that takes streams and refuses them at once
  // stays away. Away is also one that owes something and has made no progress for `patience`, until it makes
  // some. Gives what it has become since the last call, if that is something else.
  std::optional<Presence> TakeChange(TimePoint now, std::chrono::steady_clock::duration patience);

 private:
  bool IsThere() const { return answered_ || model_known_; }

  bool open_ = false;
  bool owing_ = false;
  uint64_t attempt_ = 0;
  absl::Status last_error_;
  TimePoint retry_at_{};
  TimePoint progress_{};  // the last one, or when it began to owe
  std::chrono::milliseconds pause_{0};

  Presence told_ = Presence::kThere;
  bool answered_ = false;                  // since it was lost
  bool model_known_ = false;               // the same
  std::optional<TimePoint> reached_;       // in the current attempt
  std::optional<TimePoint> missed_since_;  // owes something and cannot be reached
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_UPSTREAM_H_
