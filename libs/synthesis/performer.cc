#include "synthesis/performer.h"

#include <numbers>

namespace trackfit::synthesis {

double Performer::Style(std::string_view name, double low, double high) const {
  return (low + high) / 2 + (random_.Uniform(name) - 0.5) * (high - low) * habits_.style_variation;
}

bool Performer::Chance(std::string_view name, double probability) const {
  return random_.Uniform(name) < probability * habits_.style_variation;
}

double Performer::Fault(std::string_view name) const {
  if (name != habits_.fault) return 0;
  return fault_share_ * habits_.fault_strength *
         (1 + 0.15 * habits_.style_variation * (2 * random_.Uniform(name) - 1));
}

double Performer::Sway(std::string_view name, double amplitude, const Moment& moment) const {
  if (habits_.sway == 0) return 0;
  return habits_.sway * amplitude * Waves(name, 0.1, 0.7, moment.time);
}

double Performer::Tremor(std::string_view name, double amplitude, const Moment& moment) const {
  if (habits_.sway == 0) return 0;
  return habits_.sway * amplitude * Waves(name, 2, 6, moment.time);
}

double Performer::Waves(std::string_view name, double lowest_hz, double highest_hz, double time) const {
  constexpr int kWaves = 3;
  double sum = 0;
  for (int i = 0; i < kWaves; ++i) {
    const double hz = random_.Uniform(name, lowest_hz, highest_hz, 2 * i + 1);
    const double start = random_.Uniform(name, 0, 2 * std::numbers::pi, 2 * i + 2);
    sum += std::sin(2 * std::numbers::pi * hz * time + start);
  }
  return sum * std::sqrt(2.0 / kWaves);
}

}  // namespace trackfit::synthesis
