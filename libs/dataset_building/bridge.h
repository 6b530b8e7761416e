// What BlazePose makes of rendered mannequins, measured against the truth.
#ifndef TRACKFIT_DATASET_BUILDING_BRIDGE_H_
#define TRACKFIT_DATASET_BUILDING_BRIDGE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "dataset/clip.h"
#include "dataset_building/rendered_mannequins.h"

namespace trackfit::dataset_building {

// Deviations from the truth, collected over clips. Lengths are in torso lengths: the person's true torso,
// projected as if it were parallel to the image plane.
class BridgeMeasure {
 public:
  // Compares poses with the truth, frame by frame. `view` names the row to which they count.
  void Add(const std::string& view, const MannequinScene& scene, const std::vector<skeleton::Pose>& poses);

  // One row per view and one for all.
  std::string ViewTable() const;
  // One row per part of the body, over all views.
  std::string PartTable() const;

 private:
  struct Numbers {
    int64_t frames = 0, found = 0;
    int64_t limbs = 0, swapped = 0;          // arms and legs in frames
    std::vector<float> error, hidden_error;  // of joints in sight and of joints in the image, but hidden
    std::vector<float> bias, jitter;         // per clip and joint in sight: mean, standard deviation
    std::vector<float> seen, hidden_seen;    // visibility reported for such joints
    std::vector<float> depth;                // per clip: reported z / true z
  };

  std::map<std::string, Numbers> views_;
  std::map<int, Numbers> parts_;
};

// "standing, front" and so on.
std::string ViewOf(const MannequinScene& scene);

// Two measures of the same clips: what BlazePose saw, and synthesis::LandmarkNoise on the truth.
struct Bridge {
  BridgeMeasure blazepose;
  BridgeMeasure noise;
};
// `clips` are those of `plans`.
absl::StatusOr<Bridge> MeasureBridge(const std::vector<MannequinPlan>& plans,
                                     const std::vector<dataset::Clip>& clips);

}  // namespace trackfit::dataset_building

#endif  // TRACKFIT_DATASET_BUILDING_BRIDGE_H_
