#include "experiment/epoch_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support/scratch_folder.h"

namespace trackfit::experiment {
namespace {

std::string ContentOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

LogRow Row(double epoch, std::optional<double> validation) {
  return {{"epoch", epoch}, {"loss", 0.5 / epoch}, {"validation", validation}};
}

TEST(EpochLog, HasAHeadingAndARowPerEpoch) {
  const testing::ScratchFolder folder;
  auto log = *EpochLog::Open(folder.File("log.csv"), 0);
  ASSERT_TRUE(log.Append(Row(1, std::nullopt)).ok());
  ASSERT_TRUE(log.Append(Row(2, 0.75)).ok());
  EXPECT_EQ(ContentOf(folder.File("log.csv")), "epoch,loss,validation\n1,0.5,\n2,0.25,0.75\n");
}

TEST(EpochLog, AResumedRunRepeatsNoRow) {
  const testing::ScratchFolder folder;
  auto log = *EpochLog::Open(folder.File("log.csv"), 0);
  for (const double epoch : {1, 2, 4}) ASSERT_TRUE(log.Append(Row(epoch, std::nullopt)).ok());
  auto resumed = *EpochLog::Open(folder.File("log.csv"), 1);
  ASSERT_TRUE(resumed.Append(Row(2, 1)).ok());
  EXPECT_EQ(ContentOf(folder.File("log.csv")), "epoch,loss,validation\n1,0.5,\n2,0.25,1\n");
  auto anew = *EpochLog::Open(folder.File("log.csv"), 0);
  ASSERT_TRUE(anew.Append(Row(1, 1)).ok());
  EXPECT_EQ(ContentOf(folder.File("log.csv")), "epoch,loss,validation\n1,0.5,1\n");
}

TEST(EpochLog, RefusesWhatIsNoLogOfIts) {
  const testing::ScratchFolder folder;
  std::ofstream(folder.File("a.csv")) << "epoch,loss\n1,0.5\nnonsense\n";
  EXPECT_THAT(std::string(EpochLog::Open(folder.File("a.csv"), 1).status().message()),
              ::testing::HasSubstr("a.csv:3: it must begin with an epoch"));
  std::ofstream(folder.File("b.csv")) << "epoch,loss\n1,0.5\n";
  auto log = *EpochLog::Open(folder.File("b.csv"), 1);
  EXPECT_THAT(std::string(log.Append(Row(2, 1)).message()),
              ::testing::HasSubstr("has the columns epoch,loss"));
}

}  // namespace
}  // namespace trackfit::experiment
