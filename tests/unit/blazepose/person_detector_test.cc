#include "blazepose/person_detector.h"

#include <gtest/gtest.h>

#include <vector>

#include "drawn_person.h"
#include "models.h"

namespace trackfit::blazepose {
namespace {

PersonDetection At(float score, float x, float y) {
  PersonDetection detection;
  detection.score = score;
  detection.face = {x, y, 0.2f, 0.2f};
  detection.keypoints.fill({x, y});
  return detection;
}

TEST(DetectorAnchors, CoverThreeGridsCellByCell) {
  const std::vector<cv::Point2f> anchors = DetectorAnchors();
  ASSERT_EQ(anchors.size(), 28u * 28 * 2 + 14 * 14 * 2 + 7 * 7 * 6);
  EXPECT_EQ(anchors.size(), 2254u);
  EXPECT_EQ(anchors[0], cv::Point2f(0.5f / 28, 0.5f / 28));
  EXPECT_EQ(anchors[1], anchors[0]);
  EXPECT_EQ(anchors[2], cv::Point2f(1.5f / 28, 0.5f / 28));  // rows run first
  EXPECT_EQ(anchors[1568], cv::Point2f(0.5f / 14, 0.5f / 14));
  EXPECT_EQ(anchors[2253], cv::Point2f(6.5f / 7, 6.5f / 7));
}

TEST(DecodeDetections, AddsOffsetsToTheAnchorAndDropsTheUncertain) {
  const std::vector<cv::Point2f> anchors = {{0.5f, 0.5f}, {0.25f, 0.75f}};
  std::vector<float> boxes(24, 0.0f);
  boxes[0] = 22.4f;   // box middle, x
  boxes[2] = 44.8f;   // box width
  boxes[3] = 22.4f;   // box height
  boxes[7] = -112.f;  // keypoint 1, y
  const std::vector<float> logits = {2.0f, -0.1f};
  const std::vector<PersonDetection> detections = DecodeDetections(boxes, logits, anchors, 0.5f);
  ASSERT_EQ(detections.size(), 1u);
  EXPECT_NEAR(detections[0].score, 0.8808f, 1e-4f);
  EXPECT_NEAR(detections[0].face.x, 0.5f, 1e-6f);
  EXPECT_NEAR(detections[0].face.y, 0.45f, 1e-6f);
  EXPECT_NEAR(detections[0].keypoints[1].x, 0.5f, 1e-6f);
  EXPECT_NEAR(detections[0].keypoints[1].y, 0.0f, 1e-6f);
}

TEST(WeightedNonMaxSuppression, MergesOverlappingDetectionsByScore) {
  const std::vector<PersonDetection> kept =
      WeightedNonMaxSuppression({At(0.6f, 0.13f, 0.1f), At(0.9f, 0.1f, 0.1f), At(0.7f, 0.7f, 0.7f)}, 0.3f);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_FLOAT_EQ(kept[0].score, 0.9f);
  EXPECT_NEAR(kept[0].keypoints[0].x, (0.9f * 0.1f + 0.6f * 0.13f) / 1.5f, 1e-6f);
  EXPECT_FLOAT_EQ(kept[1].score, 0.7f);
  EXPECT_NEAR(kept[1].face.x, 0.7f, 1e-6f);
}

TEST(WeightedNonMaxSuppression, KeepsDetectionsThatBarelyTouch) {
  EXPECT_EQ(WeightedNonMaxSuppression({At(0.9f, 0.1f, 0.1f), At(0.8f, 0.22f, 0.1f)}, 0.3f).size(), 2u);
  EXPECT_TRUE(WeightedNonMaxSuppression({}, 0.3f).empty());
}

TEST(PersonDetector, FindsADrawnPersonWhereItStands) {
  auto detector = PersonDetector::Create(*trackfit::testing::LoadModels().detector);
  ASSERT_TRUE(detector.ok()) << detector.status();
  const auto person = detector->Detect(trackfit::testing::DrawnPerson(), 0.5f);
  ASSERT_TRUE(person.ok()) << person.status();
  ASSERT_TRUE(person->has_value());
  EXPECT_GT((*person)->score, 0.9f);
  EXPECT_NEAR((*person)->keypoints[0].x, 160, 12);  // mid-hip
  EXPECT_NEAR((*person)->keypoints[0].y, 175, 15);
  EXPECT_LT((*person)->keypoints[1].y, 80);  // the circle's top is above the body
}

TEST(PersonDetector, FindsTheSamePersonInALetterboxedImage) {
  auto detector = PersonDetector::Create(*trackfit::testing::LoadModels().detector);
  ASSERT_TRUE(detector.ok()) << detector.status();
  const cv::Mat wide = trackfit::testing::DrawnPerson()(cv::Rect(0, 20, 320, 280));
  const auto person = detector->Detect(wide, 0.5f);
  ASSERT_TRUE(person.ok() && person->has_value());
  EXPECT_NEAR((*person)->keypoints[0].x, 160, 12);
  EXPECT_NEAR((*person)->keypoints[0].y, 155, 15);
}

TEST(PersonDetector, FindsNobodyInAnEmptyImage) {
  auto detector = PersonDetector::Create(*trackfit::testing::LoadModels().detector);
  ASSERT_TRUE(detector.ok()) << detector.status();
  const auto person = detector->Detect(cv::Mat(240, 320, CV_8UC3, cv::Scalar(90, 120, 150)), 0.5f);
  ASSERT_TRUE(person.ok()) << person.status();
  EXPECT_FALSE(person->has_value());
}

TEST(PersonDetector, RefusesAnotherNetwork) {
  EXPECT_EQ(PersonDetector::Create(*trackfit::testing::LoadModels().landmarks).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace trackfit::blazepose
