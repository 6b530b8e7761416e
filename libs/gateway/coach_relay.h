// What the coach in the inferencer has said to one client, so that after a break nothing is said twice.
#ifndef TRACKFIT_GATEWAY_COACH_RELAY_H_
#define TRACKFIT_GATEWAY_COACH_RELAY_H_

#include <handover/session_state.pb.h>
#include <trackfit/v1/coaching.pb.h>
#include <trackfit/v1/gateway.pb.h>
#include <trackfit/v1/inferencer.pb.h>

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace trackfit::gateway {

// A new inferencer goes on from the latest checkpoint and so says once more what came behind it. Repetitions
// are told apart by set and number; advice and hints, of which a frame may have several, by the frame and
// their number within it. Not thread-safe.
class CoachRelay {
 public:
  // A new stream of the inferencer begins, with checkpoint().
  void BeginAttempt();

  // Takes the coach's part out of a response and gives what of it is new to the client, in order.
  std::vector<v1::AnalyzeResponse> Take(v1::InferStreamResponse& response);

  // Where another inferencer can go on; nullptr: at the beginning.
  const v1::CoachCheckpoint* checkpoint() const { return checkpoint_ ? &*checkpoint_ : nullptr; }

  // The latest summary of each set.
  void AddTo(v1::SessionSummary& summary) const;

  // For another process, where BeginAttempt() comes next.
  handover::CoachState State() const;
  void Restore(const handover::CoachState& state);

 private:
  using Place = std::pair<uint64_t, uint32_t>;  // sequence and number within it, or set and number

  // Advice or hints.
  struct Sayings {
    std::optional<Place> latest;         // of the current stream
    std::optional<Place> at_checkpoint;  // what the latest was when the checkpoint came
    std::optional<Place> delivered;

    // Counts the next one, with this sequence. Whether the client does not have it.
    bool TakeNew(uint64_t sequence);

    handover::CoachState::Sayings State() const;
    void Restore(const handover::CoachState::Sayings& state);
  };

  Sayings advice_;
  Sayings hints_;
  std::optional<Place> last_repetition_;       // delivered
  std::map<uint32_t, v1::SetSummary> sets_{};  // by number
  std::optional<v1::CoachCheckpoint> checkpoint_;
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_COACH_RELAY_H_
