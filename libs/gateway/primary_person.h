// Whom of several people a session assesses.
#ifndef TRACKFIT_GATEWAY_PRIMARY_PERSON_H_
#define TRACKFIT_GATEWAY_PRIMARY_PERSON_H_

#include <handover/session_state.pb.h>
#include <trackfit/v1/common.pb.h>

#include <cstdint>

namespace trackfit::gateway {

// Stays with one person as long as that person is seen or hidden for a moment; not thread-safe.
class PrimaryPerson {
 public:
  // The primary person's pose in a result with a pose; null while the person is hidden. After 1.5 seconds
  // (the extractor has forgotten them by then) the person of result.pose() takes over.
  const v1::Pose* In(const v1::FrameResult& result);

  // For another process.
  handover::PrimaryPersonState State() const;
  void Restore(const handover::PrimaryPersonState& state);

 private:
  uint32_t id_ = 0;  // 0: nobody yet
  int64_t seen_us_ = 0;
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_PRIMARY_PERSON_H_
