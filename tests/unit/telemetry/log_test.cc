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

TEST_F(LogTest, ChildLoggerCarriesItsFields) {
  const Logger log = Make(LogFormat::kText);
  log.With({{"session", "ab12"}}).Info("started");
  log.Info("other");
  ASSERT_THAT(lines_, SizeIs(2));
  EXPECT_THAT(lines_[0], HasSubstr("session=ab12"));
  EXPECT_EQ(lines_[1].find("session"), std::string::npos);
}

TEST(LogNames, UnknownLevelIsRefusedWithTheKnownOnes) {
  EXPECT_TRUE(ParseLogLevel("debug").ok());
  EXPECT_THAT(std::string(ParseLogLevel("loud").status().message()),
              HasSubstr("debug, info, warning or error"));
  EXPECT_THAT(std::string(ParseLogFormat("xml").status().message()), HasSubstr("text or json"));
}

}  // namespace
}  // namespace trackfit::telemetry
