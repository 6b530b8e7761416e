#include "telemetry/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace trackfit::telemetry {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LogTest : public ::testing::Test {
 protected:
  Logger Make(LogFormat format, LogLevel lowest = LogLevel::kInfo) {
    return Logger("extractor", lowest, format, [this](const std::string& line) { lines_.push_back(line); });
  }

  std::vector<std::string> lines_;
};

TEST_F(LogTest, TextLineIsKeyValuePairsAndQuotesWhatHasSpaces) {
  Make(LogFormat::kText)
      .Info("stream ended", {{"code", "OK"}, {"frames", 12}, {"seconds", 0.5}, {"live", true}});
  ASSERT_THAT(lines_, SizeIs(1));
  EXPECT_THAT(
      lines_[0],
      EndsWith(
          "level=info event=\"stream ended\" service=extractor code=OK frames=12 seconds=0.5 live=true"));
}

TEST_F(LogTest, JsonLineParsesWhateverAClientPutsIntoIt) {
  Make(LogFormat::kJson).Warning("refused", {{"name", "a \"b\"\n\xff"}});
  ASSERT_THAT(lines_, SizeIs(1));
  EXPECT_EQ(lines_[0].find('\n'), std::string::npos);
  const auto entry = nlohmann::json::parse(lines_[0]);
  EXPECT_EQ(entry["level"], "warning");
  EXPECT_EQ(entry["event"], "refused");
  EXPECT_EQ(entry["service"], "extractor");
  EXPECT_THAT(entry["name"].get<std::string>(), HasSubstr("a \"b\"\n"));
}

TEST_F(LogTest, LinesBelowTheLowestLevelAreNotWritten) {
  Make(LogFormat::kText, LogLevel::kWarning).Info("quiet");
  EXPECT_THAT(lines_, IsEmpty());
}

TEST_F(LogTest, LevelChangesForAllWhoShareItAndTheLogSaysSo) {
  const Logger log = Make(LogFormat::kText, LogLevel::kError);
  const Logger session = log.With({{"session", "ab12"}});
  log.SetLevel(LogLevel::kWarning);
  session.Info("quiet");
  log.SetLevel(LogLevel::kDebug);
  session.Debug("heard");
  session.SetLevel(LogLevel::kError);
  log.Warning("quiet");
  ASSERT_THAT(lines_, SizeIs(4));
  EXPECT_THAT(lines_[0], EndsWith("level=info event=\"log level\" service=extractor log_level=warning"));
  EXPECT_THAT(lines_[1], EndsWith("log_level=debug"));
  EXPECT_THAT(lines_[2], HasSubstr("event=heard"));
  EXPECT_THAT(lines_[3], EndsWith("log_level=error"));
  EXPECT_EQ(log.level(), LogLevel::kError);
}

TEST_F(LogTest, ChildLoggerCarriesItsFields) {
  const Logger log = Make(LogFormat::kText);
  log.With({{"session", "ab12"}}).Info("started");
  log.Info("other");
  ASSERT_THAT(lines_, SizeIs(2));
  EXPECT_THAT(lines_[0], HasSubstr("session=ab12"));
  EXPECT_EQ(lines_[1].find("session"), std::string::npos);
}

TEST(LogLevels, EndAtDebugAndError) {
  EXPECT_EQ(Louder(LogLevel::kInfo, 1), LogLevel::kDebug);
  EXPECT_EQ(Louder(LogLevel::kInfo, -1), LogLevel::kWarning);
  EXPECT_EQ(Louder(LogLevel::kWarning, 5), LogLevel::kDebug);
  EXPECT_EQ(Louder(LogLevel::kDebug, -9), LogLevel::kError);
}

TEST(LogNames, UnknownLevelIsRefusedWithTheKnownOnes) {
  EXPECT_TRUE(ParseLogLevel("debug").ok());
  EXPECT_THAT(std::string(ParseLogLevel("loud").status().message()),
              HasSubstr("debug, info, warning or error"));
  EXPECT_THAT(std::string(ParseLogFormat("xml").status().message()), HasSubstr("text or json"));
}

}  // namespace
}  // namespace trackfit::telemetry
