// Tells a request that breaks every server from a server that breaks by itself.
#ifndef TRACKFIT_GATEWAY_POISON_WATCH_H_
#define TRACKFIT_GATEWAY_POISON_WATCH_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"

namespace trackfit::gateway {

// Whether what the server was doing can have caused such an end: a lost connection, or a failure that it
// reports. Not so where it could not be reached, was full, drained, or ended an idle stream.
bool MayBeTheRequestsFault(const absl::Status& status);

// Watches one upstream of one session. Not thread-safe.
//
// Two breaks at the same point are the request's fault. But where three requests in a row are at fault and
// nothing is answered in between, the server breaks whatever it gets: then nobody is blamed until it answers
// again, so that a server that keeps crashing costs a session three requests and not all of them.
class PoisonWatch {
 public:
  // The stream broke at `point`, which says how far the session had come (nullopt: nowhere yet); a request
  // that waits there was with the server. True: that request must not be sent again.
  bool Blames(std::optional<uint64_t> point, const absl::Status& status);

  // The server answered something new.
  void Answered() { in_a_row_ = 0; }

  // What the server had before the last break has turned out to be harmless.
  void Acquit() { breaks_ = 0; }

 private:
  std::optional<uint64_t> point_;
  int breaks_ = 0;  // at point_
  int in_a_row_ = 0;
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_POISON_WATCH_H_
