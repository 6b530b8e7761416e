#include "reference/reference.h"

namespace trackfit::reference {

std::vector<std::array<float, kAngleCount>> Reference::Angles() const {
  std::vector<std::array<float, kAngleCount>> angles;
  for (const Figure& phase : phases) angles.push_back(phase.Angles());
  return angles;
}

}  // namespace trackfit::reference
