#include "skeleton/modality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trackfit::skeleton {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

// A chain 0 - 1 - 2 - 3 whose centre is node 0.
Layout Chain() {
  Layout layout;
  layout.bones = {{1, 0}, {2, 1}, {3, 2}};
  layout.sources = {{0}, {1}, {2}, {3}};
  return layout;
}

std::vector<float> Apply(Modality modality, std::vector<float> window,
                         Normalization normalization = Normalization::kTorso) {
  ApplyModality(modality, Chain(), normalization, window);
  return window;
}

// One frame: x is 1, 2, 4, 8, y ten times as much, z is 0.5 everywhere.
const std::vector<float> kFrame = {1, 10, 0.5, 2, 20, 0.5, 4, 40, 0.5, 8, 80, 0.5};

TEST(Modality, AJointIsWhatItWas) { EXPECT_EQ(Apply(Modality::kJoint, kFrame), kFrame); }

TEST(Modality, ABoneIsANodeMinusItsParent) {
  EXPECT_THAT(Apply(Modality::kBone, kFrame), ElementsAre(0, 0, 0, 1, 10, 0, 2, 20, 0, 4, 40, 0));
}

TEST(Modality, AKBoneReachesTwoNodesFarAndNoFartherThanTheCentre) {
  EXPECT_THAT(Apply(Modality::kKBone, kFrame), ElementsAre(0, 0, 0, 1, 10, 0, 3, 30, 0, 6, 60, 0));
}

TEST(Modality, EveryFrameIsTurnedByItself) {
  std::vector<float> window = kFrame;
  for (const float value : kFrame) window.push_back(2 * value);
  EXPECT_THAT(Apply(Modality::kBone, window), ElementsAre(0, 0, 0, 1, 10, 0, 2, 20, 0, 4, 40, 0,  //
                                                          0, 0, 0, 2, 20, 0, 4, 40, 0, 8, 80, 0));
}

TEST(Modality, AnAbsentNodeHasNoBoneAndTheNextOneTowardsTheCentreStandsIn) {
  std::vector<float> window = kFrame;
  for (const int i : {6, 7, 8}) window[i] = 0;  // node 2
  EXPECT_THAT(Apply(Modality::kBone, window), ElementsAre(0, 0, 0, 1, 10, 0, 0, 0, 0, 6, 60, 0));
  for (const int i : {0, 1, 2}) window[i] = 0;  // and the centre
  EXPECT_THAT(Apply(Modality::kBone, window), ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 60, 0));
}

TEST(Modality, UnderImageNormalizationAVisibilityBecomesTheMeanOfBothEnds) {
  std::vector<float> window = kFrame;
  window[2] = 0.9F;
  EXPECT_THAT(Apply(Modality::kBone, window, Normalization::kImage),
              ElementsAre(0, 0, 0.9F, 1, 10, FloatEq(0.7F), 2, 20, 0.5F, 4, 40, 0.5F));
}

TEST(Modality, NamesAreReadAsTheyAreWritten) {
  for (const Modality modality : {Modality::kJoint, Modality::kBone, Modality::kKBone})
    EXPECT_EQ(*ParseModality(ModalityName(modality)), modality);
  EXPECT_THAT(std::string(ParseModality("motion").status().message()), ::testing::HasSubstr("\"k_bone\""));
}

}  // namespace
}  // namespace trackfit::skeleton
