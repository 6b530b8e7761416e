// What the coach has to show at each moment of a recording, once all its repetitions are known.
#ifndef TRACKFIT_DRAWING_COACH_TIMELINE_H_
#define TRACKFIT_DRAWING_COACH_TIMELINE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "client/labels.h"
#include "client/session_record.h"
#include "trackfit/v1/coaching.pb.h"

namespace trackfit::drawing {

// A finding whose joints are pointed out.
struct Highlight {
  const v1::Finding* finding = nullptr;
  float strength = 0;  // (0, 1]; fades in and out around the moment at which it was worst
};

// A sentence on the picture.
struct Caption {
  enum class Kind { kFinding, kAdvice, kHint };
  Kind kind = Kind::kFinding;
  std::string text{};
  v1::FindingLevel level = v1::FINDING_LEVEL_UNSPECIFIED;  // of findings
  float strength = 0;                                      // (0, 1]; fades in and out
};

// Points into the timeline that it comes from.
struct CoachFrame {
  uint32_t set = 0;                         // 0: before the first
  uint32_t complete = 0;                    // repetitions of the set so far, without partial ones
  const v1::Repetition* current = nullptr;  // under way
  const v1::Repetition* last = nullptr;     // of the set, the latest that has ended
  float phase =
      0;  // of the current one: 0 = rest, 1 = full range; between start and turning point interpolated
  float elapsed_us = 0;                 // of the current one
  std::vector<Highlight> highlights{};  // the worse ones first
  std::vector<Caption> captions{};      // at most two, the one to read first comes first
  client::Labels labels{};              // of the session
};

// Immutable.
class CoachTimeline {
 public:
  CoachTimeline() = default;
  // `times_us[s]` is the timestamp of the frame with sequence `s`.
  CoachTimeline(const client::SessionRecord& record, std::vector<int64_t> times_us);

  // In order of time.
  const std::vector<v1::Repetition>& repetitions() const { return repetitions_; }
  // Of the session.
  const client::Labels& labels() const { return labels_; }
  CoachFrame At(uint64_t sequence) const;

 private:
  struct Sentence {
    Caption caption;
    int64_t start_us = 0;
    int64_t end_us = 0;
  };

  int64_t TimeOf(uint64_t sequence) const;
  void AddHints(const std::vector<v1::Hint>& hints);

  std::vector<int64_t> times_us_;
  std::vector<v1::Repetition> repetitions_;
  client::Labels labels_;
  std::vector<Sentence> sentences_;
};

}  // namespace trackfit::drawing

#endif  // TRACKFIT_DRAWING_COACH_TIMELINE_H_
