#include "framing/framing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "support/poses.h"

namespace trackfit::framing {
namespace {

using skeleton::Pose;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Change = std::function<void(Pose&)>;

constexpr float kWidth = 640, kHeight = 480;

void Nothing(Pose&) {}

// Moves every joint, in pixels.
Change Moved(const std::function<void(float& x, float& y)>& move) {
  return [move](Pose& pose) {
    for (skeleton::Landmark& landmark : pose.landmarks) {
      float x = landmark.x * kWidth, y = landmark.y * kHeight;
      move(x, y);
      landmark.x = x / kWidth;
      landmark.y = y / kHeight;
    }
  };
}

Change Enlarged(float factor, float around_y) {
  return Moved([=](float& x, float& y) {
    x = 320 + factor * (x - 320);
    y = around_y + factor * (y - around_y);
  });
}

// Turned clockwise in the picture.
Change Rolled(float degrees) {
  return Moved([=](float& x, float& y) {
    const float angle = degrees * static_cast<float>(M_PI) / 180, dx = x - 320, dy = y - 240;
    x = 320 + dx * std::cos(angle) - dy * std::sin(angle);
    y = 240 + dx * std::sin(angle) + dy * std::cos(angle);
  });
}

// 1: as seen from the front; 0: from the side.
Change Turned(float breadth) {
  return Moved([=](float& x, float&) { x = 320 + breadth * (x - 320); });
}

// A camera in front of one person, who is seen as `change` makes of one that stands well.
class Camera {
 public:
  explicit Camera(double fps = 30) : fps_(fps) {}

  // What was said in so many seconds: "too_far", or "-too_far" when it was withdrawn.
  std::vector<std::string> See(double seconds, const Change& change = Nothing) {
    return Take(seconds, change, /*people=*/1, /*exercising=*/false);
  }
  std::vector<std::string> SeeNobody(double seconds) {
    const auto hide = [](Pose& pose) {
      for (skeleton::Landmark& landmark : pose.landmarks) landmark.x = landmark.y = NAN;
    };
    return See(seconds, hide);
  }

  std::vector<std::string> Take(double seconds, const Change& change, int people, bool exercising) {
    std::vector<std::string> said;
    for (int i = 0; i < static_cast<int>(std::lround(seconds * fps_)); ++i) {
      Pose pose = testing::StandingPose();
      change(pose);
      ++frame_;
      const Frame frame{.sequence = frame_,
                        .timestamp_us = std::llround(static_cast<double>(frame_) * 1e6 / fps_),
                        .pose = &pose,
                        .people = people,
                        .exercising = exercising};
      for (const Hint& hint : framing.Push(frame)) {
        EXPECT_EQ(hint.sequence, frame_);
        said.push_back((hint.withdrawn ? "-" : "") + std::string(hint.name()));
      }
    }
    return said;
  }

  Framing framing;

 private:
  double fps_;
  uint64_t frame_ = 0;
};

// An exercise that is best seen so, and measures these joints.
repetitions::Exercise ExerciseOf(repetitions::View view, const std::vector<int>& joints) {
  repetitions::Exercise exercise;
  exercise.best_view = view;
  for (const int joint : joints) {
    repetitions::Measure measure;
    measure.places.push_back({.left = joint, .right = joint + 1, .sided = true});
    exercise.drivers.push_back({.measure = static_cast<int>(exercise.measures.size())});
    exercise.measures.push_back(measure);
  }
  return exercise;
}

TEST(Framing, SaysNothingToWhoeverStandsWell) { EXPECT_THAT(Camera().See(10), IsEmpty()); }

TEST(Framing, GivesAHintAfterASecondAndWithdrawsItASecondAfterItIsMended) {
  Camera camera;
  const Change far = Enlarged(0.3F, 240);
  camera.See(1);
  EXPECT_THAT(camera.See(0.9, far), IsEmpty());
  EXPECT_THAT(camera.See(0.2, far), ElementsAre("too_far"));
  EXPECT_THAT(camera.See(5, far), IsEmpty()) << "once is enough";
  EXPECT_THAT(camera.See(0.9), IsEmpty());
  EXPECT_THAT(camera.See(0.2), ElementsAre("-too_far"));
}

TEST(Framing, WaitsTheSameTimeAtAnyRate) {
  for (const double fps : {4.0, 10.0, 24.0, 60.0}) {
    Camera camera(fps);
    EXPECT_THAT(camera.SeeNobody(0.75), IsEmpty()) << fps;
    EXPECT_THAT(camera.SeeNobody(0.75), ElementsAre("nobody")) << fps;
  }
}

TEST(Framing, IsNotMovedBySingleFrames) {
  Camera camera;
  for (int i = 0; i < 60; ++i) {
    EXPECT_THAT(camera.SeeNobody(0.1), IsEmpty());
    EXPECT_THAT(camera.See(0.15), IsEmpty());
  }
}

TEST(Framing, GivesAHintThoughAFewFramesLookWell) {
  Camera camera;
  std::vector<std::string> said;
  for (int i = 0; i < 6; ++i) {
    for (const auto& hint : camera.See(0.4, Enlarged(0.3F, 240))) said.push_back(hint);
    for (const auto& hint : camera.See(0.1)) said.push_back(hint);
  }
  EXPECT_THAT(said, ElementsAre("too_far"));
}

TEST(Framing, DoesNotWaverAtTheLimit) {
  Camera camera;
  std::vector<std::string> said;
  for (int i = 0; i < 20; ++i) {
    for (const float factor : {0.35F, 0.365F, 0.35F, 0.38F})
      for (const auto& hint : camera.See(1, Enlarged(factor, 240))) said.push_back(hint);
  }
  EXPECT_THAT(said, ElementsAre("too_far"));
}

TEST(Framing, NoticesThatNobodyIsThere) {
  Camera camera;
  EXPECT_THAT(camera.SeeNobody(2), ElementsAre("nobody"));
  EXPECT_THAT(camera.See(2), ElementsAre("-nobody"));
  EXPECT_THAT(camera.framing.Push({.sequence = 1000, .timestamp_us = 100'000'000}), IsEmpty());
}

TEST(Framing, ForgetsWhatWasWrongWithWhoeverHasGone) {
  Camera camera;
  EXPECT_THAT(camera.See(2, Enlarged(0.3F, 240)), ElementsAre("too_far"));
  EXPECT_THAT(camera.SeeNobody(3), ElementsAre("nobody", "-too_far"));
}

TEST(Framing, CountsPeopleWhereTheirNumberIsKnown) {
  Camera camera;
  EXPECT_THAT(camera.Take(2, Nothing, 2, false), ElementsAre("several_people"));
  EXPECT_THAT(camera.Take(2, Nothing, 0, false), IsEmpty()) << "not known";
  EXPECT_THAT(camera.Take(2, Nothing, 1, false), ElementsAre("-several_people"));
}

TEST(Framing, NoticesWhatIsCutOff) {
  EXPECT_THAT(Camera().See(2, Moved([](float&, float& y) { y += 80; })), ElementsAre("feet_cut_off"));
  EXPECT_THAT(Camera().See(2, Moved([](float&, float& y) { y -= 80; })), ElementsAre("head_cut_off"));
  EXPECT_THAT(Camera().See(2, Enlarged(2, 240)), ElementsAre("too_near"));
  EXPECT_THAT(Camera().See(2, Enlarged(3, 90)), ElementsAre("too_near")) << "hips and legs are outside";
}

TEST(Framing, WantsOnlyWhatTheExerciseNeeds) {
  const Change low = Moved([](float&, float& y) { y += 80; });
  Camera camera;
  EXPECT_THAT(camera.See(2, low), ElementsAre("feet_cut_off"));
  const auto curl = ExerciseOf(repetitions::View::kFront, {skeleton::kLeftElbow});
  camera.framing.SetExercise(&curl);
  EXPECT_THAT(camera.See(2, low), ElementsAre("-feet_cut_off"));

  const auto pull_up = ExerciseOf(repetitions::View::kFront, {skeleton::kLeftWrist});
  const Change hanging = [](Pose& pose) {
    for (const int joint :
         {skeleton::kLeftWrist, skeleton::kRightWrist, skeleton::kLeftIndex, skeleton::kRightIndex})
      pose.landmarks[joint].y = -0.05F;
  };
  EXPECT_THAT(camera.See(2, hanging), IsEmpty());
  camera.framing.SetExercise(&pull_up);
  EXPECT_THAT(camera.See(2, hanging), ElementsAre("hands_cut_off"));
}

TEST(Framing, TellsATiltedCameraFromSomebodyWhoLeans) {
  EXPECT_THAT(Camera().See(2, Rolled(18)), ElementsAre("camera_tilted"));
  EXPECT_THAT(Camera().See(2, Rolled(-18)), ElementsAre("camera_tilted"));
  EXPECT_THAT(Camera().See(2, Rolled(5)), IsEmpty());
  EXPECT_THAT(Camera().See(2, Rolled(75)), IsEmpty()) << "lies or is propped";
  const Change leaning = Moved([](float& x, float& y) { x += (420 - y) * 0.3F; });
  EXPECT_THAT(Camera().See(2, leaning), IsEmpty()) << "level shoulders";

  const auto from_the_side = [](const Change& change) -> Change {
    return [=](Pose& pose) {
      Turned(0.1F)(pose);
      for (const int toe : {skeleton::kLeftFootIndex, skeleton::kRightFootIndex})
        pose.landmarks[toe].x += 40 / kWidth;
      change(pose);
    };
  };
  EXPECT_THAT(Camera().See(2, from_the_side(Rolled(18))), ElementsAre("camera_tilted"));
  EXPECT_THAT(Camera().See(2, from_the_side(leaning)), IsEmpty()) << "level feet";
}

TEST(Framing, NoticesThatSomebodyIsHardToSee) {
  const Change dim = [](Pose& pose) {
    for (skeleton::Landmark& landmark : pose.landmarks) landmark.visibility = 0.45F;
  };
  EXPECT_THAT(Camera().See(2, dim), ElementsAre("hard_to_see"));
  const Change hidden_legs = [](Pose& pose) {
    for (int joint = skeleton::kLeftKnee; joint < skeleton::kJointCount; ++joint)
      pose.landmarks[joint].visibility = 0.1F;
  };
  EXPECT_THAT(Camera().See(2, hidden_legs), IsEmpty());
}

TEST(Framing, AsksToTurnOnlyWhenTheExerciseIsKnown) {
  const struct {
    repetitions::View view;
    float wrong, right;
    std::string hint;
  } cases[] = {{repetitions::View::kSide, 1, 0.2F, "turn_sideways"},
               {repetitions::View::kDiagonal, 0.1F, 0.6F, "turn_diagonally"},
               {repetitions::View::kDiagonal, 1, 0.6F, "turn_diagonally"},
               {repetitions::View::kFront, 0.1F, 0.9F, "turn_to_front"}};
  for (const auto& test : cases) {
    Camera camera;
    EXPECT_THAT(camera.See(3, Turned(test.wrong)), IsEmpty());
    const auto exercise = ExerciseOf(test.view, {skeleton::kLeftAnkle});
    camera.framing.SetExercise(&exercise);
    EXPECT_THAT(camera.See(2, Turned(test.wrong)), ElementsAre(test.hint));
    EXPECT_THAT(camera.See(2, Turned(test.right)), ElementsAre("-" + test.hint));
    camera.See(2, Turned(test.wrong));
    camera.framing.SetExercise(nullptr);
    EXPECT_THAT(camera.See(2, Turned(test.wrong)), ElementsAre("-" + test.hint)) << "another exercise";
  }
}

TEST(Framing, GivesNoNewHintsDuringARepetition) {
  Camera camera;
  EXPECT_THAT(camera.Take(5, Enlarged(0.3F, 240), 1, true), IsEmpty());
  EXPECT_THAT(camera.Take(2, Enlarged(0.3F, 240), 1, false), ElementsAre("too_far"));
  EXPECT_THAT(camera.Take(2, Nothing, 1, true), ElementsAre("-too_far"));
}

TEST(Framing, SaysSeveralThingsWhenSeveralAreWrong) {
  Camera camera;
  const auto squat = ExerciseOf(repetitions::View::kSide, {skeleton::kLeftAnkle});
  camera.framing.SetExercise(&squat);
  const Change far_and_rolled = [](Pose& pose) {
    Enlarged(0.3F, 240)(pose);
    Rolled(15)(pose);
  };
  EXPECT_THAT(camera.See(2, far_and_rolled),
              UnorderedElementsAre("too_far", "camera_tilted", "turn_sideways"));
}

TEST(Framing, ContinuesFromItsState) {
  Camera camera;
  camera.See(0.6, Rolled(20));
  Camera other = camera;
  other.framing = Framing(camera.framing.state());
  EXPECT_EQ(camera.See(0.5, Rolled(20)), other.See(0.5, Rolled(20)));
  EXPECT_TRUE(other.framing.state().shown[static_cast<size_t>(Code::kCameraTilted)]);
}

// Clients need not say how large their images are.
TEST(Framing, TakesAnImageOfUnknownSizeForASquare) {
  const Change unknown = [](Pose& pose) { pose.image_width = pose.image_height = 0; };
  EXPECT_THAT(Camera().See(2, unknown), IsEmpty());
}

}  // namespace
}  // namespace trackfit::framing
