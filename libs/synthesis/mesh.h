// Internal: triangle meshes of simple solids with smooth normals.
#ifndef TRACKFIT_SYNTHESIS_MESH_H_
#define TRACKFIT_SYNTHESIS_MESH_H_

#include <array>
#include <vector>

#include "synthesis/vec3.h"

namespace trackfit::synthesis {

// Reflectance of red, green and blue in [0, 1], and how glossy the surface is.
struct Paint {
  double red = 0.5, green = 0.5, blue = 0.5;
  double gloss = 0;
};

struct Vertex {
  Vec3 position;
  Vec3 normal;  // unit, outwards
  Paint paint;
};

// One cross-section of a tube: an ellipse around `centre`.
struct Ring {
  Vec3 centre;
  Vec3 across;  // first half-axis, in metres
  Vec3 along;   // second half-axis
  Paint paint;
};

class Mesh {
 public:
  // Skin over consecutive rings, closed at both ends. At least two rings; `sides` >= 3.
  void AddTube(const std::vector<Ring>& rings, int sides = 16);
  // A tube with round cross-sections whose radius runs from `from_radius` to `to_radius`, ends rounded off.
  void AddCapsule(const Vec3& from, const Vec3& to, double from_radius, double to_radius, const Paint& paint,
                  int sides = 12);
  // A tube with flat ends.
  void AddCylinder(const Vec3& from, const Vec3& to, double radius, const Paint& paint, int sides = 20);
  // Half-axes along left, up and forward of `frame`.
  void AddEllipsoid(const Vec3& centre, const Frame& frame, const Vec3& half_axes, const Paint& paint,
                    int sides = 12);
  void AddBox(const Vec3& centre, const Vec3& half_size, const Paint& paint);

  const std::vector<Vertex>& vertices() const { return vertices_; }
  const std::vector<std::array<int, 3>>& triangles() const { return triangles_; }

 private:
  std::vector<Vertex> vertices_;
  std::vector<std::array<int, 3>> triangles_;
};

}  // namespace trackfit::synthesis

#endif  // TRACKFIT_SYNTHESIS_MESH_H_
