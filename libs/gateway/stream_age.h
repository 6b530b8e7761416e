// When a client is asked to reconnect because its stream is old, and when the stream ends.
#ifndef TRACKFIT_GATEWAY_STREAM_AGE_H_
#define TRACKFIT_GATEWAY_STREAM_AGE_H_

#include <chrono>
#include <string>

namespace trackfit::gateway {

struct StreamAgeLimits {
  std::chrono::milliseconds most{0};   // from when on the client is asked; 0: never
  std::chrono::milliseconds grace{0};  // from then to the end of the stream
};

// Not thread-safe.
class StreamAge {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `spread` in [-1, 1] makes the limit up to 10 % shorter or longer, so that streams which began together do
  // not all come back together.
  StreamAge(const StreamAgeLimits& limits, double spread, TimePoint opened);

  // True once, when it is time to ask.
  bool TakeRequest(TimePoint now);
  bool IsOver(TimePoint now) const;

  // What the client is told: when it is asked, and when it is over.
  std::string Request() const;
  std::string Ending() const;

 private:
  const StreamAgeLimits limits_;
  TimePoint ask_;
  bool asked_ = false;
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_STREAM_AGE_H_
