#include "drawing/chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>

#include "drawing/curves.h"
#include "drawing/palette.h"
#include "pictures.h"

namespace trackfit::drawing {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string PathFor(const std::string& name) {
  return ::testing::TempDir() + "chart_test_" + std::to_string(getpid()) + "_" + name;
}

TEST(RoundTicks, AreRoundAndWithin) {
  EXPECT_THAT(RoundTicks(0, 1),
              ElementsAre(DoubleNear(0, 1e-9), DoubleNear(0.2, 1e-9), DoubleNear(0.4, 1e-9),
                          DoubleNear(0.6, 1e-9), DoubleNear(0.8, 1e-9), DoubleNear(1, 1e-9)));
  EXPECT_THAT(RoundTicks(-7, 13, 4), ElementsAre(-5, 0, 5, 10));
  EXPECT_THAT(RoundTicks(3, 3), ElementsAre(3));
}

class ChartTest : public ::testing::Test {
 protected:
  Canvas canvas_{{640, 480}, palette::kInk};
};

TEST_F(ChartTest, PutsDataWhereTheAxesSay) {
  Chart chart(canvas_, {0, 0, 640, 480}, "Title", {.low = 0, .high = 10}, {.low = 0, .high = 2});
  const cv::Rect2f& area = chart.area();
  const cv::Point2f corner = chart.At({0, 0}), opposite = chart.At({10, 2});
  EXPECT_FLOAT_EQ(corner.x, area.x);
  EXPECT_FLOAT_EQ(corner.y, area.y + area.height);
  EXPECT_FLOAT_EQ(opposite.x, area.x + area.width);
  EXPECT_FLOAT_EQ(opposite.y, area.y);

  chart.Dot({5, 1}, Marker::kDisc, SeriesColour(1), 6);
  const cv::Point2f middle = chart.At({5, 1});
  EXPECT_TRUE(Shows(PictureOf(canvas_).at<cv::Vec3b>(cv::Point(middle)), SeriesColour(1)));
  const cv::Point2d line[] = {{0, 0.5}, {10, 0.5}};
  chart.Line(line, SeriesColour(2), 3);
  const cv::Mat image = PictureOf(canvas_);
  EXPECT_GT(Count(image, SeriesColour(2)), static_cast<int>(area.width));
  EXPECT_TRUE(Shows(image.at<cv::Vec3b>(cv::Point(chart.At({7.5, 0.5}))), SeriesColour(2)));
}

TEST_F(ChartTest, KeepsTheLegendRightOfTheArea) {
  const Chart chart(canvas_, {0, 0, 640, 480}, "", {}, {},
                    {{.text = "a series", .colour = SeriesColour(3), .marker = Marker::kDisc}});
  const int right = static_cast<int>(chart.area().x + chart.area().width);
  EXPECT_LT(right, 560);
  const cv::Mat image = PictureOf(canvas_);
  EXPECT_GT(Count(image, SeriesColour(3), {right, 0, 640 - right, 480}), 30);
  EXPECT_EQ(Count(image, SeriesColour(3), {0, 0, right, 480}), 0);
}

TEST_F(ChartTest, HeatMapsAreBrightWhereValuesAreHigh) {
  DrawHeatMap(canvas_, {0, 0, 640, 480},
              {.rows = {"up", "down"},
               .columns = {"up", "down"},
               .values = {{1, 0}, {1, 0}},
               .texts = {{"9", ""}, {"4", ""}}});
  const cv::Mat image = PictureOf(canvas_);
  EXPECT_GT(Count(image, palette::kLeft), 5000) << "right decisions";
  EXPECT_GT(Count(image, palette::kOff), 5000) << "wrong ones";
}

TEST(DrawCurves, DrawsOnePanelForColumnsThatBelongTogether) {
  const std::string csv = PathFor("log.csv"), png = PathFor("log.png");
  std::ofstream(csv) << "epoch,train_loss,val_loss,learning_rate,note\n"
                        "1,2.0,2.5,0.1,first\n"
                        "2,1.0,,0.1,second\n"
                        "3,0.5,1.5,0.05,third\n"
                        "4,0.";  // a run that was cut off
  const absl::Status drawn = DrawCurves(csv, png);
  ASSERT_TRUE(drawn.ok()) << drawn;
  const cv::Mat image = cv::imread(png);
  EXPECT_EQ(image.cols, 2 * 520) << "loss and learning rate; a note is no number";
  EXPECT_EQ(image.rows, 340);
  const cv::Rect left(0, 0, 520, 340), right(520, 0, 520, 340);
  EXPECT_GT(Count(image, SeriesColour(0), left), 200);
  EXPECT_GT(Count(image, SeriesColour(1), left), 200);
  EXPECT_GT(Count(image, SeriesColour(0), right), 200);
  EXPECT_EQ(Count(image, SeriesColour(1), right), 0);
}

TEST(DrawCurves, NamesWhatIsWrongWithALog) {
  EXPECT_EQ(DrawCurves(PathFor("absent.csv"), PathFor("absent.png")).code(), absl::StatusCode::kNotFound);
  const std::string csv = PathFor("broken.csv");
  std::ofstream(csv) << "epoch,loss\n1\n2,3\n";
  EXPECT_THAT(std::string(DrawCurves(csv, PathFor("broken.png")).message()), HasSubstr("line 2"));
  std::ofstream(csv) << "epoch,loss\n";
  EXPECT_THAT(std::string(DrawCurves(csv, PathFor("broken.png")).message()), HasSubstr("no numbers"));
}

}  // namespace
}  // namespace trackfit::drawing
