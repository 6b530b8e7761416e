#include "command_line/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace trackfit::command_line {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Progress::TimePoint kStart{std::chrono::hours(1)};

TEST(Progress, ShowsShareSpeedAndTimeLeftOnATerminal) {
  std::ostringstream out;
  Progress progress(out, Progress::Style::kTerminal, "Analysing", 300, kStart);
  progress.Update(150, kStart + std::chrono::seconds(5));
  EXPECT_THAT(out.str(), HasSubstr("50 %"));
  EXPECT_THAT(out.str(), HasSubstr("150 of 300 frames"));
  EXPECT_THAT(out.str(), HasSubstr("30 fps"));
  EXPECT_THAT(out.str(), HasSubstr("0:05 left"));
  EXPECT_THAT(out.str(), Not(HasSubstr("\n")));
}

TEST(Progress, CountsInTheGivenUnit) {
  std::ostringstream out;
  Progress progress(out, Progress::Style::kTerminal, "Assessing", 300, kStart, "clips");
  progress.Update(150, kStart + std::chrono::seconds(5));
  EXPECT_THAT(out.str(), HasSubstr("150 of 300 clips"));
  EXPECT_THAT(out.str(), HasSubstr("0:05 left"));
  EXPECT_THAT(out.str(), Not(HasSubstr("fps")));
}

TEST(Progress, ClearsItsBarBeforeOtherOutput) {
  std::ostringstream out;
  Progress progress(out, Progress::Style::kTerminal, "Analysing", 300, kStart);
  progress.Update(150, kStart + std::chrono::seconds(5));
  out.str("");
  progress.Hide();
  EXPECT_EQ(out.str(), "\r\x1b[2K");
  out.str("");
  progress.Hide();
  EXPECT_EQ(out.str(), "");
}

TEST(Progress, ClearsItsBarAtItsEnd) {
  std::ostringstream out;
  {
    Progress progress(out, Progress::Style::kTerminal, "Analysing", 300, kStart);
    progress.Update(150, kStart);
    out.str("");
  }
  EXPECT_EQ(out.str(), "\r\x1b[2K");
}

TEST(Progress, PrintsOccasionalLinesElsewhere) {
  std::ostringstream out;
  Progress progress(out, Progress::Style::kLines, "Analysing", 300, kStart);
  for (int i = 1; i <= 110; ++i) progress.Update(i, kStart + std::chrono::milliseconds(100 * i));
  const std::string text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(Progress, CountsWhenTheTotalIsUnknown) {
  std::ostringstream out;
  Progress progress(out, Progress::Style::kTerminal, "Analysing", 0, kStart);
  progress.Update(150, kStart + std::chrono::seconds(5));
  EXPECT_THAT(out.str(), HasSubstr("150 frames  30 fps"));
  EXPECT_THAT(out.str(), Not(HasSubstr("left")));
}

TEST(Progress, IsSilentWhenAsked) {
  std::ostringstream out;
  Progress progress(out, Progress::Style::kNone, "Analysing", 300, kStart);
  progress.Update(150, kStart + std::chrono::seconds(500));
  progress.Hide();
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace trackfit::command_line
