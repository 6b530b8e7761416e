#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis_session_fixture.h"
#include "gateway/analysis_session.h"

namespace trackfit::gateway {
namespace {

using ::testing::ElementsAre;

using AnalysisSessionPeople = AnalysisSessionTest;

TEST_F(AnalysisSessionPeople, AreFollowedAsManyAsTheConfigurationSays) {
  ConfigurePeople(3);
  PushFrame(1);
  ASSERT_EQ(extractor_.sent.size(), 2U);
  EXPECT_EQ(extractor_.sent[0]->config().max_people(), 3U);
  EXPECT_EQ(extractor_.sent[1]->frame().sequence(), 1U);
}

TEST_F(AnalysisSessionPeople, AreFollowedByANewExtractorToo) {
  ConfigurePeople(3);
  PushFrame(1);
  session_.OnExtractorClosed(extractor_.attempt(), absl::UnavailableError("gone"));
  Wait(milliseconds(100));
  ASSERT_EQ(extractor_.sent.size(), 2U);
  EXPECT_EQ(extractor_.sent[0]->config().max_people(), 3U);
}

TEST_F(AnalysisSessionPeople, AreLimited) {
  ConfigurePeople(9);
  ExpectInvalidArgument("config.max_people is 9; it must be within [1, 8]");
}

TEST_F(AnalysisSessionPeople, AreAllShownButOnlyThePrimaryOneIsAssessed) {
  ConfigurePeople(2);
  PushFrames(1, 3);
  AnswerFrame(ResultWithPeople(1, {1, 2}));
  AnswerFrame(ResultWithPeople(2, {2}));
  AnswerFrame(ResultWithPeople(3, {1, 2}));
  EXPECT_THAT(PosesSent(), ElementsAre(1, 3)) << "the primary person is hidden in frame 2";
  EXPECT_THAT(PeopleIn(client_.responses[1].frame_result()), ElementsAre(1, 2));
}

TEST_F(AnalysisSessionPeople, AreNewPeopleAfterTheLossOfAnExtractor) {
  ConfigurePeople(2);
  PushFrames(1, 2);
  AnswerFrame(ResultWithPeople(1, {1, 4}));
  session_.OnExtractorClosed(extractor_.attempt(), absl::UnavailableError("gone"));
  Wait(milliseconds(100));
  AnswerFrame(ResultWithPeople(2, {1, 2}));
  EXPECT_THAT(PeopleIn(client_.responses.back().frame_result()), ElementsAre(5, 6));
}

TEST_F(AnalysisSessionPeople, AreTheSameAfterTheLossOfAnExtractorWhenThereIsOnlyOne) {
  Configure();
  PushFrames(1, 3);
  AnswerFrame(ResultWithPeople(1, {1}));
  AnswerFrame(ResultWithPeople(2, {3}));  // behind two cuts
  session_.OnExtractorClosed(extractor_.attempt(), absl::UnavailableError("gone"));
  Wait(milliseconds(100));
  AnswerFrame(ResultWithPeople(3, {1}));
  EXPECT_THAT(PeopleIn(client_.responses.back().frame_result()), ElementsAre(3));
}

}  // namespace
}  // namespace trackfit::gateway
