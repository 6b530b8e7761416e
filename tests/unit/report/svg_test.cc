#include "report/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace trackfit::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Escaped, LeavesNothingThatABrowserTakesForMarkup) {
  EXPECT_EQ(Escaped("<b onload='x'>\"R&B\""), "&lt;b onload=&#39;x&#39;&gt;&quot;R&amp;B&quot;");
  EXPECT_EQ(Escaped("더 낮게"), "더 낮게");
}

TEST(Svg, EscapesLabelsTipsAndText) {
  Svg svg(10, 10, "\"<label>");
  svg.Circle({1, 2}, 3, "dot", "<tip>");
  svg.Text({1, 2}, "<text>", "tick");
  EXPECT_THAT(svg.Markup(), Not(HasSubstr("<tip>")));
  EXPECT_THAT(svg.Markup(), HasSubstr("aria-label=\"&quot;&lt;label&gt;\""));
  EXPECT_THAT(svg.Markup(), HasSubstr("<title>&lt;tip&gt;</title></circle>"));
  EXPECT_THAT(svg.Markup(), HasSubstr(">&lt;text&gt;</text>"));
}

TEST(Svg, InterruptsACurveWhereAValueIsMissing) {
  Svg svg(10, 10, "");
  svg.Curve(std::array{Point{0, 1}, Point{1, 2}, Point{2, std::nanf("")}, Point{3, 4}, Point{4, 5}}, "curve");
  EXPECT_THAT(svg.Markup(), HasSubstr("d=\"M0.0 1.0L1.0 2.0M3.0 4.0L4.0 5.0\""));
}

}  // namespace
}  // namespace trackfit::report
