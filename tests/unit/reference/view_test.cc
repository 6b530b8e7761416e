#include "reference/view.h"

#include <gtest/gtest.h>

#include <numbers>

#include "attempts.h"

namespace trackfit::reference {
namespace {

TEST(FitView, FindsWhereTheCameraStands) {
  const auto figures_from = [](const std::string& exercise, double yaw, double pitch) {
    return Perform(Attempts({.exercise = exercise, .yaw = yaw, .pitch = pitch, .repetitions = 1})[0]).figures;
  };
  for (const char* exercise : {"squat", "push_up", "bench_press"}) {
    const std::vector<Figure> reference = figures_from(exercise, 0, 0);
    for (const double yaw : {-120.0, -40.0, 0.0, 70.0, 170.0}) {
      const std::vector<Figure> seen = figures_from(exercise, yaw, 10);
      std::vector<const Figure*> a, b;
      for (int phase = 0; phase < kPhases; phase += 4) {
        a.push_back(&reference[phase]);
        b.push_back(&seen[phase]);
      }
      const View view = FitView(a, b);
      const double found = view.yaw * 180 / std::numbers::pi;
      // A camera that goes round to the left sees the body turn to the right.
      EXPECT_NEAR(std::remainder(found - yaw, 360), 0, 6) << exercise << " from " << yaw;
      // One that goes up sees it bow; perspective adds some degrees near the camera.
      EXPECT_NEAR(view.pitch * 180 / std::numbers::pi, -10, 8) << exercise << " from " << yaw;
    }
  }
}

}  // namespace
}  // namespace trackfit::reference
