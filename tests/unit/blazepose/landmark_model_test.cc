#include "blazepose/landmark_model.h"

#include <gtest/gtest.h>

#include <vector>

#include "models.h"

namespace trackfit::blazepose {
namespace {

constexpr int kCells = 64;

class RefineByHeatmapTest : public ::testing::Test {
 protected:
  RefineByHeatmapTest() : heatmap_(kCells * kCells * kNetworkLandmarks, -20.0f) {
    landmarks_.fill({0.5f, 0.5f, 0.1f});
  }

  void SetCell(int row, int column, int landmark, float logit) {
    heatmap_[(row * kCells + column) * kNetworkLandmarks + landmark] = logit;
  }

  std::vector<float> heatmap_;
  std::array<cv::Point3f, kNetworkLandmarks> landmarks_;
};

TEST_F(RefineByHeatmapTest, MovesALandmarkToTheConfidentCellNearIt) {
  SetCell(30, 34, 7, 5.0f);
  RefineByHeatmap(heatmap_, landmarks_);
  EXPECT_NEAR(landmarks_[7].x, 34.0f / kCells, 1e-4f);
  EXPECT_NEAR(landmarks_[7].y, 30.0f / kCells, 1e-4f);
  EXPECT_FLOAT_EQ(landmarks_[7].z, 0.1f);
  EXPECT_FLOAT_EQ(landmarks_[6].x, 0.5f);  // the others have no confident cell
}

TEST_F(RefineByHeatmapTest, IgnoresCellsBeyondItsKernel) {
  SetCell(32, 36, 0, 5.0f);
  RefineByHeatmap(heatmap_, landmarks_);
  EXPECT_FLOAT_EQ(landmarks_[0].x, 0.5f);
}

TEST_F(RefineByHeatmapTest, KeepsALandmarkWithoutAConfidentCell) {
  SetCell(32, 33, 0, -0.1f);
  RefineByHeatmap(heatmap_, landmarks_);
  EXPECT_FLOAT_EQ(landmarks_[0].x, 0.5f);
}

TEST_F(RefineByHeatmapTest, KeepsLandmarksOutsideTheCrop) {
  landmarks_[0] = {-0.2f, 0.5f, 0};
  landmarks_[1] = {0.5f, 1e9f, 0};
  SetCell(32, 0, 0, 5.0f);
  RefineByHeatmap(heatmap_, landmarks_);
  EXPECT_FLOAT_EQ(landmarks_[0].x, -0.2f);
  EXPECT_FLOAT_EQ(landmarks_[1].y, 1e9f);
}

TEST(LandmarkModel, RefusesTheDetector) {
  EXPECT_EQ(LandmarkModel::Create(*trackfit::testing::LoadModels().detector).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace trackfit::blazepose
