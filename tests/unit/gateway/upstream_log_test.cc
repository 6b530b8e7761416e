#include "gateway/upstream_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace trackfit::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class UpstreamLogTest : public ::testing::Test {
 protected:
  std::vector<std::string> lines_;
  telemetry::Logger logger_{"gateway", telemetry::LogLevel::kInfo, telemetry::LogFormat::kText,
                            [this](const std::string& line) { lines_.push_back(line); }};
  UpstreamLog log_{"extractor", "localhost:8001", logger_};
};

TEST_F(UpstreamLogTest, SaysOnceThatAnUpstreamIsAwayAndOnceThatItIsBack) {
  for (int attempt = 0; attempt < 100; ++attempt) log_.Broken(absl::UnavailableError("connection refused"));
  for (int answer = 0; answer < 100; ++answer) log_.StreamAnswered();
  EXPECT_THAT(lines_, ElementsAre(AllOf(HasSubstr("upstream away"), HasSubstr("localhost:8001"),
                                        HasSubstr("connection refused")),
                                  HasSubstr("upstream back")));
}

TEST_F(UpstreamLogTest, SaysEachKindOfTroubleOnce) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    log_.Broken(absl::UnavailableError("connection refused"));
    log_.Broken(absl::ResourceExhaustedError("all sessions are in use"));
  }
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("UNAVAILABLE"), HasSubstr("RESOURCE_EXHAUSTED")));
}

TEST_F(UpstreamLogTest, IsNotToldByACallThatStreamsWorkAgain) {
  log_.Broken(absl::ResourceExhaustedError("all sessions are in use"));
  log_.Broken(absl::UnavailableError("connection refused"));
  for (int call = 0; call < 100; ++call) {
    log_.CallAnswered();
    log_.Broken(absl::ResourceExhaustedError("all sessions are in use"));
  }
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("RESOURCE_EXHAUSTED"), HasSubstr("UNAVAILABLE")));
  log_.StreamAnswered();
  EXPECT_THAT(lines_.back(), HasSubstr("upstream back"));
}

TEST_F(UpstreamLogTest, IsSilentAboutWhatIsNoTrouble) {
  for (const absl::Status& status :
       {absl::OkStatus(), absl::DeadlineExceededError("idle"), absl::InvalidArgumentError("config")}) {
    log_.Broken(status);
  }
  log_.StreamAnswered();
  EXPECT_THAT(lines_, IsEmpty());
}

}  // namespace
}  // namespace trackfit::gateway
