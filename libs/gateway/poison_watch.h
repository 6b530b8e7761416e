// Tells a request that breaks every server from a server that breaks by itself.
#ifndef TRACKFIT_GATEWAY_POISON_WATCH_H_
#define TRACKFIT_GATEWAY_POISON_WATCH_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"

namespace trackfit::gateway {

// Whether what the server was doing can have caused such an end: a lost connection, or a failure that it
// reports. Not so where it could not be reached, was full, drained, or ended an idle stream.
bool MayBeTheRequestsFault(const absl::Status& status);

// Watches one upstream of one session. Not thread-safe.
//
// Two breaks that the same request may have caused are its fault, unless the server outlived the first: then
// it was the network that broke. But where three requests in a row are at fault and nothing is answered in
// between, the server breaks whatever it gets: then nobody is blamed until it answers again, so that a server
// that keeps crashing costs a session three requests and not all of them.
class PoisonWatch {
 public:
  // Sequences of requests that the server had in hand when the stream broke; first <= last.
  struct Suspects {
    uint64_t first = 0;
    uint64_t last = 0;
  };

  // The stream broke; nullopt: the server had nothing in hand that can have caused it. True: one of the
  // suspects breaks servers, and they must not be sent again.
  bool Blames(const std::optional<Suspects>& suspects, const absl::Status& status);

  // The server answered something new.
  void Answered() { in_a_row_ = 0; }

 private:
  std::optional<Suspects> suspects_;  // of the last break that nobody was blamed for
  std::string server_;                // whose connection it was; empty: not known, or not a connection's
  int in_a_row_ = 0;
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_POISON_WATCH_H_
