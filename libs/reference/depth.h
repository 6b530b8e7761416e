// Corrects the depth of a filmed movement by what is known of bodies.
#ifndef TRACKFIT_REFERENCE_DEPTH_H_
#define TRACKFIT_REFERENCE_DEPTH_H_

#include <vector>

#include "reference/figure.h"

namespace trackfit::reference {

// A camera tells depth badly: that of a clip is stretched, tilted, and off by something else for each joint.
// But segments keep their lengths while they move, left and right are as long, and people are built alike
// (Drillis and Contini 1966). Finds the stretch, the tilt and the joints' offsets that make it so with the
// least correction (Levenberg-Marquardt), and applies them. Phases of one movement, from one camera.
void CorrectDepth(std::vector<Figure>& phases);

}  // namespace trackfit::reference

#endif  // TRACKFIT_REFERENCE_DEPTH_H_
