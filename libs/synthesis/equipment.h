// What stands around the person or is held. Seen in images only.
#ifndef TRACKFIT_SYNTHESIS_EQUIPMENT_H_
#define TRACKFIT_SYNTHESIS_EQUIPMENT_H_

#include <optional>
#include <vector>

#include "synthesis/vec3.h"

namespace trackfit::synthesis {

enum class Material { kSteel, kDarkSteel, kPadding, kRubber };

// An upright cuboid.
struct Box {
  Vec3 centre;
  Vec3 half_size;
  Material material = Material::kPadding;
};

// A round rod with flat or round ends.
struct Rod {
  Vec3 from;
  Vec3 to;
  double radius = 0.015;
  Material material = Material::kSteel;
};

enum class HeldEquipment { kNothing, kBarbell, kCableBar, kDumbbells, kBarbellOnBack };

struct Equipment {
  HeldEquipment held = HeldEquipment::kNothing;
  std::optional<Vec3> cable_anchor{};  // a cable runs from here to the middle of the held bar
  std::vector<Box> boxes{};
  std::vector<Rod> rods{};
};

}  // namespace trackfit::synthesis

#endif  // TRACKFIT_SYNTHESIS_EQUIPMENT_H_
