// Mannequins in a rendered room, through the real networks.
#include "blazepose/people_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>
#include <vector>

#include "models.h"
#include "support/stage.h"

namespace trackfit::blazepose {
namespace {

using skeleton::Pose;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using trackfit::testing::MakeEngine;
using trackfit::testing::Mannequin;
using trackfit::testing::Place;
using trackfit::testing::Stage;

constexpr int64_t kFrame = 33'333;  // microseconds

std::vector<Pose> Track(PeopleTracker& tracker, PoseEngine& engine, const cv::Mat& image, int frame) {
  auto poses = tracker.Track(engine, image, static_cast<uint64_t>(frame), frame * kFrame);
  EXPECT_TRUE(poses.ok()) << poses.status();
  return poses.ok() ? *std::move(poses) : std::vector<Pose>();
}

std::vector<uint32_t> Ids(const std::vector<Pose>& poses) {
  std::vector<uint32_t> ids;
  for (const Pose& pose : poses) ids.push_back(pose.person_id);
  return ids;
}

// Horizontal distance in pixels between a pose's hips and where the person stands.
double Away(const Pose& pose, const Stage& stage, const Place& place) {
  const double hips =
      (pose.landmarks[skeleton::kLeftHip].x + pose.landmarks[skeleton::kRightHip].x) / 2 * pose.image_width;
  return std::abs(hips - stage.HipsAt(place).x);
}

// NOLINTBEGIN(bugprone-suspicious-memory-comparison): a NaN equals itself here
void ExpectSameBits(const std::vector<Pose>& a, const std::vector<Pose>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(std::memcmp(a[i].landmarks.data(), b[i].landmarks.data(), sizeof(a[i].landmarks)), 0);
    EXPECT_EQ(
        std::memcmp(a[i].world_landmarks.data(), b[i].world_landmarks.data(), sizeof(a[i].world_landmarks)),
        0);
  }
}
// NOLINTEND(bugprone-suspicious-memory-comparison)

TEST(PeopleTracker, FindsNobodyInAnEmptyRoom) {
  PoseEngine engine = MakeEngine();
  cv::RNG random(5);
  cv::Mat noise(480, 640, CV_8UC3), coarse(30, 40, CV_8UC3), gradient(480, 640, CV_8UC3);
  random.fill(noise, cv::RNG::UNIFORM, 0, 256);
  random.fill(coarse, cv::RNG::UNIFORM, 0, 256);
  cv::resize(coarse, coarse, {640, 480}, 0, 0, cv::INTER_CUBIC);
  for (int x = 0; x < 640; ++x) gradient.col(x).setTo(cv::Scalar::all(x * 0.4));
  cv::Mat stripes(480, 640, CV_8UC3, cv::Scalar(60, 80, 100));
  for (int x = 0; x < 640; x += 40) cv::rectangle(stripes, {x, 0, 20, 480}, {180, 170, 160}, cv::FILLED);
  const std::map<std::string, cv::Mat> rooms = {{"grey", cv::Mat(480, 640, CV_8UC3, cv::Scalar::all(128))},
                                                {"black", cv::Mat(480, 640, CV_8UC3, cv::Scalar::all(0))},
                                                {"noise", noise},
                                                {"coarse noise", coarse},
                                                {"gradient", gradient},
                                                {"stripes", stripes},
                                                {"room 1", Stage(1).empty()},
                                                {"room 2", Stage(2).empty()}};
  for (const uint32_t max_people : {1u, 3u}) {
    for (const auto& [name, room] : rooms) {
      PeopleTracker tracker({.max_people = max_people});
      for (int frame = 0; frame < 4; ++frame) {
        EXPECT_THAT(Track(tracker, engine, room, frame), IsEmpty()) << name << ", frame " << frame;
      }
    }
  }
}

TEST(PeopleTracker, FindsAPersonWhoReturnsWithinTwoFrames) {
  PoseEngine engine = MakeEngine();
  const Stage stage;
  const Mannequin person("squat", 4);
  PeopleTracker tracker;
  int frame = 0;
  for (; frame < 5; ++frame) {
    EXPECT_THAT(Ids(Track(tracker, engine, stage.Render(frame, {{&person, {}}}), frame)), ElementsAre(1));
  }
  for (; frame < 10; ++frame) EXPECT_THAT(Track(tracker, engine, stage.empty(), frame), IsEmpty());
  const Place other{.right = 0.8};
  Track(tracker, engine, stage.Render(frame, {{&person, other}}), frame);
  const auto poses = Track(tracker, engine, stage.Render(frame + 1, {{&person, other}}), frame + 1);
  ASSERT_THAT(Ids(poses), ElementsAre(1)) << "one person who is lost and found stays the same one";
  EXPECT_LT(Away(poses[0], stage, other), 20);
}

struct Cut {
  const char* name;
  Place before, after;
};

class PeopleTrackerAtACut : public ::testing::TestWithParam<Cut> {};

TEST_P(PeopleTrackerAtACut, MatchesAFreshTracker) {
  PoseEngine engine = MakeEngine();
  const Stage first(1), second(2);
  const Mannequin one("squat", 4), another("barbell_biceps_curl", 5);
  PeopleTracker tracker, fresh;
  for (int frame = 0; frame < 12; ++frame) {
    ASSERT_THAT(Ids(Track(tracker, engine, first.Render(frame, {{&one, GetParam().before}}), frame)),
                ElementsAre(1));
  }
  for (int frame = 12; frame < 15; ++frame) {
    const cv::Mat picture = second.Render(frame, {{&another, GetParam().after}});
    const auto poses = Track(tracker, engine, picture, frame);
    ASSERT_THAT(Ids(poses), ElementsAre(2)) << "somebody else, from the first picture on";
    ExpectSameBits(poses, Track(fresh, engine, picture, frame));
  }
}

INSTANTIATE_TEST_SUITE_P(Cuts, PeopleTrackerAtACut,
                         ::testing::Values(Cut{"Elsewhere", {.right = -1.2}, {.right = 1.0}},
                                           Cut{"Larger", {.towards = -1.5}, {.towards = 0.8}},
                                           Cut{"InTheSamePlace", {}, {.right = 0.1}}),
                         [](const auto& cut) { return cut.param.name; });

TEST(PeopleTracker, StaysWithItsPersonWhenAnotherWalksBy) {
  PoseEngine engine = MakeEngine();
  const Stage stage(3);
  const Mannequin person("squat", 13), walker("walking_on_the_spot", 43);
  for (const bool in_front : {false, true}) {
    const Place standing{.towards = in_front ? -0.8 : 0.3, .turned_degrees = 20};
    PeopleTracker tracker;
    int mistaken = 0;
    for (int frame = 0; frame < 60; ++frame) {
      const Place walking{
          .right = -2 + 4.0 * frame / 60, .towards = in_front ? 0.4 : -1.2, .turned_degrees = 90};
      std::vector<std::pair<const Mannequin*, Place>> people = {{&person, standing}, {&walker, walking}};
      if (!in_front) std::swap(people[0], people[1]);
      if (frame == 0) people = {{&person, standing}};
      const auto poses = Track(tracker, engine, stage.Render(frame, people), frame);
      ASSERT_LE(poses.size(), 1u);
      const bool crossing = std::abs(walking.right) < 0.7;
      if (poses.empty() || Away(poses[0], stage, standing) > 60) {
        ++mistaken;
        EXPECT_TRUE(crossing) << "frame " << frame << ", walker in front: " << in_front;
      } else {
        EXPECT_EQ(poses[0].person_id, 1u);
      }
    }
    EXPECT_LE(mistaken, 10) << "walker in front: " << in_front;
  }
}

TEST(PeopleTracker, ReidentifiesTwoPeopleWhoHaveCrossed) {
  PoseEngine engine = MakeEngine();
  const Stage stage(3);
  const Mannequin standing("standing_idle", 11), walker("walking_on_the_spot", 43);
  const Place behind{.towards = -0.8, .turned_degrees = 20};
  PeopleTracker tracker({.max_people = 2});
  std::map<uint32_t, std::string> names;  // whom each person_id belongs to
  for (int frame = 0; frame < 60; ++frame) {
    const Place front{.right = -1.5 + 3.0 * frame / 60, .towards = 0.4, .turned_degrees = 60};
    const auto poses =
        Track(tracker, engine, stage.Render(frame, {{&standing, behind}, {&walker, front}}), frame);
    if (std::abs(front.right) < 0.8) continue;  // one hides the other
    ASSERT_EQ(poses.size(), 2u) << "frame " << frame;
    for (const Pose& pose : poses) {
      const bool walks = Away(pose, stage, front) < Away(pose, stage, behind);
      EXPECT_LT(Away(pose, stage, walks ? front : behind), 50) << "frame " << frame;
      const std::string who = walks ? "walker" : "standing";
      EXPECT_EQ(names.try_emplace(pose.person_id, who).first->second, who) << "frame " << frame;
    }
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAre(::testing::Key(1), ::testing::Key(2)));
}

TEST(PeopleTracker, NumbersPeopleInTheOrderOfArrival) {
  PoseEngine engine = MakeEngine();
  const Stage stage(3);
  const Mannequin first("standing_idle", 11), second("standing_idle", 12);
  const Place left{.right = -0.9}, right{.right = 0.9};
  PeopleTracker tracker({.max_people = 3, .detect_every = 5});
  int frame = 0;
  for (; frame < 12; ++frame) {
    EXPECT_THAT(Ids(Track(tracker, engine, stage.Render(frame, {{&first, right}}), frame)), ElementsAre(1));
  }
  std::vector<Pose> poses;
  for (; frame < 18; ++frame) {
    poses = Track(tracker, engine, stage.Render(frame, {{&first, right}, {&second, left}}), frame);
  }
  ASSERT_THAT(Ids(poses), ElementsAre(1, 2));
  EXPECT_LT(Away(poses[0], stage, right), 30);
  EXPECT_LT(Away(poses[1], stage, left), 30);
  // The first one leaves for good; whoever comes two seconds later counts as somebody else.
  for (; frame < 80; ++frame) poses = Track(tracker, engine, stage.Render(frame, {{&second, left}}), frame);
  EXPECT_THAT(Ids(poses), ElementsAre(2));
  for (; frame < 86; ++frame) {
    poses = Track(tracker, engine, stage.Render(frame, {{&first, right}, {&second, left}}), frame);
  }
  EXPECT_THAT(Ids(poses), ElementsAre(2, 3));
}

TEST(PeopleTracker, LimitsTheNumberOfPeople) {
  PoseEngine engine = MakeEngine();
  const Stage stage(3);
  const Mannequin first("standing_idle", 11), second("standing_idle", 12);
  PeopleTracker tracker;
  for (int frame = 0; frame < 12; ++frame) {
    EXPECT_THAT(
        Ids(Track(tracker, engine,
                  stage.Render(frame, {{&first, {.right = -0.9}}, {&second, {.right = 0.9}}}), frame)),
        ElementsAre(1));
  }
}

TEST(PeopleTracker, AssignsNoIdsInStaticMode) {
  PoseEngine engine = MakeEngine();
  const Mannequin person("standing_idle", 11);
  PeopleTracker tracker({.static_mode = true});
  EXPECT_THAT(Ids(Track(tracker, engine, Stage(3).Render(0, {{&person, {}}}), 0)), ElementsAre(0));
}

TEST(PeopleTracker, CopiesAreBitIdentical) {
  PoseEngine engine = MakeEngine();
  const Stage stage(3);
  const Mannequin first("standing_idle", 11), second("squat", 12);
  PeopleTracker tracker({.max_people = 2});
  const auto picture = [&](int frame) {
    return stage.Render(frame, {{&first, {.right = -0.9}}, {&second, {.right = 0.9}}});
  };
  for (int frame = 0; frame < 5; ++frame) Track(tracker, engine, picture(frame), frame);
  PeopleTracker copy = tracker;
  ExpectSameBits(Track(tracker, engine, picture(5), 5), Track(copy, engine, picture(5), 5));
}

TEST(PoseTrackerConfig, LimitsThePeople) {
  EXPECT_TRUE(PoseTrackerConfig{.max_people = 8}.Validate().ok());
  EXPECT_THAT(std::string(PoseTrackerConfig{.max_people = 9}.Validate().message()),
              HasSubstr("max_people is 9; it must be within [1, 8]"));
  EXPECT_THAT(std::string(PoseTrackerConfig{.detect_every = 0}.Validate().message()),
              HasSubstr("detect_every"));
}

}  // namespace
}  // namespace trackfit::blazepose
