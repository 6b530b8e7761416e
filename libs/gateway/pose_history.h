// The recent poses of one session: a queue towards the inferencer that can be rewound, so that a new
// inferencer can take over in the middle of a movement.
#ifndef TRACKFIT_GATEWAY_POSE_HISTORY_H_
#define TRACKFIT_GATEWAY_POSE_HISTORY_H_

#include <handover/session_state.pb.h>
#include <trackfit/v1/common.pb.h>
#include <trackfit/v1/inferencer.pb.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace trackfit::gateway {

// Its entries are poses, and frames in which nobody was found. Not thread-safe.
class PoseHistory {
 public:
  using Request = std::shared_ptr<const v1::InferStreamRequest>;

  // `replay_us` is how long before the end of an assessment a replay starts that brings the assessments after
  // it. At most `capacity` sent entries are kept. With a coach they are kept until its checkpoints cover
  // them.
  PoseHistory(int64_t replay_us, size_t capacity, bool coached = false);

  // Takes the next entry; sequence and timestamp strictly increasing. `people` as in the contract.
  void Add(v1::Pose pose, uint32_t people = 0);
  void AddNobody(uint64_t sequence, int64_t timestamp_us);

  // The oldest unsent entry, which now counts as sent; null when all are.
  Request NextToSend();

  // The assessment that ends at this sequence was delivered. Without a coach, entries that no replay needs
  // any more are forgotten.
  void Delivered(uint64_t last_sequence);

  // The coach can go on with the entries behind `sequence`. `assessed` is the last_sequence of the latest
  // assessment that it has seen, nullopt when none: entries that neither it needs nor the assessments behind
  // that one are forgotten. All these assessments were delivered.
  void Checkpoint(uint64_t sequence, std::optional<uint64_t> assessed);

  // The inferencer lost its stream: sending starts again, with the oldest entry kept.
  void Rewind() { sent_ = 0; }

  // Forgets the entries that were sent, from the oldest to the first that lies at least `us` behind the
  // oldest pose kept, or behind the one with sequence `after`; all of them when none does. Gives the sequence
  // of the last one forgotten, nullopt when none was sent. To be called before Rewind().
  std::optional<uint64_t> Skip(std::optional<uint64_t> after, int64_t us);

  // Whether of the sent entries one lies at least `us` behind the start as in Skip().
  bool Reaches(std::optional<uint64_t> after, int64_t us) const;
  // The sequence of the last sent entry; nullopt when none is.
  std::optional<uint64_t> last_sent() const;

  // For another process. Restore() is for a new one; what it gets counts as unsent.
  handover::PoseHistoryState State() const;
  void Restore(const handover::PoseHistoryState& state);

  uint64_t added() const { return added_; }         // entries ever
  size_t kept() const { return requests_.size(); }  // entries held in memory
  size_t sent() const { return sent_; }             // of these, since the last Rewind()
  size_t unsent() const { return requests_.size() - sent_; }

 private:
  void Append(std::shared_ptr<v1::InferStreamRequest> request);
  bool IsPose(size_t index) const { return requests_[index]->has_pose(); }
  uint64_t SequenceOf(size_t index) const;
  int64_t TimeOf(size_t index) const;
  // Forgets entries up to the sequence `last`, as long as a replay brings the assessments behind `assessed`,
  // in step with the delivered ones.
  void ForgetUpTo(uint64_t last, uint64_t assessed);
  // The start as in Skip(), which needs a sent entry, and the first sent entry at least `us` behind it, or
  // the last.
  std::pair<size_t, size_t> Stretch(std::optional<uint64_t> after, int64_t us) const;
  // The first entry of a replay that brings what comes behind this assessment.
  size_t StartOfReplay(uint64_t assessed) const;
  void ForgetFront();

  int64_t replay_us_;
  size_t capacity_;
  bool coached_;
  std::deque<Request> requests_;
  std::deque<uint64_t> ends_;  // of delivered assessments; a replay may start before any of them
  size_t sent_ = 0;            // of requests_, from the front
  uint64_t added_ = 0;
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_POSE_HISTORY_H_
