// Internal: an exercise is a table row with a posture function, and the parts that several exercises share.
#ifndef TRACKFIT_SYNTHESIS_EXERCISE_H_
#define TRACKFIT_SYNTHESIS_EXERCISE_H_

#include <vector>

#include "synthesis/equipment.h"
#include "synthesis/motion.h"
#include "synthesis/performer.h"

namespace trackfit::synthesis {

struct ExerciseDefinition {
  ExerciseInfo info;
  void (*pose)(const Performer& performer, const Moment& moment, Figure& figure);
  Equipment (*equipment)(const Performer& performer);  // may be null: nothing around
};

std::vector<ExerciseDefinition> StrengthExercises();
std::vector<ExerciseDefinition> BackgroundExercises();

inline Equipment Barbell(const Performer&) { return {.held = HeldEquipment::kBarbell}; }

// How somebody stands. Angles in radians.
struct Stance {
  double width = 0.3;  // metres between the ankles
  double toe_out = 0.2;
  double knee_bend = 0.1;
  double lean = 0;       // of the trunk, forward; negative = backward
  double side_lean = 0;  // to the own left
  double twist = 0;      // of the chest, to the own left
};

// Places trunk, head, legs and feet on the floor around x = z = 0. Arms and hands are left to the caller.
void Stand(const Performer& performer, const Moment& moment, const Stance& stance, Figure& figure);

// Places trunk and head, with sway, at a given mid-hip.
void PlaceTrunkAndHead(const Performer& performer, const Moment& moment, const Vec3& mid_hip,
                       const Frame& pelvis, const Frame& chest, double chin_down, Figure& figure);

// Ankles at +-width / 2 on the floor at depth z, knees bent towards toes and up, soles flat.
void PlantFeet(const Figure& posed, double width, double z, double toe_out, const Vec3& knee_bias,
               Figure& figure);

// The foot stands on its ball, heel up, as in push-ups: where the ankle is and which way the foot points.
double AnkleOnBall(const Body& body);
void PlaceFootOnBall(Side side, Figure& figure);

// Arms hang loosely; `swing` (radians, + forward) of the left arm, the right one swings the other way.
void HangArms(const Performer& performer, const Moment& moment, double swing, Figure& figure);

// Both arms in their sagittal planes: upper arm `raise` forward of the trunk's downward axis, elbow bent by
// `flexion` (radians), the hands `grip` apart. `abduct` tilts the upper arms outwards while
// the elbows are bent; straight arms run from the shoulders to the hands.
struct CurlArms {
  double raise = 0;
  double flexion = 0;
  double abduct = 0.1;
  double grip = 0.4;
  bool supinated = true;  // palms up
};
void PoseCurlArms(const CurlArms& arms, Figure& figure);

// A hand that continues the forearm, its thumb to the given direction.
void FollowForearm(Side side, const Vec3& thumb, Figure& figure);

// Away from the body on its side.
inline Vec3 Outward(const Frame& frame, Side side) { return frame.left * Sign(side); }

}  // namespace trackfit::synthesis

#endif  // TRACKFIT_SYNTHESIS_EXERCISE_H_
