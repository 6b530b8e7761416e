// The recent poses of one session: a queue towards the inferencer that can be rewound, so that a new
// inferencer can take over in the middle of a movement.
#ifndef TRACKFIT_GATEWAY_POSE_HISTORY_H_
#define TRACKFIT_GATEWAY_POSE_HISTORY_H_

#include <trackfit/v1/common.pb.h>
#include <trackfit/v1/inferencer.pb.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

namespace trackfit::gateway {

// Not thread-safe.
class PoseHistory {
 public:
  using Request = std::shared_ptr<const v1::InferStreamRequest>;

  // `replay_us` is how long before the last delivered assessment's end a replay starts. At most `capacity`
  // sent poses are kept.
  PoseHistory(int64_t replay_us, size_t capacity);

  // Takes the next pose; sequence and timestamp strictly increasing.
  void Add(v1::Pose pose);

  // The oldest unsent pose, which now counts as sent; null when all are.
  Request NextToSend();

  // An assessment that ends at this sequence was delivered: poses that no replay needs any more are
  // forgotten.
  void Delivered(uint64_t last_sequence);

  // The inferencer lost its stream: sending starts again, `replay_us` before the end of the last delivered
  // assessment, or with the oldest pose kept.
  void Rewind() { sent_ = 0; }

  // Forgets the poses that were sent, from the oldest to the first that lies at least `us` behind the oldest
  // one kept, or behind the pose with sequence `after`; all of them when none does. Gives the sequence of the
  // last one forgotten, nullopt when none was sent. To be called before Rewind().
  std::optional<uint64_t> Skip(std::optional<uint64_t> after, int64_t us);

  uint64_t added() const { return added_; }         // poses ever
  size_t kept() const { return requests_.size(); }  // poses held in memory
  size_t sent() const { return sent_; }             // of these, since the last Rewind()
  size_t unsent() const { return requests_.size() - sent_; }

 private:
  const v1::Pose& PoseAt(size_t index) const { return requests_[index]->pose(); }
  void ForgetFront();

  int64_t replay_us_;
  size_t capacity_;
  std::deque<Request> requests_;
  size_t sent_ = 0;  // of requests_, from the front
  uint64_t added_ = 0;
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_POSE_HISTORY_H_
