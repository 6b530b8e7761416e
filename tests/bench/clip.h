// Frames for load tests: the mannequin, drawn and encoded once, then played to and fro without end.
#ifndef TRACKFIT_TESTS_BENCH_CLIP_H_
#define TRACKFIT_TESTS_BENCH_CLIP_H_

#include <trackfit/v1/common.pb.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace trackfit::bench {

enum class Encoding { kJpeg, kPng, kRaw };  // JPEG of quality 90; raw pixels are BGR

// Immutable and thread-safe.
class Clip {
 public:
  // Squats for three seconds at 30 frames a second.
  static absl::StatusOr<Clip> Draw(int width, int height, Encoding encoding);

  // Frame `sequence` of the endless loop, with the time that belongs to it. The motion has no leap in it.
  v1::Frame At(uint64_t sequence) const;

  const std::string& description() const { return description_; }
  std::size_t frames() const { return frames_.size(); }
  std::size_t mean_bytes() const;

 private:
  std::string description_;  // such as "480x640 JPEG"
  std::vector<v1::Frame> frames_;
};

}  // namespace trackfit::bench

#endif  // TRACKFIT_TESTS_BENCH_CLIP_H_
