// Internal: who moves and how, as an exercise's posture function needs it.
#ifndef TRACKFIT_SYNTHESIS_PERFORMER_H_
#define TRACKFIT_SYNTHESIS_PERFORMER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "synthesis/body.h"
#include "synthesis/random.h"

namespace trackfit::synthesis {

// A point in time of a performance.
struct Moment {
  double phase = 0;  // 0 = start position, 1 = turning point; may exceed 1 a little
  double cycle = 0;  // repetitions done, with fraction
  double time = 0;   // seconds
};

// One person's habits, fault and restlessness, all drawn from one seed.
class Performer {
 public:
  struct Habits {
    uint64_t seed = 1;
    std::string fault;
    double fault_strength = 0;
    double style_variation = 1;
    double sway = 1;
  };

  Performer(const Body& body, const Habits& habits) : body_(body), habits_(habits), random_(habits.seed) {}

  const Body& body() const { return body_; }

  // A habit: constant over the clip, within [low, high], near the middle when style varies little.
  double Style(std::string_view name, double low, double high) const;
  // A habit in degrees, returned in radians.
  double StyleAngle(std::string_view name, double low, double high) const {
    return Radians(Style(name, low, high));
  }
  // Whether this person does it so; always false without style variation.
  bool Chance(std::string_view name, double probability) const;

  // From now on only this share of the fault is committed.
  void ScaleFault(double share) { fault_share_ = share; }

  // How strongly the fault is committed: 0 when it is not, about 1 when it is.
  double Fault(std::string_view name) const;

  // Slow, smooth restlessness of about `amplitude` (one standard deviation).
  double Sway(std::string_view name, double amplitude, const Moment& moment) const;
  // Fast small tremor, as of muscles under load.
  double Tremor(std::string_view name, double amplitude, const Moment& moment) const;

 private:
  double Waves(std::string_view name, double lowest_hz, double highest_hz, double time) const;

  const Body& body_;
  Habits habits_;
  double fault_share_ = 1;
  NamedRandom random_;
};

}  // namespace trackfit::synthesis

#endif  // TRACKFIT_SYNTHESIS_PERFORMER_H_
