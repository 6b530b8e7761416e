#include "drawing/overlay.h"

#include <gtest/gtest.h>

#include "drawing/coach_overlay.h"
#include "drawing/palette.h"
#include "pictures.h"
#include "support/coached_session.h"
#include "support/messages.h"

namespace trackfit::drawing {
namespace {

constexpr int kWidth = 960;
constexpr int kHeight = 540;

cv::Mat GreyPicture() { return cv::Mat(kHeight, kWidth, CV_8UC3, cv::Scalar::all(90)); }

cv::Point At(const v1::Pose& pose, int joint) {
  return {cvRound(pose.landmarks(joint).x() * kWidth), cvRound(pose.landmarks(joint).y() * kHeight)};
}

// Largest difference between a pixel's channels and a colour's.
double Difference(const cv::Vec3b& pixel, const Colour& colour) {
  return std::max(
      {std::abs(pixel[0] - colour.blue), std::abs(pixel[1] - colour.green), std::abs(pixel[2] - colour.red)});
}

// Whether the colour is found anywhere on a circle.
bool OnCircle(const cv::Mat& image, cv::Point centre, float radius, const Colour& colour) {
  for (int degree = 0; degree < 360; degree += 3) {
    const double angle = degree * CV_PI / 180;
    const cv::Point place =
        centre + cv::Point(cvRound(radius * std::cos(angle)), cvRound(radius * std::sin(angle)));
    if (Difference(image.at<cv::Vec3b>(place), colour) < 30) return true;
  }
  return false;
}

cv::Mat Drawn(const v1::Pose* pose, const v1::Assessment* assessment,
              const std::vector<const v1::Pose*>& other_poses = {}) {
  std::vector<v1::Assessment> assessments;
  if (assessment != nullptr) assessments.push_back(*assessment);
  auto overlay = Overlay::Create(Timeline(assessments, {0, 1'000'000, 2'000'000}), {kWidth, kHeight});
  EXPECT_TRUE(overlay.ok()) << overlay.status();
  cv::Mat image = GreyPicture();
  OverlayFrame frame;
  frame.pose = pose;
  frame.other_poses = other_poses;
  frame.assessment = assessment;
  frame.score = assessment != nullptr ? assessment->quality().score() : 0;
  frame.time_us = 1'000'000;
  overlay->Draw(frame, image);
  return image;
}

TEST(Overlay, MarksEachJointWithADot) {
  const v1::Pose pose = testing::StandingPoseMessage();
  const cv::Mat image = Drawn(&pose, nullptr);
  for (const int joint :
       {skeleton::kLeftElbow, skeleton::kRightWrist, skeleton::kLeftKnee, skeleton::kRightHip}) {
    EXPECT_LT(Difference(image.at<cv::Vec3b>(At(pose, joint)), palette::kWhite), 20) << joint;
  }
}

TEST(Overlay, DrawsFurtherPeopleToo) {
  const v1::Pose pose = testing::StandingPoseMessage();
  v1::Pose other = pose;
  for (v1::Landmark& landmark : *other.mutable_landmarks()) landmark.set_x(landmark.x() + 0.2F);
  const cv::Mat image = Drawn(&pose, nullptr, {&other});
  for (const v1::Pose& person : {pose, other}) {
    EXPECT_LT(Difference(image.at<cv::Vec3b>(At(person, skeleton::kLeftKnee)), palette::kWhite), 20);
  }
}

TEST(Overlay, ColoursLeftAndRightLimbsDifferently) {
  const v1::Pose pose = testing::StandingPoseMessage();
  const cv::Mat image = Drawn(&pose, nullptr);
  const cv::Point left = (At(pose, skeleton::kLeftHip) + At(pose, skeleton::kLeftKnee)) / 2;
  const cv::Point right = (At(pose, skeleton::kRightHip) + At(pose, skeleton::kRightKnee)) / 2;
  EXPECT_LT(Difference(image.at<cv::Vec3b>(left), palette::kLeft), 25);
  EXPECT_LT(Difference(image.at<cv::Vec3b>(right), palette::kRight), 25);
}

TEST(Overlay, RingsOnlyTheJointsThatAreOff) {
  const v1::Pose pose = testing::StandingPoseMessage();
  const v1::Assessment assessment =
      testing::PushUp(0, 2, 40, {{skeleton::kLeftElbow, 99.5F}, {skeleton::kRightKnee, 96}});
  const cv::Mat image = Drawn(&pose, &assessment);
  EXPECT_TRUE(OnCircle(image, At(pose, skeleton::kLeftElbow), 14, palette::kVeryOff));
  EXPECT_TRUE(OnCircle(image, At(pose, skeleton::kRightKnee), 14, palette::kOff));
  EXPECT_FALSE(OnCircle(image, At(pose, skeleton::kRightElbow), 14, palette::kVeryOff));
  EXPECT_FALSE(OnCircle(image, At(pose, skeleton::kLeftKnee), 14, palette::kOff));
}

TEST(Overlay, LeavesHiddenJointsFaint) {
  v1::Pose pose = testing::StandingPoseMessage();
  pose.mutable_landmarks(skeleton::kLeftKnee)->set_visibility(0.1F);
  const cv::Mat image = Drawn(&pose, nullptr);
  EXPECT_GT(Difference(image.at<cv::Vec3b>(At(pose, skeleton::kLeftKnee)), palette::kWhite), 60);
}

TEST(Overlay, DrawsJointsThatWereNotJudgedGreyAndWithoutARing) {
  const v1::Pose pose = testing::StandingPoseMessage();
  v1::Assessment assessment = testing::PushUp(0, 2, 40);
  for (const int joint : {skeleton::kLeftKnee, skeleton::kLeftAnkle}) {
    assessment.mutable_joint_errors(joint)->set_judged(false);
    assessment.mutable_joint_errors(joint)->set_percentile(99.5F);
  }
  const cv::Mat image = Drawn(&pose, &assessment);
  const auto colourfulness = [&](int from, int to) {
    const cv::Vec3b pixel = image.at<cv::Vec3b>((At(pose, from) + At(pose, to)) / 2);
    return std::max({pixel[0], pixel[1], pixel[2]}) - std::min({pixel[0], pixel[1], pixel[2]});
  };
  EXPECT_LT(colourfulness(skeleton::kLeftKnee, skeleton::kLeftAnkle), 40);
  EXPECT_GT(colourfulness(skeleton::kRightKnee, skeleton::kRightAnkle), 80);
  EXPECT_GT(Difference(image.at<cv::Vec3b>(At(pose, skeleton::kLeftKnee)), palette::kWhite), 60);
  EXPECT_LT(Difference(image.at<cv::Vec3b>(At(pose, skeleton::kRightKnee)), palette::kWhite), 20);
  EXPECT_FALSE(OnCircle(image, At(pose, skeleton::kLeftKnee), 14, palette::kVeryOff));
}

TEST(Overlay, FillsTheGaugeInTheColourOfTheQuality) {
  for (const float score : {3.0F, 15.0F, 45.0F, 85.0F}) {
    const v1::Assessment assessment = testing::PushUp(0, 2, score);
    const cv::Mat image = Drawn(nullptr, &assessment);
    const auto overlay = Overlay::Create(Timeline({assessment}, {0, 1, 2}), {kWidth, kHeight});
    const cv::Rect panel = overlay->PanelRectangle();
    int coloured = 0;
    for (int y = panel.y; y < panel.y + panel.height; ++y) {
      for (int x = panel.x; x < panel.x + 100; ++x) {
        coloured +=
            Difference(image.at<cv::Vec3b>(y, x), palette::Level(assessment.quality().level())) < 30 ? 1 : 0;
      }
    }
    // The arc's length goes with the score: about 15 pixels of area for each point.
    EXPECT_NEAR(coloured, 15 * score, 60 + 5 * score) << score;
  }
}

TEST(Overlay, ColoursTheTimelineByQuality) {
  const v1::Assessment assessment = testing::PushUp(0, 2, 15);
  const cv::Mat image = Drawn(nullptr, &assessment);
  int coloured = 0;
  for (int x = 0; x < kWidth / 2 - 20; ++x) {
    coloured += Difference(image.at<cv::Vec3b>(519, x), palette::Level(v1::QUALITY_LEVEL_FAIR)) < 30 ? 1 : 0;
  }
  EXPECT_GT(coloured, 350);
}

TEST(Overlay, TouchesNothingButPanelAndTimelineWhenNobodyIsSeen) {
  const cv::Mat image = Drawn(nullptr, nullptr);
  for (int x = 0; x < kWidth; x += 7) EXPECT_EQ(image.at<cv::Vec3b>(300, x), cv::Vec3b(90, 90, 90));
}

TEST(Overlay, PutsThePanelWhereItHidesNobody) {
  auto overlay = Overlay::Create(Timeline({testing::PushUp(0, 2, 15)}, {0, 1, 2}), {kWidth, kHeight});
  ASSERT_TRUE(overlay.ok());
  const cv::Rect2f usual = overlay->PanelRectangle();
  EXPECT_LT(usual.x, kWidth / 4);
  EXPECT_LT(usual.y, kHeight / 4);
  v1::Pose corner = testing::StandingPoseMessage();
  for (v1::Landmark& landmark : *corner.mutable_landmarks()) {
    landmark.set_x(landmark.x() * 0.3F);
    landmark.set_y(landmark.y() * 0.3F);
  }
  overlay->PlacePanel({&corner});
  EXPECT_NE(overlay->PanelRectangle(), usual);
}

TEST(Overlay, StaysInsideSmallAndTallPictures) {
  const v1::Pose pose = testing::StandingPoseMessage();
  const v1::Assessment assessment = testing::PushUp(0, 2, 40, {{skeleton::kLeftElbow, 99.5F}});
  for (const cv::Size size :
       {cv::Size(16, 16), cv::Size(180, 320), cv::Size(1080, 1920), cv::Size(640, 100)}) {
    auto overlay = Overlay::Create(Timeline({assessment}, {0, 1, 2}), size);
    ASSERT_TRUE(overlay.ok());
    cv::Mat image(size, CV_8UC3, cv::Scalar::all(90));
    OverlayFrame frame;
    frame.pose = &pose;
    frame.assessment = &assessment;
    overlay->Draw(frame, image);
    const cv::Rect2f panel = overlay->PanelRectangle();
    EXPECT_LE(panel.x + panel.width, static_cast<float>(size.width) + 0.5F);
  }
}

TEST(Overlay, IgnoresLandmarksThatAreNoNumbers) {
  v1::Pose pose = testing::StandingPoseMessage();
  pose.mutable_landmarks(skeleton::kLeftKnee)->set_x(std::nanf(""));
  pose.mutable_landmarks(skeleton::kNose)->set_y(1e30F);
  const v1::Assessment assessment = testing::PushUp(0, 2, 40, {{skeleton::kLeftKnee, 99.5F}});
  EXPECT_FALSE(Drawn(&pose, &assessment).empty());
}

TEST(Overlay, DrawsTheRestOfAPersonWhoseHipAndEarAreNoNumbers) {
  v1::Pose pose = testing::StandingPoseMessage();
  pose.mutable_landmarks(skeleton::kLeftHip)->set_x(std::nanf(""));
  pose.mutable_landmarks(skeleton::kLeftEar)->set_y(1e30F);
  const cv::Mat image = Drawn(&pose, nullptr);
  EXPECT_LT(Difference(image.at<cv::Vec3b>(At(pose, skeleton::kRightKnee)), palette::kWhite), 20);
}

client::SessionRecord Squats(const std::vector<float>& knee_angles, const std::string& language) {
  client::SessionRecord record(true);
  v1::AnalyzeResponse started;
  started.mutable_started()->set_language(language);
  record.Add(started);
  for (const v1::AnalyzeResponse& response : testing::SquatSession(knee_angles)) record.Add(response);
  return record;
}

std::vector<int64_t> TimesOf(int64_t frames) {
  std::vector<int64_t> times;
  for (int64_t i = 0; i < frames; ++i) times.push_back(i * testing::kFrameUs);
  return times;
}

// One frame of squats with these angles of the knee.
struct CoachedPicture {
  CoachedPicture(const std::vector<float>& knee_angles, uint64_t sequence, cv::Size size = {kWidth, kHeight},
                 const v1::Assessment* assessment = nullptr, const std::string& language = "en")
      : image(size, CV_8UC3, cv::Scalar::all(90)) {
    const client::SessionRecord record = Squats(knee_angles, language);
    const CoachTimeline coach(record, TimesOf(record.frames()));
    auto overlay = Overlay::Create(Timeline({}, TimesOf(record.frames())), size, coach);
    EXPECT_TRUE(overlay.ok()) << overlay.status();
    pose = record.Result(sequence)->pose();
    OverlayFrame frame;
    frame.pose = &pose;
    frame.assessment = assessment;
    frame.time_us = pose.timestamp_us();
    frame.coach = coach.At(sequence);
    overlay->Draw(frame, image);
    panel = overlay->PanelRectangle();
    card = overlay->CardRectangle();
  }

  cv::Mat image;
  v1::Pose pose;
  cv::Rect2f panel;
  cv::Rect2f card;
};

TEST(CoachedOverlay, RingsTheJointsOfAFindingWhileItIsWorst) {
  const std::vector<float> angles = {121, 90};
  const CoachedPicture worst(angles, 25), later(angles, 45), good(angles, 75);
  for (const int joint : {skeleton::kLeftHip, skeleton::kLeftKnee}) {
    EXPECT_TRUE(OnCircle(worst.image, At(worst.pose, joint), 14, palette::kVeryOff)) << joint;
    EXPECT_FALSE(OnCircle(later.image, At(later.pose, joint), 14, palette::kVeryOff)) << joint;
    EXPECT_FALSE(OnCircle(good.image, At(good.pose, joint), 14, palette::kVeryOff)) << joint;
  }
  EXPECT_FALSE(OnCircle(worst.image, At(worst.pose, skeleton::kLeftElbow), 14, palette::kVeryOff));
}

TEST(CoachedOverlay, PutsFindingsInThePlaceOfTheWindowsJoints) {
  const v1::Assessment assessment = testing::PushUp(0, 99, 40, {{skeleton::kLeftElbow, 99.5F}});
  const CoachedPicture picture({90, 90}, 25, {kWidth, kHeight}, &assessment);
  EXPECT_FALSE(OnCircle(picture.image, At(picture.pose, skeleton::kLeftElbow), 14, palette::kVeryOff));
}

TEST(CoachedOverlay, WritesInTheLanguageOfTheSession) {
  const cv::Size size(kWidth, kHeight);
  const v1::Assessment known = testing::PushUp(0, 99, 40);
  v1::Assessment unknown = known;
  unknown.set_known(false);
  const std::vector<const v1::Assessment*> assessments = {nullptr, &known, &unknown};
  for (const v1::Assessment* assessment : assessments) {
    const CoachedPicture english({90, 90}, 25, size, assessment, "en");
    const CoachedPicture korean({90, 90}, 25, size, assessment, "ko");
    ASSERT_EQ(english.panel, korean.panel);
    cv::Mat difference;
    cv::absdiff(english.image, korean.image, difference);
    // Below the exercise, whose name is the server's.
    const cv::Rect form(cvRound(korean.panel.x) + 110, cvRound(korean.panel.y) + 52, 200, 50);
    EXPECT_GT(cv::norm(difference(form), cv::NORM_INF), 100) << "the panel";
    EXPECT_GT(cv::norm(difference(cv::Rect(korean.card)), cv::NORM_INF), 100) << "the card";
    difference(cv::Rect(korean.panel)).setTo(0);
    difference(cv::Rect(korean.card)).setTo(0);
    EXPECT_EQ(cv::norm(difference, cv::NORM_INF), 0) << "anything else";
  }
}

TEST(CoachedOverlay, ShowsTheVerdictInTheCardOnceTheRepetitionIsOver) {
  const std::vector<float> angles = {90, 90, 110, 130};
  const auto shows = [&](uint64_t sequence, const Colour& colour) {
    const CoachedPicture picture(angles, sequence);
    const cv::Rect2f text(picture.card.x + 40, picture.card.y, picture.card.width - 40, picture.card.height);
    return Count(picture.image, colour, text) > 100;
  };
  const Colour correct = palette::Level(v1::QUALITY_LEVEL_EXCELLENT),
               partial = palette::Level(v1::QUALITY_LEVEL_FAIR);
  EXPECT_FALSE(shows(25, correct));
  EXPECT_TRUE(shows(99, correct));
  EXPECT_TRUE(shows(149, palette::kVeryOff));
  EXPECT_TRUE(shows(199, partial));
}

TEST(CoachedOverlay, RaisesThePhaseBarTowardsTheTurningPoint) {
  const auto filled = [](uint64_t sequence) {
    const CoachedPicture picture({90}, sequence);
    int rows = 0;
    for (int y = cvRound(picture.card.y) + 16; y < cvRound(picture.card.y + picture.card.height) - 16; ++y) {
      const cv::Vec3b pixel = picture.image.at<cv::Vec3b>(y, cvRound(picture.card.x) + 22);
      rows += Shows(pixel, palette::kWhite, 40) ? 1 : 0;
    }
    return rows;
  };
  EXPECT_LT(filled(5), 20);
  EXPECT_NEAR(filled(10), 0.5 * 0.89 * 71, 10);
  EXPECT_GT(filled(18), 50);
}

TEST(CoachedOverlay, WritesTheSentenceOfAFindingAboveTheTimeline) {
  const auto ink = [](float knee_angle) {
    const CoachedPicture picture({knee_angle}, 25);
    return Count(picture.image, palette::kWhite, {kWidth / 4, 440, kWidth / 2, 40});
  };
  EXPECT_LT(ink(90), 100) << "the ankles";
  EXPECT_GT(ink(121), 400);
}

TEST(CoachedOverlay, MarksEveryRepetitionOnTheTimeline) {
  const CoachedPicture picture({90, 110, 90, 130}, 199);
  const cv::Rect strip(0, 500, kWidth, 14);
  const int correct = Count(picture.image, palette::Level(v1::QUALITY_LEVEL_EXCELLENT), strip);
  const int faulty = Count(picture.image, palette::kVeryOff, strip);
  const int partial = Count(picture.image, palette::Level(v1::QUALITY_LEVEL_FAIR), strip);
  EXPECT_GT(partial, 500);
  EXPECT_NEAR(faulty, partial, 0.1 * partial);
  EXPECT_NEAR(correct, 2 * partial, 0.2 * partial);
}

TEST(CoachedOverlay, LeavesRoomForTheCardBesidePanelsOfAnyPicture) {
  for (const cv::Size size :
       {cv::Size(960, 540), cv::Size(540, 960), cv::Size(300, 300), cv::Size(1080, 1920)}) {
    const CoachedPicture picture({90}, 25, size);
    EXPECT_EQ((picture.panel & picture.card).area(), 0) << size;
    const cv::Rect2f whole({0, 0}, cv::Size2f(size));
    EXPECT_NEAR((picture.card & whole).area(), picture.card.area(), 1) << size;
  }
}

TEST(CoachedOverlay, HasNoCardWithoutRepetitions) {
  auto overlay = Overlay::Create(Timeline({}, TimesOf(3)), {kWidth, kHeight});
  ASSERT_TRUE(overlay.ok());
  cv::Mat image = GreyPicture();
  overlay->Draw({}, image);
  const cv::Rect2f card = overlay->CardRectangle();
  EXPECT_EQ(image.at<cv::Vec3b>(cvRound(card.y) + 50, cvRound(card.x) + 80), cv::Vec3b(90, 90, 90));
}

}  // namespace
}  // namespace trackfit::drawing
