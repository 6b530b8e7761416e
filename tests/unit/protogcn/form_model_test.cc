#include "protogcn/form_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace trackfit::protogcn {
namespace {

using ::testing::HasSubstr;

skeleton::Measurements Unmeasured() {
  skeleton::Measurements measures;
  measures.fill(NAN);
  return measures;
}

FormModel TwoCurves() {
  FormModel model;
  model.bias = 0.5F;
  model.curves[skeleton::kHips] = {.knots = {-1, 0, 1}, .values = {-2, 1, -2}};
  model.curves[skeleton::kKneeAngle] = {.knots = {170}, .values = {0.25F}};
  return model;
}

TEST(FormModel, AddsWhatEachCurveSays) {
  skeleton::Measurements measures = Unmeasured();
  measures[skeleton::kHips] = 0.5F;
  measures[skeleton::kKneeAngle] = 120;
  EXPECT_FLOAT_EQ(*TwoCurves().Logit(measures), 0.5F - 0.5F + 0.25F);
  measures[skeleton::kHips] = -7;
  EXPECT_FLOAT_EQ(*TwoCurves().Logit(measures), 0.5F - 2 + 0.25F) << "constant beyond the knots";
}

TEST(FormModel, AMeasureThatIsMissingCountsAsAverage) {
  skeleton::Measurements measures = Unmeasured();
  EXPECT_EQ(TwoCurves().Logit(measures), std::nullopt) << "nothing was measured";
  measures[skeleton::kHips] = 0;
  EXPECT_FLOAT_EQ(*TwoCurves().Logit(measures), 1.5F);
  EXPECT_EQ(FormModel().Logit(measures), std::nullopt);
}

TEST(FormModel, NamesTheCurveThatIsWrong) {
  EXPECT_TRUE(TwoCurves().Validate().ok());
  FormModel model = TwoCurves();
  model.curves[skeleton::kHips].knots = {0, 0, 1};
  EXPECT_THAT(std::string(model.Validate().message()), HasSubstr("the knots of form.hips do not ascend"));
  model = TwoCurves();
  model.curves[skeleton::kKneeAngle].values.clear();
  EXPECT_THAT(std::string(model.Validate().message()), HasSubstr("form.knee_angle has 1 knots and 0 values"));
  model = TwoCurves();
  model.curves[skeleton::kHips].values[1] = NAN;
  EXPECT_THAT(std::string(model.Validate().message()), HasSubstr("not finite"));
}

}  // namespace
}  // namespace trackfit::protogcn
