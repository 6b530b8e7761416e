// Notices timestamps that are not in microseconds: the rate that they imply is one that no camera has.
#ifndef TRACKFIT_GATEWAY_FRAME_RATE_CHECK_H_
#define TRACKFIT_GATEWAY_FRAME_RATE_CHECK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace trackfit::gateway {

// Looks at the beginning of one stream, which is counted in frames, because its seconds are what is in doubt;
// only for frames that do not advance and for timestamps beyond their limits it looks at all of it:
//
// - Above 1,000 frames per second: the first 30 frames take less than 29 ms in all. One pause, as between a
//   camera's first frame and its second, or a dropped frame makes that longer, never shorter.
// - Below 0.5 frames per second: of the first intervals at least eight, and three in four, are longer than
//   two seconds. One pause does not make it so.
// - Not at all: thirty frames in a row are not later than one before them, as when no timestamp is set, when
//   a clock was set back, or when one timestamp was far ahead. A few that repeat or go back do not make it
//   so.
// - Nanoseconds since 1970: nine frames in a row are beyond what any timestamp may be. Such frames are
//   refused and do not count otherwise.
//
// Not thread-safe.
class FrameRateCheck {
 public:
  // `field` is what holds the timestamps, such as "frame.timestamp_us".
  explicit FrameRateCheck(std::string field) : field_(std::move(field)) {}

  // Takes the next frame's timestamp, whatever it is; those that do not increase count, too. When the rate
  // turns out to be implausible, gives once a sentence that names it and the likely cause.
  std::optional<std::string> Add(int64_t timestamp_us);

  // The stream is over: what can be said of fewer frames, but at least nine.
  std::optional<std::string> Finish();

  // Whether it has given its sentence. A new one that is told so says nothing.
  bool told() const { return told_; }
  void set_told(bool told) { told_ = told; }

 private:
  std::optional<std::string> Judge();
  bool IsSlow() const;
  std::string DescribeStuck() const;
  std::string DescribeBeyond() const;

  std::string field_;
  bool told_ = false;
  bool judged_ = false;  // the beginning
  int frames_ = 0;       // of the beginning
  double first_us_ = 0;
  double last_us_ = 0;  // the latest of all times
  int stuck_ = 0;       // frames since then that are not later
  int beyond_ = 0;      // frames in a row whose timestamps are beyond their limits
  int slow_ = 0;        // intervals longer than two seconds
  double slow_us_ = 0;  // their sum
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_FRAME_RATE_CHECK_H_
