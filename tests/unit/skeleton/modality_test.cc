#include "skeleton/modality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

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

// One frame: x is 1, 2, 4, 8, y ten times as much, z always 0.5.
const std::vector<float> kFrame = {1, 10, 0.5, 2, 20, 0.5, 4, 40, 0.5, 8, 80, 0.5};

TEST(Modality, AJointIsUnchanged) { EXPECT_EQ(Apply(Modality::kJoint, kFrame), kFrame); }

TEST(Modality, ABoneIsANodeMinusItsParent) {
  EXPECT_THAT(Apply(Modality::kBone, kFrame), ElementsAre(0, 0, 0, 1, 10, 0, 2, 20, 0, 4, 40, 0));
}

TEST(Modality, AKBoneIsANodeMinusItsGrandparent) {
  EXPECT_THAT(Apply(Modality::kKBone, kFrame), ElementsAre(0, 0, 0, 0, 0, 0, 3, 30, 0, 6, 60, 0));
}

// The other end of each node's bone in the layout, -1 if it has none.
std::map<int, int> OtherEnds(Modality modality, const Layout& layout) {
  std::vector<float> window;
  // Powers of two, so that a difference identifies both ends.
  for (int node = 0; node < layout.nodes(); ++node) {
    for (int c = 0; c < 3; ++c) window.push_back(std::exp2(static_cast<float>(node)));
  }
  ApplyModality(modality, layout, Normalization::kTorso, window);
  std::map<int, int> ends;
  for (int node = 0; node < layout.nodes(); ++node) {
    const float difference = window[static_cast<size_t>(node) * 3];
    ends[node] =
        difference == 0 ? -1 : static_cast<int>(std::log2(std::exp2(static_cast<float>(node)) - difference));
  }
  return ends;
}

TEST(Modality, BonesAndKBonesOfCoco20AreThoseOfUpstreamsCocoNew) {
  constexpr int kNose = 0, kLeftEye = 1, kLeftEar = 3, kLeftShoulder = 5, kLeftElbow = 7, kLeftWrist = 9,
                kRightHip = 12, kRightKnee = 14, kRightAnkle = 16, kMidHip = 17, kMidSpine = 18, kNeck = 19;
  const std::map<int, int> bones = OtherEnds(Modality::kBone, Coco20());
  EXPECT_EQ(bones.at(kLeftWrist), kLeftElbow);
  EXPECT_EQ(bones.at(kRightHip), kMidHip);
  EXPECT_EQ(bones.at(kMidHip), kMidSpine);
  EXPECT_EQ(bones.at(kMidSpine), kNeck);
  EXPECT_EQ(bones.at(kNeck), -1);

  const std::map<int, int> k_bones = OtherEnds(Modality::kKBone, Coco20());
  EXPECT_EQ(k_bones.at(kLeftWrist), kLeftShoulder);
  EXPECT_EQ(k_bones.at(kLeftElbow), kNeck);
  EXPECT_EQ(k_bones.at(kLeftEar), kNose);
  EXPECT_EQ(k_bones.at(kLeftEye), kNeck);
  EXPECT_EQ(k_bones.at(kRightAnkle), kRightHip);
  EXPECT_EQ(k_bones.at(kRightKnee), kMidHip);
  EXPECT_EQ(k_bones.at(kRightHip), kMidSpine);
  EXPECT_EQ(k_bones.at(kMidHip), kNeck);
  for (const int next_to_the_centre : {kNose, kLeftShoulder, kMidSpine, kNeck})
    EXPECT_EQ(k_bones.at(next_to_the_centre), -1) << next_to_the_centre;
}

TEST(Modality, FramesAreConvertedIndependently) {
  std::vector<float> window = kFrame;
  for (const float value : kFrame) window.push_back(2 * value);
  EXPECT_THAT(Apply(Modality::kBone, window), ElementsAre(0, 0, 0, 1, 10, 0, 2, 20, 0, 4, 40, 0,  //
                                                          0, 0, 0, 2, 20, 0, 4, 40, 0, 8, 80, 0));
}

TEST(Modality, AnAbsentNodeIsReplacedByItsNextAncestor) {
  std::vector<float> window = kFrame;
  for (const int i : {6, 7, 8}) window[i] = 0;  // node 2
  EXPECT_THAT(Apply(Modality::kBone, window), ElementsAre(0, 0, 0, 1, 10, 0, 0, 0, 0, 6, 60, 0));
  for (const int i : {0, 1, 2}) window[i] = 0;  // and the centre
  EXPECT_THAT(Apply(Modality::kBone, window), ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 60, 0));
}

TEST(Modality, UnderImageNormalizationVisibilityIsTheMeanOfBothEnds) {
  std::vector<float> window = kFrame;
  window[2] = 0.9F;
  EXPECT_THAT(Apply(Modality::kBone, window, Normalization::kImage),
              ElementsAre(0, 0, 0.9F, 1, 10, FloatEq(0.7F), 2, 20, 0.5F, 4, 40, 0.5F));
}

TEST(Modality, UnderImageNormalizationAKBonesVisibilityIsTheDifference) {
  std::vector<float> window = kFrame;
  window[8] = 0.75F;  // node 2
  EXPECT_THAT(Apply(Modality::kKBone, window, Normalization::kImage),
              ElementsAre(0, 0, 0, 0, 0, 0, 3, 30, 0.25F, 6, 60, 0));
}

TEST(Modality, NamesRoundTrip) {
  for (const Modality modality : {Modality::kJoint, Modality::kBone, Modality::kKBone})
    EXPECT_EQ(*ParseModality(ModalityName(modality)), modality);
  EXPECT_THAT(std::string(ParseModality("motion").status().message()), ::testing::HasSubstr("\"k_bone\""));
}

}  // namespace
}  // namespace trackfit::skeleton
