// Notices a session in which the person stands on their head.
#ifndef TRACKFIT_GATEWAY_ORIENTATION_CHECK_H_
#define TRACKFIT_GATEWAY_ORIENTATION_CHECK_H_

#include <cstdint>
#include <optional>
#include <string>

#include "skeleton/pose.h"
#include "skeleton/upright.h"

namespace trackfit::gateway {

// Not thread-safe.
class OrientationCheck {
 public:
  // Takes the next pose. When most poses of at least two seconds are upside down, gives once a sentence that
  // says so.
  std::optional<std::string> Add(const skeleton::Pose& pose);

  // Whether it has. A new one that is told so says nothing.
  bool told() const { return told_; }
  void set_told(bool told) { told_ = told; }

 private:
  bool told_ = false;
  std::optional<int64_t> first_us_;
  skeleton::UpsideDownDetector watch_;
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_ORIENTATION_CHECK_H_
