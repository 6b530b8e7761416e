// From where a movement is seen: the turn and the size in which a reference looks most like it.
#ifndef TRACKFIT_REFERENCE_VIEW_H_
#define TRACKFIT_REFERENCE_VIEW_H_

#include <span>

#include "reference/figure.h"

namespace trackfit::reference {

// Turns a reference about the vertical, then about the picture's x axis, and scales it. A camera that is not
// where the reference's was sees the same movement otherwise; the skeleton's places in the picture are known
// well, its depth is not, so the reference's depth turns with it and the depth of what is compared hardly
// counts.
struct View {
  float yaw = 0;    // radians
  float pitch = 0;  // radians
  float scale = 1;

  Vector Seen(const Vector& of_reference) const;
};

// The view in which `reference` looks most like `seen`, moment by moment (as many of both). Least squares
// over the places of the nodes that both show, each moment from the middle of its nodes.
View FitView(std::span<const Figure* const> reference, std::span<const Figure* const> seen);

}  // namespace trackfit::reference

#endif  // TRACKFIT_REFERENCE_VIEW_H_
