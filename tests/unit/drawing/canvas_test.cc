#include "drawing/canvas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <opencv2/imgcodecs.hpp>

#include "drawing/palette.h"
#include "pictures.h"
#include "support/scratch_folder.h"

namespace trackfit::drawing {
namespace {

constexpr Font kFont{.size = 20};
const cv::Size kSize(200, 60);

// The columns from the first to the last that have something white.
cv::Range Inked(const Canvas& canvas) {
  const cv::Mat picture = PictureOf(canvas);
  cv::Range columns(picture.cols, 0);
  for (int x = 0; x < picture.cols; ++x) {
    if (Count(picture, palette::kWhite, {x, 0, 1, picture.rows}) == 0) continue;
    columns.start = std::min(columns.start, x);
    columns.end = x + 1;
  }
  return columns;
}

TEST(Canvas, ChangesOnlyWhatIsDrawnOn) {
  cv::Mat before(kSize, CV_8UC3);
  cv::randu(before, 0, 255);
  Canvas canvas(kSize, palette::kInk);
  canvas.Load(before);
  canvas.Rectangle({50, 10, 20, 30}, 0, palette::kOff);
  const cv::Mat after = PictureOf(canvas);
  EXPECT_EQ(Count(after, palette::kOff, {50, 10, 20, 30}), 20 * 30);
  before({50, 10, 20, 30}).copyTo(after({50, 10, 20, 30}));
  EXPECT_EQ(cv::norm(before, after, cv::NORM_INF), 0);
}

TEST(Canvas, BlendsWhatIsTranslucent) {
  Canvas canvas(kSize, {100, 100, 100});
  canvas.Rectangle({50, 10, 20, 30}, 0, {200, 0, 100, 0.5F});
  EXPECT_TRUE(Shows(PictureOf(canvas).at<cv::Vec3b>(20, 60), {150, 50, 100}, 2));
}

TEST(Canvas, PutsTextWhereItsAnchorSays) {
  const float width = TextWidth("Squat", kFont);
  EXPECT_NEAR(width, 58, 12);
  for (const auto& [anchor, left] :
       {std::pair(Anchor::kBaseline, 100.0F), std::pair(Anchor::kLeft, 100.0F),
        std::pair(Anchor::kCentre, 100 - width / 2), std::pair(Anchor::kRight, 100 - width)}) {
    Canvas canvas(kSize, palette::kInk);
    canvas.Text({100, 30}, "Squat", kFont, palette::kWhite, anchor);
    const cv::Range columns = Inked(canvas);
    EXPECT_NEAR(columns.start, left, 3);
    EXPECT_NEAR(columns.end, left + width, 3);
  }
}

TEST(Canvas, SetsPairsOfLettersCloserThatNeedIt) {
  EXPECT_LT(TextWidth("AVA", kFont), 2 * TextWidth("A", kFont) + TextWidth("V", kFont) - 1);
}

TEST(Canvas, WritesEveryLanguageAndWhatIsNotUtf8) {
  EXPECT_GT(TextWidth("\u0436\u0438\u043c", kFont), 25) << "three letters, not six bytes";
  Canvas canvas(kSize, palette::kInk);
  canvas.Text({20, 30}, "a\xff\xfe z", kFont, palette::kWhite);
  EXPECT_GT(Inked(canvas).size(), TextWidth("a z", kFont)) << "the letters, and something for the bytes";
}

TEST(Canvas, WritesAPng) {
  const testing::ScratchFolder scratch;
  Canvas canvas(kSize, palette::kLeft);
  ASSERT_TRUE(canvas.WritePng(scratch.File("a.png")).ok());
  EXPECT_EQ(cv::norm(cv::imread(scratch.File("a.png")), PictureOf(canvas), cv::NORM_INF), 0);
  EXPECT_EQ(canvas.WritePng("/nowhere/at/all.png").code(), absl::StatusCode::kUnavailable);
}

TEST(CheckFont, FindsTheOneThatSetUpInstalls) { EXPECT_TRUE(CheckFont().ok()) << CheckFont(); }

TEST(CheckFontDeathTest, NamesThePackageWhereThereIsNoFont) {
  const testing::ScratchFolder scratch;
  std::ofstream(scratch.File("fonts.conf")) << "<fontconfig><dir>" << scratch.path() << "</dir></fontconfig>";
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // a process that has read no fonts yet
  EXPECT_EXIT(
      {
        setenv("FONTCONFIG_FILE", scratch.File("fonts.conf").c_str(), 1);
        const absl::Status status = CheckFont();
        std::cerr << status.message();
        std::exit(status.raw_code());
      },
      ::testing::ExitedWithCode(static_cast<int>(absl::StatusCode::kNotFound)), "fonts-dejavu-core");
}

}  // namespace
}  // namespace trackfit::drawing
