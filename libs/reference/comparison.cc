#include "reference/comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "reference/alignment.h"
#include "reference/view.h"

namespace trackfit::reference {
namespace {

constexpr float kDegree = std::numbers::pi_v<float> / 180;

struct Segment {
  Node from, to;
  Part part;
};
// Left and right alternate.
constexpr int kSegmentCount = 10;
constexpr std::array<Segment, kSegmentCount> kSegments = {{{kLeftShoulder, kLeftElbow, Part::kArms},
                                                           {kRightShoulder, kRightElbow, Part::kArms},
                                                           {kLeftElbow, kLeftWrist, Part::kArms},
                                                           {kRightElbow, kRightWrist, Part::kArms},
                                                           {kLeftHip, kLeftShoulder, Part::kTrunk},
                                                           {kRightHip, kRightShoulder, Part::kTrunk},
                                                           {kLeftHip, kLeftKnee, Part::kLegs},
                                                           {kRightHip, kRightKnee, Part::kLegs},
                                                           {kLeftKnee, kLeftAnkle, Part::kLegs},
                                                           {kRightKnee, kRightAnkle, Part::kLegs}}};
constexpr int kTrunkSegment = 4;

// Of the elbows, shoulders, hips and knees.
constexpr std::array<Part, kHingeCount / 2> kPartOfHinge = {Part::kArms, Part::kArms, Part::kTrunk,
                                                            Part::kLegs};

// Frames of a repetition below which its course is not known.
constexpr size_t kLeastFrames = 6;
// How far a moment may be from where its phase says, in phases.
constexpr int kBand = 10;
// Every so many pairs of moments tell the view.
constexpr size_t kViewStep = 4;
// A part is compared where so much of it is seen of both, all of it = 1.
constexpr float kLeastSeen = 0.2F;
// What BlazePose errs by, degrees of a segment: no difference.
constexpr float kNoise = 4;
// What the places of a segment's joints are off by throughout a clip, segment lengths: limbs more than the
// trunk.
constexpr std::array<float, kPartCount> kPlaceError = {0.12F, 0.06F, 0.12F};
// How much a part that does not matter to the exercise tells of the view and the alignment.
constexpr float kAside = 0.1F;
// Up to this difference, degrees, nobody need look at the mirror image; it must fit better by this factor.
constexpr float kLikeEnough = 6;
constexpr float kClearlyBetter = 0.9F;
// Of a segment that is not seen, degrees: what it may differ by.
constexpr float kUnseen = 20;
// The difference at which a part's similarity is one half, degrees: trunks differ less between people than
// limbs.
constexpr std::array<float, kPartCount> kHalf = {30, 20, 25};
// Lengths of people's segments differ from the reference's by so much at most.
constexpr float kMostStretch = 1.3F;
// How much an angle in the picture changes with that in space: below it, it hardly shows; and what damps the
// estimate of the angle in space where it shows badly.
constexpr float kLeastShown = 0.4F;
constexpr float kDamping = 0.1F;
// What an angle is off by throughout, for the places of its joints, degrees.
constexpr float kAngleError = 8;

float Square(float x) { return x * x; }
float Flat(const Vector& v) { return std::hypot(v.x, v.y); }

// Where the nodes are seen to be connected: in the picture, in units of the segment's true length.
struct Outline {
  std::array<Vector, kSegmentCount> segments{};
  std::array<float, kSegmentCount> seen{};
};

// A reference as it is seen from where the attempt is.
struct Seen {
  std::array<float, kSegmentCount> lengths{};  // of its segments in space, as it is seen; means
  std::vector<Figure> figures;
  std::vector<Outline> outlines;
};

Vector Along(const Figure& figure, const Segment& segment) {
  return figure.nodes[segment.to] - figure.nodes[segment.from];
}

Seen SeenFrom(const View& view, const std::vector<Figure>& phases) {
  Seen seen;
  std::array<float, kSegmentCount> weights{};
  for (const Figure& phase : phases) {
    Figure figure = phase;
    for (Vector& node : figure.nodes) node = view.Seen(node);
    Outline outline;
    for (int s = 0; s < kSegmentCount; ++s) {
      outline.segments[s] = Along(figure, kSegments[s]);
      outline.seen[s] = std::min(figure.seen[kSegments[s].from], figure.seen[kSegments[s].to]);
      seen.lengths[s] += outline.seen[s] * Length(outline.segments[s]);
      weights[s] += outline.seen[s];
    }
    seen.figures.push_back(figure);
    seen.outlines.push_back(outline);
  }
  for (int s = 0; s < kSegmentCount; ++s) {
    seen.lengths[s] = std::max(seen.lengths[s] / std::max(weights[s], 1e-3F), 1e-3F);
    for (Outline& outline : seen.outlines) outline.segments[s] = outline.segments[s] * (1 / seen.lengths[s]);
  }
  return seen;
}

// The attempt's segments in units of this person's: the reference's, stretched by what fits best over the
// repetition.
std::vector<Outline> OutlinesOf(const std::vector<Figure>& figures, const Seen& reference,
                                const std::vector<Pair>& path) {
  std::array<float, kSegmentCount / 2> stretch{};
  for (int pair = 0; pair < kSegmentCount / 2; ++pair) {
    float both = 1e-6F, square = 1e-6F;
    for (const Pair& cell : path) {
      for (int s = 2 * pair; s < 2 * pair + 2; ++s) {
        const float length = Flat(Along(reference.figures[cell.row], kSegments[s]));
        const float weight =
            reference.outlines[cell.row].seen[s] * std::min(figures[cell.column].seen[kSegments[s].from],
                                                            figures[cell.column].seen[kSegments[s].to]);
        both += weight * length * Flat(Along(figures[cell.column], kSegments[s]));
        square += weight * length * length;
      }
    }
    stretch[pair] = std::clamp(both / square, 1 / kMostStretch, kMostStretch);
  }
  std::vector<Outline> outlines;
  for (const Figure& figure : figures) {
    Outline outline;
    for (int s = 0; s < kSegmentCount; ++s) {
      outline.segments[s] = Along(figure, kSegments[s]) * (1 / (reference.lengths[s] * stretch[s / 2]));
      outline.seen[s] = std::min(figure.seen[kSegments[s].from], figure.seen[kSegments[s].to]);
    }
    outlines.push_back(outline);
  }
  return outlines;
}

// Degrees in the picture between two segments of a hinge, 180 = straight.
float FlatAngle(const Vector& a, const Vector& b) {
  return std::abs(std::atan2(a.x * b.y - a.y * b.x, a.x * b.x + a.y * b.y)) / kDegree;
}

float HingeSeen(const Figure& figure, const Hinge& hinge) {
  return std::min({figure.seen[hinge.from], figure.seen[hinge.at], figure.seen[hinge.to]});
}

float SegmentDegrees(const Vector& a, const Vector& b) {
  return 2 * std::asin(std::min(1.0F, Flat(a - b) / 2)) / kDegree;
}

// Of two moments: mean square of the segments' differences and of the angles', degrees^2. Angles between
// segments that point at the camera count little.
float Cost(const Figure& reference, const Outline& reference_outline, const Figure& figure,
           const Outline& outline) {
  float cost = 0, weights = 0;
  for (int s = 0; s < kSegmentCount; ++s) {
    const float weight = outline.seen[s] * reference_outline.seen[s];
    cost += weight * Square(SegmentDegrees(outline.segments[s], reference_outline.segments[s]));
    weights += weight;
  }
  for (const Hinge& hinge : kHinges) {
    const Vector a = reference.nodes[hinge.from] - reference.nodes[hinge.at],
                 b = reference.nodes[hinge.to] - reference.nodes[hinge.at],
                 c = figure.nodes[hinge.from] - figure.nodes[hinge.at],
                 d = figure.nodes[hinge.to] - figure.nodes[hinge.at];
    const float shown = std::min(Flat(a) / std::max(Length(a), 1e-3F), Flat(b) / std::max(Length(b), 1e-3F));
    const float weight = shown * shown * HingeSeen(reference, hinge) * HingeSeen(figure, hinge);
    cost += weight * Square(FlatAngle(a, b) - FlatAngle(c, d));
    weights += weight;
  }
  return cost / std::max(weights, 1e-3F);
}

struct Alignment {
  Seen reference;
  std::vector<Outline> outlines;
  std::vector<Pair> path;
  View view;
  float cost = 0;  // mean square difference of the segments, degrees^2
};

View ViewOfPath(const std::vector<Figure>& phases, const std::vector<Figure>& figures,
                const std::vector<Pair>& path) {
  std::vector<const Figure*> of_reference, of_attempt;
  for (size_t i = 0; i < path.size(); i += kViewStep) {
    of_reference.push_back(&phases[path[i].row]);
    of_attempt.push_back(&figures[path[i].column]);
  }
  return FitView(of_reference, of_attempt);
}

bool Matters(Part part, const std::vector<Part>& parts) {
  return std::find(parts.begin(), parts.end(), part) != parts.end();
}

// Whatever way arms and legs that do not matter are held, they lead nothing astray.
std::vector<Figure> Guide(std::vector<Figure> phases, const std::vector<Part>& parts) {
  for (Figure& phase : phases) {
    if (!Matters(Part::kArms, parts))
      for (int node = kLeftElbow; node <= kRightWrist; ++node) phase.seen[node] *= kAside;
    if (!Matters(Part::kLegs, parts))
      for (int node = kLeftKnee; node <= kRightAnkle; ++node) phase.seen[node] *= kAside;
  }
  return phases;
}

Alignment AlignTo(const std::vector<Figure>& phases, const std::vector<Part>& parts,
                  const std::vector<Figure>& figures) {
  Alignment alignment;
  const std::vector<Figure> guide = Guide(phases, parts);
  for (int i = 0; i < kPhases; ++i) alignment.path.push_back({i, i});
  for (int turn = 0; turn < 2; ++turn) {
    alignment.view = ViewOfPath(guide, figures, alignment.path);
    alignment.reference = SeenFrom(alignment.view, guide);
    alignment.outlines = OutlinesOf(figures, alignment.reference, alignment.path);
    const auto cost = [&](int row, int column) {
      return Cost(alignment.reference.figures[row], alignment.reference.outlines[row], figures[column],
                  alignment.outlines[column]);
    };
    alignment.path = Align(kPhases, kPhases, kBand, cost);
  }
  alignment.reference = SeenFrom(alignment.view, phases);
  alignment.outlines = OutlinesOf(figures, alignment.reference, alignment.path);
  for (const Pair& cell : alignment.path) {
    const Outline& reference = alignment.reference.outlines[cell.row];
    const Outline& outline = alignment.outlines[cell.column];
    for (int s = 0; s < kSegmentCount; ++s) {
      if (!Matters(kSegments[s].part, parts)) continue;
      const float weight = outline.seen[s] * reference.seen[s];
      alignment.cost += weight * Square(SegmentDegrees(outline.segments[s], reference.segments[s])) +
                        (1 - weight) * Square(kUnseen);
    }
  }
  alignment.cost /= static_cast<float>(alignment.path.size() * kSegmentCount);
  return alignment;
}

// The turn about the hips' axis that takes the reference's trunk nearest to the attempt's, as far as the
// picture shows.
float TrunkTurn(const Figure& reference, const Outline& of_reference, const Outline& outline, Vector& axis) {
  axis = (reference.nodes[kRightHip] - reference.nodes[kLeftHip]) +
         (reference.nodes[kRightShoulder] - reference.nodes[kLeftShoulder]);
  axis = axis * (1 / std::max(Length(axis), 1e-3F));
  float both = 0, square = 0.1F;
  for (int s = kTrunkSegment; s < kTrunkSegment + 2; ++s) {
    const float weight = outline.seen[s] * of_reference.seen[s];
    const Vector change = Cross(axis, of_reference.segments[s]);
    const Vector left = outline.segments[s] - of_reference.segments[s];
    both += weight * (change.x * left.x + change.y * left.y);
    square += weight * (change.x * change.x + change.y * change.y);
  }
  return std::clamp(both / square, -1.0F, 1.0F);
}

// Mean square difference of a part's segments over the repetition, less what noise does; degrees^2.
struct PartError {
  float square = 0;
  float seen = 0;  // share of the part that was compared
};

// The squares of one part, with its segments as they are or as they are to the trunk.
class Differences {
 public:
  Differences(const Alignment& alignment, Part part, bool to_trunk, float depth_error)
      : alignment_(alignment), part_(part), to_trunk_(to_trunk) {
    if (to_trunk) {
      for (const Pair& cell : alignment.path) turns_.push_back(TurnOf(cell));
    }
    for (int s = 0; s < kSegmentCount; ++s) {
      if (kSegments[s].part == part) offsets_[s] = OffsetOf(s, depth_error);
    }
  }

  // Of the trunk that of the side that fits better: both sides are one body and lean alike, so what they
  // differ by is the place of a shoulder or hip that the body hides, which BlazePose reports as seen.
  PartError Sum() const {
    if (part_ != Part::kTrunk) return SumOf(0, 1);
    const PartError left = SumOf(0, 2), right = SumOf(1, 2);
    if (left.seen < kLeastSeen) return right;
    if (right.seen < kLeastSeen) return left;
    return left.square < right.square ? left : right;
  }

 private:
  // Of every `step`th segment from `first` on.
  PartError SumOf(int first, int step) const {
    float square = 0, weights = 0, most = 0;
    for (size_t i = 0; i < alignment_.path.size(); ++i) {
      for (int s = first; s < kSegmentCount; s += step) {
        if (kSegments[s].part != part_) continue;
        const float weight = WeightOf(i, s);
        square += weight * Square(Degrees(DifferenceOf(i, s) - offsets_[s]));
        weights += weight;
        most += 1;
      }
    }
    return {std::max(0.0F, square / std::max(weights, 1e-3F) - Square(kNoise)), weights / most};
  }

  struct Turn {
    Vector axis;
    float angle = 0;
  };

  static float Degrees(const Vector& difference) {
    return 2 * std::asin(std::min(1.0F, Flat(difference) / 2)) / kDegree;
  }
  Turn TurnOf(const Pair& cell) const {
    Turn turn;
    turn.angle = TrunkTurn(alignment_.reference.figures[cell.row], alignment_.reference.outlines[cell.row],
                           alignment_.outlines[cell.column], turn.axis);
    return turn;
  }
  float WeightOf(size_t i, int s) const {
    const Pair& cell = alignment_.path[i];
    return alignment_.outlines[cell.column].seen[s] * alignment_.reference.outlines[cell.row].seen[s];
  }
  Vector DifferenceOf(size_t i, int s) const {
    const Pair& cell = alignment_.path[i];
    Vector of_reference = alignment_.reference.outlines[cell.row].segments[s];
    if (to_trunk_) of_reference = Turned(of_reference, turns_[i].axis, turns_[i].angle);
    return alignment_.outlines[cell.column].segments[s] - of_reference;
  }
  // What a segment is off by all the time, as far as the places of its joints in the picture, and the
  // reference's depth where the camera is elsewhere, may be wrong by as much.
  Vector OffsetOf(int s, float depth_error) const {
    Vector sum;
    float weights = 1e-3F;
    for (size_t i = 0; i < alignment_.path.size(); ++i) {
      const float weight = WeightOf(i, s);
      sum = sum + DifferenceOf(i, s) * weight;
      weights += weight;
    }
    const float length = alignment_.reference.lengths[s] / alignment_.view.scale;
    const float place = kPlaceError[static_cast<int>(part_)];
    const float depth = depth_error / std::max(length, 0.1F);
    const float across = place + depth * std::abs(std::sin(alignment_.view.yaw));
    const float along = place + depth * std::abs(std::sin(alignment_.view.pitch));
    sum.x = std::clamp(sum.x / weights, -across, across);
    sum.y = std::clamp(sum.y / weights, -along, along);
    return sum;
  }

  const Alignment& alignment_;
  const Part part_;
  const bool to_trunk_;
  std::vector<Turn> turns_;
  std::array<Vector, kSegmentCount> offsets_{};
};

std::array<PartError, kPartCount> PartErrors(const Alignment& alignment, float depth_error) {
  std::array<PartError, kPartCount> errors;
  for (int part = 0; part < kPartCount; ++part)
    errors[part] = Differences(alignment, static_cast<Part>(part), false, depth_error).Sum();
  // Arms as they are or as they are to the trunk: they are not at fault for a trunk that leans.
  const PartError arms = Differences(alignment, Part::kArms, true, depth_error).Sum();
  errors[0].square = std::min(errors[0].square, arms.square);
  return errors;
}

// How many degrees each hinge is straighter than the reference's, by phase of the reference; NaN where it
// does not show.
using Straighter = std::array<std::array<float, kPhases>, kHingeCount>;

// Axis about which a hinge bends, from its most bent phase; unit.
Vector BendingAxis(const std::vector<Figure>& figures, const Hinge& hinge) {
  Vector most;
  for (const Figure& figure : figures) {
    const Vector a = figure.nodes[hinge.from] - figure.nodes[hinge.at],
                 b = figure.nodes[hinge.to] - figure.nodes[hinge.at];
    const Vector axis = Cross(a, b) * (1 / std::max(Length(a) * Length(b), 1e-3F));
    if (Length(axis) > Length(most)) most = axis;
  }
  return most * (1 / std::max(Length(most), 1e-3F));
}

Straighter StraighterThan(const Alignment& alignment, const std::vector<Figure>& figures) {
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  constexpr float kStep = 8 * kDegree;
  Straighter straighter;
  for (int h = 0; h < kHingeCount; ++h) {
    const Hinge& hinge = kHinges[h];
    straighter[h].fill(kNaN);
    const Vector usual_axis = BendingAxis(alignment.reference.figures, hinge);
    std::array<float, kPhases> sums{}, weights{};
    for (const Pair& cell : alignment.path) {
      const Figure& reference = alignment.reference.figures[cell.row];
      const Figure& figure = figures[cell.column];
      const float seen = HingeSeen(reference, hinge) * HingeSeen(figure, hinge);
      if (seen < repetitions::kSeen * repetitions::kSeen) continue;
      const Vector a = reference.nodes[hinge.from] - reference.nodes[hinge.at],
                   b = reference.nodes[hinge.to] - reference.nodes[hinge.at];
      Vector axis = Cross(a, b);
      const float bent = Length(axis) / std::max(Length(a) * Length(b), 1e-3F);
      axis = bent > 0.3F ? axis * (1 / Length(axis)) : usual_axis;
      // About `axis` b turns away from a: further bent is the other way.
      const float now = FlatAngle(a, b), further = FlatAngle(a, Turned(b, axis, -kStep));
      const float shown = (now - further) / (kStep / kDegree);
      if (shown < kLeastShown) continue;
      const float difference = FlatAngle(figure.nodes[hinge.from] - figure.nodes[hinge.at],
                                         figure.nodes[hinge.to] - figure.nodes[hinge.at]) -
                               now;
      sums[cell.row] += seen * difference * shown * (1 + kDamping) / (shown * shown + kDamping);
      weights[cell.row] += seen;
    }
    float mean = 0;
    int shown_phases = 0;
    for (int phase = 0; phase < kPhases; ++phase) {
      if (weights[phase] <= 0) continue;
      straighter[h][phase] = sums[phase] / weights[phase];
      mean += straighter[h][phase];
      ++shown_phases;
    }
    mean = std::clamp(mean / static_cast<float>(std::max(shown_phases, 1)), -kAngleError, kAngleError);
    for (float& degrees : straighter[h]) degrees -= mean;  // NaN stays
  }
  return straighter;
}

float PhaseOf(int phase) {
  constexpr int kWay = (kPhases - kTurnPhases) / 2;
  if (phase < kWay) return 0.5F * static_cast<float>(phase) / kWay;
  if (phase < kWay + kTurnPhases) return 0.5F;
  return 0.5F + 0.5F * static_cast<float>(phase + 1 - kWay - kTurnPhases) / kWay;
}

// Of each hinge the largest, beyond what the reference's own repetitions differ by; of these the three
// largest.
std::vector<Deviation> LargestDeviations(const Straighter& straighter, const Reference& reference,
                                         bool mirrored, const Alignment& alignment,
                                         const Performance& performance,
                                         const repetitions::Attempt& attempt) {
  struct Candidate {
    Deviation deviation;
    float excess = 0;
  };
  std::vector<Candidate> candidates;
  for (int h = 0; h < kHingeCount; ++h) {
    if (!Matters(kPartOfHinge[h / 2], reference.parts)) continue;
    std::optional<Candidate> largest;
    for (int phase = 2; phase + 2 < kPhases; ++phase) {
      std::array<float, 5> around;
      std::copy_n(&straighter[h][phase - 2], 5, around.begin());
      if (std::any_of(around.begin(), around.end(), [](float value) { return std::isnan(value); })) continue;
      std::nth_element(around.begin(), around.begin() + 2, around.end());
      const float degrees = around[2];
      const float excess = std::abs(degrees) - reference.spread[phase][mirrored ? h ^ 1 : h];
      if (largest.has_value() && excess <= largest->excess) continue;
      const auto cell = std::find_if(alignment.path.begin(), alignment.path.end(),
                                     [&](const Pair& pair) { return pair.row == phase; });
      largest = {{kJointOfNode[kHinges[h].at], PhaseOf(phase), degrees,
                  attempt.frames[performance.frames[cell->column]].sequence},
                 excess};
    }
    if (largest.has_value()) candidates.push_back(*largest);
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.excess > b.excess; });
  std::vector<Deviation> deviations;
  for (size_t i = 0; i < std::min<size_t>(3, candidates.size()); ++i)
    deviations.push_back(candidates[i].deviation);
  return deviations;
}

}  // namespace

Match Compare(const Reference& reference, const std::string& exercise, const repetitions::Attempt& attempt) {
  Match match;
  match.name = reference.name;
  const auto failed = [&](std::string why) {
    match.failure = std::move(why);
    return match;
  };
  if (exercise != reference.exercise)
    return failed(absl::StrCat("the reference is of ", reference.exercise, ", not of ", exercise));
  if (attempt.end >= attempt.frames.size() || attempt.end < attempt.begin + kLeastFrames)
    return failed("the repetition is too short");
  const auto duration = attempt.frames[attempt.end].timestamp_us - attempt.frames[attempt.begin].timestamp_us;
  match.tempo_ratio = static_cast<float>(duration) / static_cast<float>(reference.duration_us);

  const Performance performance = Perform(attempt);
  bool mirrored = false;
  Alignment alignment = AlignTo(reference.phases, reference.parts, performance.figures);
  if (alignment.cost > Square(kLikeEnough)) {
    std::vector<Figure> mirror;
    for (const Figure& phase : reference.phases) mirror.push_back(Mirrored(phase));
    Alignment other = AlignTo(mirror, reference.parts, performance.figures);
    if (other.cost < kClearlyBetter * alignment.cost) {
      alignment = std::move(other);
      mirrored = true;
    }
  }

  int counted = 0;
  const std::array<PartError, kPartCount> errors = PartErrors(alignment, reference.depth_error);
  for (int part = 0; part < kPartCount; ++part) {
    if (errors[part].seen < kLeastSeen) continue;
    const float similarity = 1 / (1 + errors[part].square / Square(kHalf[part]));
    match.parts.push_back({static_cast<Part>(part), similarity});
    if (!Matters(static_cast<Part>(part), reference.parts)) continue;
    match.similarity += similarity;
    ++counted;
  }
  if (counted == 0) return failed("too few joints are seen");
  match.similarity /= static_cast<float>(counted);
  match.deviations = LargestDeviations(StraighterThan(alignment, performance.figures), reference, mirrored,
                                       alignment, performance, attempt);
  return match;
}

}  // namespace trackfit::reference
