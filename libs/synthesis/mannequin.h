// Internal: the solid figure and its equipment around a set of joints.
#ifndef TRACKFIT_SYNTHESIS_MANNEQUIN_H_
#define TRACKFIT_SYNTHESIS_MANNEQUIN_H_

#include "synthesis/mesh.h"
#include "synthesis/motion.h"
#include "synthesis/renderer.h"

namespace trackfit::synthesis {

void AddMannequin(const Body& body, const Joints& joints, const Appearance& appearance, bool gripping,
                  Mesh& mesh);

// What stands around: it does not move.
void AddFixtures(const Equipment& equipment, const Appearance& appearance, Mesh& mesh);

// What the hands or shoulders carry.
void AddHeldEquipment(const Equipment& equipment, const Body& body, const Joints& joints,
                      const Appearance& appearance, Mesh& mesh);

}  // namespace trackfit::synthesis

#endif  // TRACKFIT_SYNTHESIS_MANNEQUIN_H_
