#include "repetitions/repetition_counter.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "repetitions/judge.h"
#include "skeleton/joint.h"

namespace trackfit::repetitions {
namespace {

constexpr int kSecond = static_cast<int>(kRateHz);
// The first repetition takes the exercise's least range. In a set, a partial one is believed with less: this
// share of the least range, and this one of what is usual for this person ...
constexpr float kShareOfLeast = 0.6F;
constexpr float kShareOfUsual = 0.2F;
// ... or even so little when it moves as this person's complete ones do and takes about as long.
constexpr float kLeastShareOfLeast = 0.4F;
constexpr float kLeastShareOfUsual = 0.12F;
constexpr float kAlike = 0.9F;  // cosine between the changes of all drivers
constexpr float kVeryAlike = 0.92F;
constexpr float kShorter = 0.5F;  // of the usual time
constexpr float kLonger = 2.5F;
// It is a set once the usual range is so many times the least, until this long after a complete repetition.
constexpr float kEstablished = 1.5F;
constexpr float kSetSeconds = 4;
constexpr float kSetRepetitions = 3;  // and so many usual repetitions
// The valley rises towards a changed level at rest with this share per body: within about 3 s.
constexpr float kValleyRise = 1.0F / 90;
// The way back has begun when this share of the way out is undone.
constexpr float kTurned = 0.4F;
// A new rise ends the way back; it counts as a repetition when this share of the way out was undone.
constexpr float kReturned = 0.6F;
constexpr float kNewRise = 0.2F;        // of the way out
constexpr float kLeastNewRise = 0.08F;  // and at least, of the phase
// Without a new rise it is over when this share is undone and nothing falls further for kStillBodies, ...
constexpr float kNearlyBack = 0.75F;
constexpr int kStillBodies = 6;
// ... or when this share is undone and the fall has become slow.
constexpr float kBack = 0.85F;
constexpr float kSlowFall = 0.06F;  // of the way out, in kStillBodies - 1
// Somebody who stays away from the rest so long after the peak has another rest now.
constexpr int kNewLevelBodies = 3 * kSecond;
// At the end of a stream the last few frames may be missing.
constexpr float kFinished = 0.8F;
// Around the peak it counts as the turning point.
constexpr float kTurnBand = 0.12F;
constexpr int kBefore = kSecond / 2;  // bodies of an attempt before the repetition
constexpr int kUnseenBodies = kSecond;
constexpr int kWarmUp = 8;  // bodies that a new phase filter takes to settle
// Torso lengths from one body to the next that nobody moves; the track has jumped to somebody else.
constexpr float kJump = 1;

// The middle of a pair of joints; absent when they are not seen.
std::optional<Point> Middle(const Body& body, int left) {
  const int right = left + 1;
  if (std::min(body.visibility[left], body.visibility[right]) < kSeen) return std::nullopt;
  const Point& a = body.joints[left];
  const Point& b = body.joints[right];
  return Point{(a.x + b.x) / 2, (a.y + b.y) / 2, 0};
}

// Whether the trunk is somewhere else in the picture at once.
bool Jumped(const Body& from, const Body& to) {
  for (const int left : {skeleton::kLeftHip, skeleton::kLeftShoulder}) {
    const std::optional<Point> a = Middle(from, left);
    const std::optional<Point> b = Middle(to, left);
    if (a && b) return std::hypot(a->x - b->x, a->y - b->y) > kJump;
  }
  return false;
}

float SecondsOf(const Attempt& attempt) {
  return 1e-6F * static_cast<float>(attempt.frames[attempt.end].timestamp_us -
                                    attempt.frames[attempt.begin].timestamp_us);
}

}  // namespace

RepetitionCounter::RepetitionCounter(const Exercise& exercise, const CounterState& state)
    : exercise_(&exercise),
      most_frames_(static_cast<size_t>(exercise.most_seconds * kRateHz) + kSecond),
      state_(state),
      filter_(exercise),
      phase_(std::numeric_limits<float>::quiet_NaN()) {
  if (exercise.held) hold_.emplace(exercise.least_seconds, most_frames_, state.hold);
}

void RepetitionCounter::Break() {
  if (hold_) hold_->Break();
  filter_.Clear();
  frames_.clear();
  first_ = 0;
  unseen_ = 0;
  stage_ = Stage::kRest;
  has_valley_ = false;
}

bool RepetitionCounter::at_rest() const {
  if (hold_) return !hold_->holding();
  return stage_ == Stage::kRest && (!has_valley_ || phase_ - valley_ < NeededRise() / 3);
}

CounterState RepetitionCounter::state() const {
  CounterState state = state_;
  state.hold = hold_ ? hold_->start() : HoldFinder::Start{};
  return state;
}

uint64_t RepetitionCounter::restart_after() const {
  if (hold_ || frames_.empty() || !has_valley_) return last_sequence_;
  const int64_t from = at_rest() ? newest() : valley_at_;
  return frames_[static_cast<size_t>(std::clamp(from - kWarmUp, first_, newest()) - first_)].body->sequence;
}

// While the phase is unknown, the last one goes on for a while: a joint may be hidden at the turning point.
void RepetitionCounter::Remember(std::shared_ptr<const Body> body) {
  frames_.push_back({std::move(body), phase_});
  while (frames_.size() > most_frames_ + kBefore) {
    frames_.pop_front();
    ++first_;
  }
}

void RepetitionCounter::RestFrom(int64_t index) {
  stage_ = Stage::kRest;
  has_valley_ = true;
  valley_ = PhaseAt(index);
  valley_at_ = index;
}

bool RepetitionCounter::InSet() const {
  if (state_.repetitions == 0 || frames_.empty()) return false;
  if (UsualRange() < kEstablished * exercise_->least_range) return false;
  const auto since_us = static_cast<float>(frames_.back().body->timestamp_us - state_.complete_us);
  return since_us < 1e6F * (kSetSeconds + kSetRepetitions * state_.usual_seconds);
}

float RepetitionCounter::NeededRise() const {
  if (!InSet()) return exercise_->least_range;
  return std::max(kLeastShareOfLeast * exercise_->least_range, kLeastShareOfUsual * UsualRange());
}

std::vector<float> RepetitionCounter::ChangesIn(const Attempt& attempt) const {
  std::vector<float> changes;
  for (const Driver& driver : exercise_->drivers) {
    const Quantity change{driver.measure, Moment::kTurn, Statistic::kChange};
    changes.push_back(Evaluate(change, *exercise_, attempt) / (driver.turn - driver.rest));
  }
  return changes;
}

// One driver alone is like any other.
float RepetitionCounter::LikenessOf(const Attempt& attempt) const {
  const std::vector<float> changes = ChangesIn(attempt);
  float product = 0;
  float own = 0;
  float usual = 0;
  int compared = 0;
  for (size_t i = 0; i < std::min(changes.size(), state_.usual_changes.size()); ++i) {
    if (!std::isfinite(changes[i]) || !std::isfinite(state_.usual_changes[i])) continue;
    ++compared;
    product += changes[i] * state_.usual_changes[i];
    own += changes[i] * changes[i];
    usual += state_.usual_changes[i] * state_.usual_changes[i];
  }
  return compared > 1 && own > 0 && usual > 0 ? product / std::sqrt(own * usual) : 0;
}

// What a quantity would have been, had a partial repetition gone on as far as is usual for this person.
float RepetitionCounter::AsUsual(const Quantity& quantity, const Attempt& attempt) const {
  const float value = Evaluate(quantity, *exercise_, attempt);
  const float further = UsualRange() / attempt.range;
  if (quantity.statistic >= Statistic::kChange) return value * further;
  if (quantity.moment != Moment::kTurn || quantity.statistic == Statistic::kRange) return value;
  const Quantity at_rest{quantity.measure, Moment::kRest, Statistic::kMean};
  const float rest = Evaluate(at_rest, *exercise_, attempt);
  return rest + further * (value - rest);
}

bool RepetitionCounter::IsOne(const Attempt& attempt) const {
  const bool partial = !hold_ && InSet() && attempt.range < kReturned * UsualRange();
  const float likeness = partial ? LikenessOf(attempt) : 0;
  if (partial &&
      attempt.range < std::max(kShareOfLeast * exercise_->least_range, kShareOfUsual * UsualRange())) {
    const float tempo = SecondsOf(attempt) / state_.usual_seconds;
    if (likeness < kAlike || tempo < kShorter || tempo > kLonger) return false;
  }
  return std::ranges::all_of(exercise_->requirements, [&](const Requirement& requirement) {
    const float value = Evaluate(requirement.quantity, *exercise_, attempt);
    if (!std::isfinite(value) || requirement.range.Contains(value)) return true;
    return likeness > kVeryAlike && requirement.range.Contains(AsUsual(requirement.quantity, attempt));
  });
}

std::optional<Attempt> RepetitionCounter::Accept(std::optional<Attempt> attempt) const {
  return attempt && IsOne(*attempt) ? std::move(attempt) : std::nullopt;
}

std::optional<Attempt> RepetitionCounter::Push(std::shared_ptr<const Body> body) {
  last_sequence_ = body->sequence;
  std::optional<Attempt> before_jump;
  if (!frames_.empty() && Jumped(*frames_.back().body, *body)) before_jump = Finish();
  const float phase = filter_.Push(*body);
  unseen_ = std::isfinite(phase) ? 0 : unseen_ + 1;
  if (hold_) {
    phase_ = phase;
    frames_.assign(1, {body, phase});
    std::optional<Attempt> hold = Accept(hold_->Push(*body, phase));
    return before_jump ? std::move(before_jump) : std::move(hold);
  }
  if (unseen_ > kUnseenBodies) {
    Break();
    phase_ = phase;
    return before_jump;
  }
  if (unseen_ > 0) {
    if (!frames_.empty()) Remember(std::move(body));
    return before_jump;
  }
  phase_ = phase;
  Remember(std::move(body));
  std::optional<Attempt> attempt = Follow();
  return before_jump ? std::move(before_jump) : std::move(attempt);
}

std::optional<Attempt> RepetitionCounter::Follow() {
  const int64_t now = newest();
  if (!has_valley_) RestFrom(now);
  if (stage_ == Stage::kRest) {
    if (phase_ <= valley_) {
      RestFrom(now);
    } else {
      valley_ += kValleyRise * (phase_ - valley_);
    }
    if (phase_ - valley_ <= NeededRise()) return std::nullopt;
    stage_ = Stage::kOut;
    left_at_ = peak_at_ = now;
    peak_ = phase_;
    return std::nullopt;
  }
  if (now - left_at_ > static_cast<int64_t>(exercise_->most_seconds * kRateHz)) {
    RestFrom(now);
    return std::nullopt;
  }
  if (stage_ == Stage::kOut) {
    if (phase_ >= peak_) {
      peak_ = phase_;
      peak_at_ = now;
    }
    if (peak_ - phase_ <= kTurned * (peak_ - valley_)) return std::nullopt;
    stage_ = Stage::kBack;
    low_ = phase_;
    low_at_ = now;
  }
  const float way = peak_ - valley_;
  if (phase_ <= low_) {
    low_ = phase_;
    low_at_ = now;
  }
  if (phase_ - low_ > std::max(kLeastNewRise, kNewRise * way)) {
    if (peak_ - low_ > kReturned * way) return EndRepetition();
    stage_ = Stage::kOut;
    if (phase_ > peak_) {
      peak_ = phase_;
      peak_at_ = now;
    }
    return std::nullopt;
  }
  if (Ended()) return EndRepetition();
  if (now - low_at_ >= kNewLevelBodies) RestFrom(now);
  return std::nullopt;
}

bool RepetitionCounter::Ended() const {
  const float way = peak_ - valley_;
  const float undone = peak_ - low_;
  const int64_t now = newest();
  if (undone > kNearlyBack * way && now - low_at_ >= kStillBodies) return true;
  const int64_t before = std::max(first_, now - kStillBodies + 1);
  return undone > kBack * way && PhaseAt(before) - phase_ < kSlowFall * way;
}

// Where the phase leaves `level` for the last time before it, by frames.
double RepetitionCounter::LastBelow(float level, int64_t before) const {
  int64_t index = before;
  while (index > first_ && PhaseAt(index) > level) --index;
  return static_cast<double>(index);
}

double RepetitionCounter::FirstBelow(float level, int64_t after) const {
  int64_t index = after;
  while (index < newest() && PhaseAt(index) > level) ++index;
  return static_cast<double>(index);
}

std::optional<Attempt> RepetitionCounter::EndRepetition() {
  const float valley = valley_;
  const float out = peak_ - valley;
  const float back = peak_ - low_;
  // Rest and movement merge into one another: the movement is drawn out from where it is under way.
  constexpr float kNear = 0.1F;
  constexpr float kFar = 0.3F;
  constexpr double kDrawOut = 0.9;
  const double leaves = LastBelow(valley + kNear * out, peak_at_);
  const double begins = leaves - kDrawOut * (LastBelow(valley + kFar * out, peak_at_) - leaves);
  const double arrives = FirstBelow(low_ + kNear * back, peak_at_);
  const double ends = arrives + kDrawOut * (arrives - FirstBelow(low_ + kFar * back, peak_at_));
  const int64_t oldest = std::max(first_, valley_at_);
  const int64_t begin = std::clamp(static_cast<int64_t>(std::lround(begins)), oldest, peak_at_);
  const int64_t end = std::clamp(static_cast<int64_t>(std::lround(ends)), peak_at_,
                                 std::max(low_at_, static_cast<int64_t>(arrives)));
  const float turn = peak_ - kTurnBand * std::min(out, back);
  int64_t turn_begin = peak_at_;
  int64_t turn_end = peak_at_;
  for (int64_t index = begin; index <= end; ++index) {
    if (PhaseAt(index) < turn) continue;
    turn_begin = std::min(turn_begin, index);
    turn_end = std::max(turn_end, index);
  }

  std::optional<Attempt> attempt;
  const double seconds = static_cast<double>(end - begin) / kRateHz;
  if (seconds >= exercise_->least_seconds && seconds <= exercise_->most_seconds) {
    attempt.emplace();
    // A phase belongs to a body kPhaseLag earlier; the last bodies have none of their own yet.
    // What was before it is rest, unless the repetition before it reaches in.
    const int64_t first_body = std::max(first_, begin - kPhaseLag);
    int64_t start = std::max(first_, begin - kPhaseLag - kBefore);
    while (start < first_body && BodyAt(start).timestamp_us < state_.ended_us) ++start;
    for (int64_t index = start; index <= newest(); ++index) {
      attempt->frames.push_back(BodyAt(index));
      attempt->phase.push_back(PhaseAt(std::min(index + kPhaseLag, newest())));
    }
    const auto place = [&](int64_t index) {
      return static_cast<size_t>(std::max(index - kPhaseLag, start) - start);
    };
    attempt->begin = place(begin);
    attempt->turn_begin = place(turn_begin);
    attempt->turn_end = place(turn_end);
    attempt->end = place(end);
    attempt->range = std::min(out, back);
    attempt = Accept(std::move(attempt));
    if (attempt) {
      Learn((valley + low_) / 2, peak_, *attempt);
      state_.ended_us = attempt->frames[attempt->end].timestamp_us;
    }
  }
  RestFrom(low_at_);
  return attempt;
}

void RepetitionCounter::Learn(float rest, float turn, const Attempt& attempt) {
  constexpr float kLeastShare = 0.2F;
  constexpr float kShareOfPartial = 0.1F;
  const bool usual = state_.repetitions == 0 || attempt.range > kReturned * UsualRange();
  const float share =
      !usual ? kShareOfPartial : std::max(kLeastShare, 1 / static_cast<float>(state_.repetitions + 1));
  state_.rest_level += share * (rest - state_.rest_level);
  state_.turn_level += share * (turn - state_.turn_level);
  ++state_.repetitions;
  if (!usual) return;
  state_.complete_us = attempt.frames[attempt.end].timestamp_us;
  state_.usual_seconds += share * (SecondsOf(attempt) - state_.usual_seconds);
  const std::vector<float> changes = ChangesIn(attempt);
  state_.usual_changes.resize(changes.size(), std::numeric_limits<float>::quiet_NaN());
  for (size_t i = 0; i < changes.size(); ++i) {
    float& learnt = state_.usual_changes[i];
    if (!std::isfinite(learnt)) {
      learnt = changes[i];
    } else if (std::isfinite(changes[i])) {
      learnt += share * (changes[i] - learnt);
    }
  }
}

std::optional<Attempt> RepetitionCounter::Finish() {
  std::optional<Attempt> attempt;
  if (hold_) {
    attempt = Accept(hold_->Finish());
  } else if (stage_ == Stage::kBack && peak_ - low_ > kFinished * (peak_ - valley_)) {
    attempt = EndRepetition();
  }
  Break();
  return attempt;
}

}  // namespace trackfit::repetitions
