#include "client/results_json.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <sstream>

#include "support/coached_session.h"

namespace trackfit::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(JsonLine, ParsesBackIntoTheSameMessage) {
  v1::AnalyzeResponse response = testing::ResponseOf(testing::PushUp(3, 62, 55.25F));
  const auto line = JsonLine(response);
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_THAT(*line, Not(HasSubstr("\n")));
  v1::AnalyzeResponse parsed;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(*line, &parsed).ok());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(parsed, response));
}

TEST(JsonLine, UsesTheContractsNamesAndLeavesNoFieldOut) {
  const auto line = JsonLine(testing::ResultOf(0, v1::FRAME_STATUS_NO_POSE));
  ASSERT_TRUE(line.ok());
  EXPECT_THAT(*line, HasSubstr("\"frame_result\""));
  EXPECT_THAT(*line, HasSubstr("\"sequence\":\"0\""));
  EXPECT_THAT(*line, HasSubstr("\"detail\":\"\""));
}

std::string LinesOf(const std::vector<v1::AnalyzeResponse>& responses) {
  std::string lines;
  for (const v1::AnalyzeResponse& response : responses) lines += JsonLine(response).value() + "\n";
  return lines;
}

absl::StatusOr<SessionRecord> Read(const std::string& text) {
  std::istringstream lines(text);
  return ReadResults(lines, "results.jsonl");
}

TEST(ReadResults, GivesTheSessionThatWasWritten) {
  const auto record = Read(LinesOf(testing::SquatSession({90, 110})));
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->frames(), 100);
  ASSERT_NE(record->Result(25), nullptr);
  EXPECT_EQ(record->Result(25)->pose().landmarks_size(), 33);
  ASSERT_EQ(record->repetitions().size(), 2U);
  EXPECT_EQ(record->repetitions()[1].findings(0).measured(), 110);
  EXPECT_EQ(record->repetitions()[1].findings(0).good_low(), -testing::kNoLimit);
  EXPECT_EQ(record->KeptSequences(), std::pair(uint64_t{0}, uint64_t{99}));
}

TEST(ReadResults, LeavesOutWhatTakesMostOfTheRoom) {
  v1::AnalyzeResponse result = testing::ResultOf(0, v1::FRAME_STATUS_POSE);
  *result.mutable_frame_result()->mutable_pose() = testing::StandingPoseMessage();
  result.mutable_frame_result()->mutable_pose()->add_world_landmarks();
  result.mutable_frame_result()->add_other_poses();
  const auto record = Read(LinesOf({result}));
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->Result(0)->pose().world_landmarks_size(), 0);
  EXPECT_EQ(record->Result(0)->other_poses_size(), 0);
}

TEST(ReadResults, TakesALastLineThatIsCutShortForTheEnd) {
  const std::string whole = LinesOf(testing::SquatSession({90}));
  const auto record = Read(whole.substr(0, whole.size() - 40));
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->frames(), 50);
  EXPECT_TRUE(record->repetitions().empty());
}

TEST(ReadResults, KnowsNothingOfFieldsFromLaterVersions) {
  const auto record =
      Read("{\"frame_result\":{\"sequence\":\"3\",\"status\":\"FRAME_STATUS_NO_POSE\",\"aura\":1}}\n");
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->Count(v1::FRAME_STATUS_NO_POSE), 1);
}

TEST(ReadResults, NamesTheLineThatIsNoResult) {
  const auto record = Read(LinesOf({testing::ResultOf(0, v1::FRAME_STATUS_NO_POSE)}) + "{\"frame\":\n");
  ASSERT_EQ(record.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(record.status().message()), HasSubstr("results.jsonl: line 2 is no result"));
  EXPECT_THAT(std::string(record.status().message()), Not(HasSubstr("\n")));
}

TEST(ReadResults, SaysThatThereIsNothingInAFile) {
  EXPECT_THAT(std::string(Read("").status().message()), HasSubstr("results.jsonl holds no results"));
}

}  // namespace
}  // namespace trackfit::client
