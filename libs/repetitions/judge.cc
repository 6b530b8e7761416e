#include "repetitions/judge.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "skeleton/percentile.h"

namespace trackfit::repetitions {
namespace {

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
// Breadth per torso length from which on the front or the back is seen (shoulders turned away by less than
// about 40 degrees), and up to which the side is (by more than about 65).
constexpr float kFrontBreadth = 0.58F;
constexpr float kSideBreadth = 0.33F;
// Joints must be seen in this share of a moment's frames.
constexpr float kLeastShare = 0.4F;
// At rest the phase differs by less than this share of the range from where the repetition begins or ends.
constexpr float kRestBand = 0.15F;

struct Sample {
  size_t frame = 0;
  float value = 0;
};
struct Span {
  size_t first = 0;
  size_t last = 0;
};

bool AtRest(const Attempt& attempt, size_t frame, size_t end) {
  return std::abs(attempt.phase[frame] - attempt.phase[end]) <= kRestBand * attempt.range;
}

// Frames up to the beginning in which the phase is as it is there: of somebody who does not pause, the frames
// before those belong to the repetition before.
Span RestBefore(const Attempt& attempt) {
  size_t first = attempt.begin;
  while (first > 0 && AtRest(attempt, first - 1, attempt.begin)) --first;
  return {first, attempt.begin};
}
Span RestAfter(const Attempt& attempt) {
  const size_t first = std::max(attempt.end, attempt.begin + 1);
  size_t last = first;
  while (last + 1 < attempt.frames.size() && AtRest(attempt, last + 1, attempt.end)) ++last;
  return {first, last};
}

std::vector<Span> SpansOf(Moment moment, const Attempt& attempt) {
  switch (moment) {
    case Moment::kRest:
      return {RestBefore(attempt), RestAfter(attempt)};
    case Moment::kTurn:
      return {{attempt.turn_begin, attempt.turn_end}};
    case Moment::kLowering:
      return {{attempt.begin, attempt.turn_begin}};
    case Moment::kLifting:
      return {{attempt.turn_end, attempt.end}};
    case Moment::kThroughout:
      return {{attempt.begin, attempt.end}};
  }
  return {};
}

// Empty when too few frames show it.
std::vector<Sample> SamplesOf(const Measure& measure, const std::vector<Span>& spans,
                              const Attempt& attempt) {
  std::vector<Sample> samples;
  size_t frames = 0;
  for (const Span& span : spans) {
    for (size_t frame = span.first; frame <= span.last && frame < attempt.frames.size(); ++frame) {
      ++frames;
      const float value = measure.Of(attempt.frames[frame]);
      if (std::isfinite(value)) samples.push_back({frame, value});
    }
  }
  if (static_cast<float>(samples.size()) < kLeastShare * static_cast<float>(frames)) samples.clear();
  return samples;
}

float MeanOf(const std::vector<Sample>& samples) {
  if (samples.empty()) return kUnknown;
  return std::accumulate(samples.begin(), samples.end(), 0.0F,
                         [](float sum, const Sample& sample) { return sum + sample.value; }) /
         static_cast<float>(samples.size());
}

float Percentile(const std::vector<Sample>& samples, float share) {
  if (samples.empty()) return kUnknown;
  std::vector<float> values;
  values.reserve(samples.size());
  for (const Sample& sample : samples) values.push_back(sample.value);
  std::ranges::sort(values);
  return skeleton::Percentile(std::span<const float>(values), share);
}
float LeastOf(const std::vector<Sample>& samples) { return Percentile(samples, 0.1F); }
float MostOf(const std::vector<Sample>& samples) { return Percentile(samples, 0.9F); }

// Of a whole repetition the change is that to its turning point.
Moment MomentOfChange(const Quantity& quantity) {
  return quantity.moment == Moment::kThroughout ? Moment::kTurn : quantity.moment;
}

float Before(const Measure& measure, const Attempt& attempt) {
  return MeanOf(SamplesOf(measure, {RestBefore(attempt)}, attempt));
}

// The frame to show: the one in which the measure is farthest towards the limit that counts.
size_t WorstFrame(const Quantity& quantity, const Range& good, float measured, const Measure& measure,
                  const Attempt& attempt) {
  const Moment moment = quantity.statistic == Statistic::kChange ? MomentOfChange(quantity) : quantity.moment;
  const std::vector<Sample> samples = SamplesOf(measure, SpansOf(moment, attempt), attempt);
  if (samples.empty()) return attempt.turn_begin;
  bool high = good.high - measured < measured - good.low;  // the nearer limit, or the one that it is beyond
  if (quantity.statistic == Statistic::kFall) high = !high;
  return high ? std::ranges::max_element(samples, {}, &Sample::value)->frame
              : std::ranges::min_element(samples, {}, &Sample::value)->frame;
}

struct Judgement {
  Finding finding;
  float off = 0;
};

Judgement JudgeCondition(const Condition& condition, View view, const Exercise& exercise,
                         const Attempt& attempt, const Targets& targets) {
  const Criterion* criterion = condition.In(view);
  const Criterion& told = criterion != nullptr ? *criterion : condition;
  const auto target = targets.find(condition.code);
  const Range good = target != targets.end() ? target->second : told.good;
  const Measure& measure = exercise.measures[static_cast<size_t>(told.quantity.measure)];
  Judgement judgement;
  Finding& finding = judgement.finding;
  finding.code = condition.code;
  finding.good_low = good.low;
  finding.good_high = good.high;
  finding.unit = measure.unit();
  finding.joints = condition.joints;
  finding.sequence = attempt.frames[attempt.turn_begin].sequence;
  const float measured = criterion != nullptr ? Evaluate(criterion->quantity, exercise, attempt) : kUnknown;
  if (!std::isfinite(measured)) return judgement;
  const float off = OffBy(good, told.slightly, measured);
  finding.level = LevelOf(told, off);
  if (finding.level == FindingLevel::kNotJudged) return judgement;
  judgement.off = off;
  finding.measured = measured;
  finding.sequence = attempt.frames[WorstFrame(told.quantity, good, measured, measure, attempt)].sequence;
  return judgement;
}

bool IsOfArms(const Measure& measure) {
  return std::ranges::any_of(measure.places, [](const Place& place) {
    return place.left >= skeleton::kLeftElbow && place.left <= skeleton::kRightThumb;
  });
}

// The middle of a pair of joints, smoothed over `kSmooth` frames on both sides: jitter is no way.
std::vector<Point> WayOf(int left, int right, const Attempt& attempt) {
  constexpr size_t kSmooth = 2;
  std::vector<Point> seen;
  for (size_t frame = attempt.begin; frame <= attempt.end; ++frame) {
    const Body& body = attempt.frames[frame];
    if (std::min(body.visibility[left], body.visibility[right]) < kSeen) continue;
    const Point& a = body.joints[left];
    const Point& b = body.joints[right];
    seen.push_back({(a.x + b.x) / 2, (a.y + b.y) / 2, 0});
  }
  const size_t frames = attempt.end - attempt.begin + 1;
  if (static_cast<float>(seen.size()) < kLeastShare * static_cast<float>(frames)) return {};
  std::vector<Point> way;
  for (size_t i = 0; i < seen.size(); ++i) {
    const size_t first = i < kSmooth ? 0 : i - kSmooth;
    const size_t last = std::min(i + kSmooth, seen.size() - 1);
    Point mean;
    for (size_t k = first; k <= last; ++k) {
      mean.x += seen[k].x;
      mean.y += seen[k].y;
    }
    const auto count = static_cast<float>(last - first + 1);
    way.push_back({mean.x / count, mean.y / count, 0});
  }
  return way;
}

float Between(const Point& a, const Point& b) { return std::hypot(a.x - b.x, a.y - b.y); }

// Length of the way there and back per twice the distance to its farthest point; 0 when it goes nowhere.
float PathRatio(const std::vector<Point>& way) {
  constexpr float kNowhere = 0.15F;  // torso lengths
  if (way.empty()) return 0;
  float length = 0;
  size_t farthest = 0;
  for (size_t i = 0; i < way.size(); ++i) {
    if (i > 0) length += Between(way[i - 1], way[i]);
    if (Between(way[0], way[i]) > Between(way[0], way[farthest])) farthest = i;
  }
  const float shortest = Between(way.front(), way[farthest]) + Between(way[farthest], way.back());
  return shortest < kNowhere ? 0 : std::max(1.0F, length / shortest);
}

// Of hands, or of hips where the exercise is one of the legs or the hands stay where they are.
float PathRatioOf(const Exercise& exercise, const Attempt& attempt) {
  const bool arms = std::ranges::any_of(exercise.drivers, [&](const Driver& driver) {
    return IsOfArms(exercise.measures[static_cast<size_t>(driver.measure)]);
  });
  if (arms) {
    const float hands = PathRatio(WayOf(skeleton::kLeftWrist, skeleton::kRightWrist, attempt));
    if (hands > 0) return hands;
  }
  return PathRatio(WayOf(skeleton::kLeftHip, skeleton::kRightHip, attempt));
}

// 90th percentile of how far the middle of shoulders and hips is aside of its mean.
float SwayOf(const Attempt& attempt) {
  std::vector<Sample> aside;
  for (size_t frame = attempt.begin; frame <= attempt.end; ++frame) {
    const Body& body = attempt.frames[frame];
    float sum = 0;
    bool seen = true;
    for (const int joint :
         {skeleton::kLeftShoulder, skeleton::kRightShoulder, skeleton::kLeftHip, skeleton::kRightHip}) {
      seen &= body.visibility[joint] >= kSeen;
      sum += body.joints[joint].x;
    }
    if (seen) aside.push_back({frame, sum / 4});
  }
  if (aside.empty()) return 0;
  const float mean = MeanOf(aside);
  for (Sample& sample : aside) sample.value = std::abs(sample.value - mean);
  return MostOf(aside);
}

// Full ranges per second, over about 0.13 s.
float PeakSpeedOf(const Attempt& attempt) {
  constexpr size_t kStep = 4;
  float peak = 0;
  for (size_t frame = attempt.begin; frame + kStep <= attempt.end; ++frame) {
    const float moved = std::abs(attempt.phase[frame + kStep] - attempt.phase[frame]);
    const auto us =
        static_cast<float>(attempt.frames[frame + kStep].timestamp_us - attempt.frames[frame].timestamp_us);
    if (std::isfinite(moved) && us > 0) peak = std::max(peak, moved * 1e6F / us);
  }
  return peak;
}

void MeasureDriver(const Exercise& exercise, const Attempt& attempt, Repetition& repetition) {
  if (exercise.drivers.empty()) return;
  Measure measure = exercise.measures[static_cast<size_t>(exercise.drivers.front().measure)];
  if (measure.unit() != "degrees") return;
  const float rest = MeanOf(SamplesOf(measure, SpansOf(Moment::kRest, attempt), attempt));
  const std::vector<Span> turn = SpansOf(Moment::kTurn, attempt);
  const float turned = MeanOf(SamplesOf(measure, turn, attempt));
  if (std::isfinite(rest) && std::isfinite(turned)) repetition.range_degrees = std::abs(turned - rest);
  if (!std::ranges::any_of(measure.places, &Place::sided)) return;
  measure.sides = Sides::kDifference;
  const float difference = MeanOf(SamplesOf(measure, turn, attempt));
  if (std::isfinite(difference)) repetition.left_right_degrees = difference;
}

}  // namespace

float Evaluate(const Quantity& quantity, const Exercise& exercise, const Attempt& attempt) {
  const Measure& measure = exercise.measures[static_cast<size_t>(quantity.measure)];
  const auto samples = [&](Moment moment) { return SamplesOf(measure, SpansOf(moment, attempt), attempt); };
  switch (quantity.statistic) {
    case Statistic::kMean:
      return MeanOf(samples(quantity.moment));
    case Statistic::kLeast:
      return LeastOf(samples(quantity.moment));
    case Statistic::kMost:
      return MostOf(samples(quantity.moment));
    case Statistic::kRange: {
      const std::vector<Sample> all = samples(quantity.moment);
      return MostOf(all) - LeastOf(all);
    }
    case Statistic::kChange:
      return MeanOf(samples(MomentOfChange(quantity))) - MeanOf(samples(Moment::kRest));
    case Statistic::kRise:
      return MostOf(samples(quantity.moment)) - Before(measure, attempt);
    case Statistic::kFall:
      return Before(measure, attempt) - LeastOf(samples(quantity.moment));
  }
  return kUnknown;
}

float OffBy(const Range& good, float slightly, float measured) {
  const float excess = good.Excess(measured);
  if (excess <= 0) return 0;
  return slightly > 0 ? excess / slightly : 2;
}

FindingLevel LevelOf(const Criterion& criterion, float off) {
  if (off <= 0) return FindingLevel::kGood;
  if (off > 1) return FindingLevel::kClearly;
  return criterion.doubtful ? FindingLevel::kNotJudged : FindingLevel::kSlightly;
}

View ViewOf(const Attempt& attempt) {
  float breadth = 0;
  for (size_t frame = attempt.begin; frame <= attempt.end; ++frame) breadth += attempt.frames[frame].breadth;
  breadth /= static_cast<float>(attempt.end - attempt.begin + 1);
  return breadth >= kFrontBreadth ? View::kFront : breadth > kSideBreadth ? View::kDiagonal : View::kSide;
}

Repetition Judge(const Exercise& exercise, const Attempt& attempt, const Targets& targets) {
  Repetition repetition;
  repetition.exercise = exercise.name;
  const auto at = [&](size_t frame) { return attempt.frames[frame].timestamp_us; };
  repetition.first_sequence = attempt.frames[attempt.begin].sequence;
  repetition.last_sequence = attempt.frames[attempt.end].sequence;
  repetition.start_us = at(attempt.begin);
  repetition.end_us = at(attempt.end);
  if (exercise.held) {
    repetition.held_us = repetition.end_us - repetition.start_us;
  } else {
    repetition.lowering_us = at(attempt.turn_begin) - at(attempt.begin);
    repetition.pause_us = at(attempt.turn_end) - at(attempt.turn_begin);
    repetition.lifting_us = at(attempt.end) - at(attempt.turn_end);
  }
  repetition.range_of_motion = attempt.range;
  repetition.complete = attempt.range >= exercise.complete_range;
  repetition.peak_speed = PeakSpeedOf(attempt);
  repetition.path_ratio = PathRatioOf(exercise, attempt);
  repetition.sway = SwayOf(attempt);
  MeasureDriver(exercise, attempt, repetition);

  // A point of importance costs 6 of 100 at the limit between slightly and clearly, and up to 12 beyond it.
  constexpr float kCost = 6, kMostOff = 2;
  const View view = ViewOf(attempt);
  bool clearly = false;
  float cost = 0;
  for (const Condition& condition : exercise.conditions) {
    Judgement judgement = JudgeCondition(condition, view, exercise, attempt, targets);
    clearly |= judgement.finding.level == FindingLevel::kClearly;
    cost += kCost * static_cast<float>(condition.importance) * std::min(judgement.off, kMostOff);
    repetition.findings.push_back(std::move(judgement.finding));
  }
  repetition.correct = repetition.complete && !clearly;
  // A repetition that does not count is not good, however well it is done.
  constexpr float kPartial = 0.6F;
  const float share = repetition.complete ? 1 : kPartial * attempt.range / exercise.complete_range;
  repetition.score = std::max(0.0F, 100 - cost) * std::clamp(share, 0.0F, 1.0F);
  return repetition;
}

}  // namespace trackfit::repetitions
