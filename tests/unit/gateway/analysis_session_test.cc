#include "serving/analysis_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace trackfit::serving {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kFrameUs = 33'333;

v1::Pose PoseNumber(uint64_t sequence) {
  v1::Pose pose;
  pose.set_sequence(sequence);
  pose.set_timestamp_us(static_cast<int64_t>(sequence) * kFrameUs);
  for (int j = 0; j < 33; ++j) {
    v1::Landmark& landmark = *pose.add_landmarks();
    landmark.set_x(0.5F);
    landmark.set_y(0.01F * static_cast<float>(j));
    landmark.set_visibility(0.9F);
    landmark.set_presence(0.9F);
  }
  return pose;
}

v1::FrameResult PoseResult(uint64_t sequence) {
  v1::FrameResult result;
  result.set_sequence(sequence);
  result.set_status(v1::FRAME_STATUS_POSE);
  *result.mutable_pose() = PoseNumber(sequence);
  return result;
}

// People who are seen, lowest id first.
v1::FrameResult ResultWithPeople(uint64_t sequence, const std::vector<uint32_t>& ids) {
  v1::FrameResult result = PoseResult(sequence);
  result.mutable_pose()->set_person_id(ids.front());
  for (size_t other = 1; other < ids.size(); ++other) {
    *result.add_other_poses() = PoseNumber(sequence);
    result.mutable_other_poses()->rbegin()->set_person_id(ids[other]);
  }
  return result;
}

std::vector<uint32_t> PeopleIn(const v1::FrameResult& result) {
  std::vector<uint32_t> ids = {result.pose().person_id()};
  for (const v1::Pose& other : result.other_poses()) ids.push_back(other.person_id());
  return ids;
}

v1::FrameResult ResultWithout(uint64_t sequence, v1::FrameStatus status) {
  v1::FrameResult result;
  result.set_sequence(sequence);
  result.set_status(status);
  return result;
}

v1::Assessment AssessmentOf(uint64_t first, uint64_t last, const std::string& exercise = "squat") {
  v1::Assessment assessment;
  assessment.set_first_sequence(first);
  assessment.set_last_sequence(last);
  assessment.set_exercise(exercise);
  assessment.set_judged_exercise(exercise);
  assessment.set_confidence(0.75F);
  assessment.set_known(true);
  v1::ClassScore& score = *assessment.add_classes();
  score.set_exercise(exercise);
  score.set_probability(1);
  for (uint32_t j = 0; j < 33; ++j) {
    v1::JointError& error = *assessment.add_joint_errors();
    error.set_joint(j);
    error.set_percentile(50);
  }
  return assessment;
}

class FakeClient : public AnalysisClient {
 public:
  void Send(v1::AnalyzeResponse response) override { responses.push_back(std::move(response)); }
  void Finish(absl::Status status) override {
    ASSERT_FALSE(finished) << "finished twice";
    finished = std::move(status);
  }

  std::vector<uint64_t> Answered() const {
    std::vector<uint64_t> sequences;
    for (const auto& response : responses) {
      if (response.has_frame_result()) sequences.push_back(response.frame_result().sequence());
    }
    return sequences;
  }
  std::vector<uint64_t> Assessed() const {
    std::vector<uint64_t> sequences;
    for (const auto& response : responses) {
      if (response.has_assessment()) sequences.push_back(response.assessment().last_sequence());
    }
    return sequences;
  }

  std::vector<v1::AnalyzeResponse> responses;
  std::optional<absl::Status> finished;
};

template <class Request>
class FakeLink : public UpstreamLink<Request> {
 public:
  void Connect(uint64_t attempt) override {
    attempts.push_back(attempt);
    sent.clear();
    closed = false;
  }
  void Send(std::shared_ptr<const Request> request) override { sent.push_back(std::move(request)); }
  void CloseSending() override { closed = true; }
  void Disconnect() override { ++disconnects; }

  uint64_t attempt() const { return attempts.back(); }

  std::vector<uint64_t> attempts;
  std::vector<std::shared_ptr<const Request>> sent;  // in the current attempt
  bool closed = false;
  int disconnects = 0;
};

class FakeObserver : public AnalysisObserver {
 public:
  void OnFrameAnswered(v1::FrameStatus status, std::chrono::duration<double> latency) override {
    statuses.push_back(status);
    latencies.push_back(latency.count());
  }
  void OnAssessment(const v1::Assessment& assessment, const std::string& expected_exercise) override {
    assessments.emplace_back(assessment.exercise(), expected_exercise);
  }
  void OnUpstreamBroken(Upstream upstream, const absl::Status& status) override {
    broken.emplace_back(upstream, status.code());
  }

  std::vector<v1::FrameStatus> statuses;
  std::vector<double> latencies;
  std::vector<std::pair<std::string, std::string>> assessments;
  std::vector<std::pair<Upstream, absl::StatusCode>> broken;
};

class AnalysisSessionTest : public ::testing::Test {
 protected:
  AnalysisSessionTest() {
    model_ = std::make_shared<ModelInfo>(ModelInfo{"7", {"push_up", "squat"}, 30, 100});
  }

  void Configure(v1::SessionConfig config = {}) {
    v1::AnalyzeRequest request;
    *request.mutable_config() = std::move(config);
    session_.OnRequest(std::move(request));
  }

  void ConfigureLive() {
    v1::SessionConfig config;
    config.set_delivery(v1::DELIVERY_MODE_LIVE);
    Configure(config);
  }

  void ConfigurePeople(uint32_t max_people) {
    v1::SessionConfig config;
    config.set_max_people(max_people);
    Configure(config);
  }

  void PushFrame(uint64_t sequence, std::optional<int64_t> timestamp_us = std::nullopt) {
    v1::AnalyzeRequest request;
    request.mutable_frame()->set_sequence(sequence);
    request.mutable_frame()->set_timestamp_us(
        timestamp_us.value_or(static_cast<int64_t>(sequence) * kFrameUs));
    request.mutable_frame()->set_encoded("picture");
    session_.OnRequest(std::move(request));
  }

  void PushFrames(uint64_t first, uint64_t last) {
    for (uint64_t sequence = first; sequence <= last; ++sequence) PushFrame(sequence);
  }

  void PushPose(v1::Pose pose) {
    v1::AnalyzeRequest request;
    *request.mutable_pose() = std::move(pose);
    session_.OnRequest(std::move(request));
  }

  void AnswerFrame(v1::FrameResult result) {
    session_.OnFrameResult(extractor_.attempt(), std::move(result));
  }

  // The extractor's transport and the inferencer's take everything that was sent.
  void TakePoses() {
    for (size_t taken = 0; taken < inferencer_.sent.size(); ++taken) {
      session_.OnPoseWritten(inferencer_.attempt());
    }
  }

  // A session that has been fed poses 0..last, all taken by the inferencer.
  void ConfigureAndPushPoses(uint64_t last) {
    Configure();
    size_t taken = 0;
    for (uint64_t sequence = 0; sequence <= last; ++sequence) {
      PushPose(PoseNumber(sequence));
      for (; taken < inferencer_.sent.size(); ++taken) session_.OnPoseWritten(inferencer_.attempt());
    }
  }

  std::vector<uint64_t> FramesSent() const {
    std::vector<uint64_t> sequences;
    for (const auto& request : extractor_.sent) sequences.push_back(request->frame().sequence());
    return sequences;
  }

  std::vector<uint64_t> PosesSent() const {
    std::vector<uint64_t> sequences;
    for (const auto& request : inferencer_.sent) {
      if (request->has_pose()) sequences.push_back(request->pose().sequence());
    }
    return sequences;
  }

  void Wait(milliseconds time) {
    for (milliseconds waited{0}; waited < time; waited += milliseconds(50)) {
      now_ += milliseconds(50);
      session_.OnTick();
    }
  }

  void ExpectInvalidArgument(const std::string& field) {
    ASSERT_TRUE(client_.finished);
    EXPECT_EQ(client_.finished->code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(client_.finished->message()), HasSubstr(field));
  }

  const v1::SessionSummary& Summary() const { return client_.responses.back().summary(); }

  std::shared_ptr<const ModelInfo> model_;
  AnalysisSession::TimePoint now_{seconds(1000)};
  FakeClient client_;
  FakeLink<v1::ExtractStreamRequest> extractor_;
  FakeLink<v1::InferStreamRequest> inferencer_;
  FakeObserver observer_;
  AnalysisSession session_{
      "session-1",
      AnalysisOptions{.max_frame_bytes = 100, .max_raw_frame_bytes = 200, .upstream_timeout = seconds(60)},
      {client_, extractor_, inferencer_, observer_, [this] { return model_; }, [this] { return now_; }}};
};

using AnalysisSessionProtocol = AnalysisSessionTest;
using AnalysisSessionOrder = AnalysisSessionTest;
using AnalysisSessionPeople = AnalysisSessionTest;
using AnalysisSessionLive = AnalysisSessionTest;
using AnalysisSessionSurvival = AnalysisSessionTest;
using AnalysisSessionSummary = AnalysisSessionTest;

TEST_F(AnalysisSessionProtocol, IntroducesItselfWithTheModel) {
  Configure();
  ASSERT_EQ(client_.responses.size(), 1U);
  const v1::SessionStarted& started = client_.responses[0].started();
  EXPECT_EQ(started.session_id(), "session-1");
  EXPECT_EQ(started.model_version(), "7");
  EXPECT_THAT(started.exercises(), ElementsAre("push_up", "squat"));
}

TEST_F(AnalysisSessionProtocol, WantsTheConfigurationFirst) {
  PushFrame(1);
  ExpectInvalidArgument("config");
}

TEST_F(AnalysisSessionProtocol, WantsTheConfigurationOnce) {
  Configure();
  Configure();
  ExpectInvalidArgument("config was sent twice");
}

TEST_F(AnalysisSessionProtocol, WantsAConfigurationEvenFromAnEmptyStream) {
  session_.OnHalfClose();
  ExpectInvalidArgument("config");
}

TEST_F(AnalysisSessionProtocol, RefusesAnEmptyRequest) {
  Configure();
  session_.OnRequest({});
  ExpectInvalidArgument("request");
}

TEST_F(AnalysisSessionProtocol, RefusesAnUnknownExerciseAndNamesTheKnownOnes) {
  v1::SessionConfig config;
  config.set_expected_exercise("handstand");
  Configure(config);
  ExpectInvalidArgument("config.expected_exercise");
  EXPECT_THAT(std::string(client_.finished->message()),
              AllOf(HasSubstr("handstand"), HasSubstr("push_up, squat")));
  EXPECT_TRUE(client_.responses.empty());
}

TEST_F(AnalysisSessionProtocol, RefusesABrokenWindow) {
  v1::SessionConfig config;
  config.mutable_window()->set_frames(12);
  Configure(config);
  ExpectInvalidArgument("config.window.frames");
}

TEST_F(AnalysisSessionProtocol, RefusesAnUnknownDelivery) {
  v1::SessionConfig config;
  config.set_delivery(static_cast<v1::DeliveryMode>(9));
  Configure(config);
  ExpectInvalidArgument("config.delivery");
}

TEST_F(AnalysisSessionProtocol, RefusesASequenceThatDoesNotIncrease) {
  Configure();
  PushFrame(4);
  PushFrame(4, 1'000'000);
  ExpectInvalidArgument("frame.sequence");
}

TEST_F(AnalysisSessionProtocol, RefusesATimestampThatDoesNotIncrease) {
  Configure();
  PushFrame(4, 1000);
  PushFrame(5, 1000);
  ExpectInvalidArgument("frame.timestamp_us");
}

TEST_F(AnalysisSessionProtocol, RefusesATimestampBeyondItsLimits) {
  Configure();
  PushFrame(1, std::numeric_limits<int64_t>::min());
  ExpectInvalidArgument("frame.timestamp_us");
}

TEST_F(AnalysisSessionProtocol, RefusesAPoseAmongFrames) {
  Configure();
  PushFrame(4);
  PushPose(PoseNumber(5));
  ExpectInvalidArgument("pose: this session sends frames; a session sends either frames or poses");
}

TEST_F(AnalysisSessionProtocol, RefusesAFrameAmongPoses) {
  Configure();
  PushPose(PoseNumber(4));
  PushFrame(5);
  ExpectInvalidArgument("frame: this session sends poses; a session sends either frames or poses");
}

TEST_F(AnalysisSessionProtocol, RefusesAPoseWith32Landmarks) {
  Configure();
  v1::Pose pose = PoseNumber(1);
  pose.mutable_landmarks()->RemoveLast();
  PushPose(pose);
  ExpectInvalidArgument("pose.landmarks");
}

TEST_F(AnalysisSessionProtocol, RefusesAPoseThatIsNotFinite) {
  Configure();
  v1::Pose pose = PoseNumber(1);
  pose.mutable_landmarks(7)->set_x(std::numeric_limits<float>::quiet_NaN());
  PushPose(pose);
  ExpectInvalidArgument("pose.landmarks[7]");
}

TEST_F(AnalysisSessionProtocol, AnswersAnOversizeFrameAsInvalidAndGoesOn) {
  Configure();
  v1::AnalyzeRequest request;
  request.mutable_frame()->set_sequence(1);
  request.mutable_frame()->set_encoded(std::string(101, 'x'));
  session_.OnRequest(std::move(request));
  ASSERT_EQ(client_.responses.size(), 2U);
  EXPECT_EQ(client_.responses[1].frame_result().status(), v1::FRAME_STATUS_INVALID_FRAME);
  EXPECT_THAT(client_.responses[1].frame_result().detail(),
              AllOf(HasSubstr("frame.encoded"), HasSubstr("101"), HasSubstr("100")));
  PushFrame(2);
  EXPECT_FALSE(client_.finished);
  EXPECT_THAT(FramesSent(), ElementsAre(2));
}

TEST_F(AnalysisSessionProtocol, UncompressedPixelsHaveALimitOfTheirOwn) {
  Configure();
  for (const uint64_t bytes : {200, 201}) {
    v1::AnalyzeRequest request;
    request.mutable_frame()->set_sequence(bytes);
    request.mutable_frame()->set_timestamp_us(static_cast<int64_t>(bytes));
    request.mutable_frame()->mutable_raw()->set_data(std::string(bytes, 'x'));
    session_.OnRequest(std::move(request));
  }
  EXPECT_THAT(FramesSent(), ElementsAre(200));
  AnswerFrame(PoseResult(200));
  EXPECT_THAT(client_.responses.back().frame_result().detail(),
              AllOf(HasSubstr("frame.raw.data has 201 bytes"), HasSubstr("at most 200")));
  EXPECT_FALSE(client_.finished);
}

TEST_F(AnalysisSessionOrder, AnswersFramesInOrder) {
  Configure();
  PushFrames(1, 3);
  EXPECT_THAT(FramesSent(), ElementsAre(1, 2, 3));
  for (uint64_t sequence = 1; sequence <= 3; ++sequence) AnswerFrame(PoseResult(sequence));
  EXPECT_THAT(client_.Answered(), ElementsAre(1, 2, 3));
  EXPECT_THAT(PosesSent(), ElementsAre(1, 2, 3));
}

TEST_F(AnalysisSessionOrder, NeedsNoExtractorForPosesFromTheStartToTheSummary) {
  Configure();
  PushPose(PoseNumber(1));
  PushPose(PoseNumber(2));
  session_.OnHalfClose();
  TakePoses();
  session_.OnInferencerClosed(1, absl::OkStatus());
  EXPECT_THAT(client_.Answered(), ElementsAre(1, 2));
  EXPECT_EQ(client_.responses[1].frame_result().status(), v1::FRAME_STATUS_POSE);
  EXPECT_EQ(client_.responses[1].frame_result().pose().landmarks_size(), 33);
  ASSERT_TRUE(client_.finished);
  EXPECT_TRUE(client_.finished->ok()) << *client_.finished;
  EXPECT_EQ(Summary().poses(), 2U);
  EXPECT_TRUE(extractor_.attempts.empty());
}

TEST_F(AnalysisSessionOrder, SendsOnlyPosesToTheInferencer) {
  Configure();
  PushFrames(1, 3);
  AnswerFrame(ResultWithout(1, v1::FRAME_STATUS_NO_POSE));
  AnswerFrame(PoseResult(2));
  AnswerFrame(ResultWithout(3, v1::FRAME_STATUS_INVALID_FRAME));
  EXPECT_THAT(PosesSent(), ElementsAre(2));
}

TEST_F(AnalysisSessionOrder, PassesTheConfigurationToTheInferencer) {
  v1::SessionConfig config;
  config.set_expected_exercise("squat");
  config.mutable_window()->set_every(5);
  Configure(config);
  PushPose(PoseNumber(1));
  ASSERT_TRUE(inferencer_.sent.at(0)->has_config());
  EXPECT_EQ(inferencer_.sent[0]->config().expected_exercise(), "squat");
  EXPECT_EQ(inferencer_.sent[0]->config().window().every(), 5U);
}

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

TEST_F(AnalysisSessionOrder, KeepsUnansweredLosslessFramesOnTheClientsAccount) {
  Configure();
  PushFrames(1, 5);
  EXPECT_EQ(session_.occupancy(), 5U);
  AnswerFrame(PoseResult(1));
  EXPECT_EQ(session_.occupancy(), 4U);
  EXPECT_TRUE(std::ranges::none_of(observer_.statuses, [](auto s) { return s == v1::FRAME_STATUS_DROPPED; }));
}

TEST_F(AnalysisSessionOrder, IsOccupiedWhileTheInferencerDoesNotKeepUp) {
  Configure();
  for (uint64_t sequence = 1; sequence < 90; ++sequence) PushPose(PoseNumber(sequence));
  EXPECT_LT(PosesSent().size(), 40U) << "not more than the transport takes";
  EXPECT_EQ(session_.occupancy(), 0U);
  for (uint64_t sequence = 90; sequence < 130; ++sequence) PushPose(PoseNumber(sequence));
  EXPECT_GT(session_.occupancy(), 1000U);
  TakePoses();
  EXPECT_EQ(session_.occupancy(), 0U);
}

TEST_F(AnalysisSessionOrder, MeasuresTheTimeFromArrivalToAnswer) {
  Configure();
  PushFrame(1);
  now_ += milliseconds(250);
  AnswerFrame(PoseResult(1));
  EXPECT_THAT(observer_.latencies, ElementsAre(::testing::DoubleNear(0.25, 1e-9)));
}

TEST_F(AnalysisSessionLive, DropsTheOldestWaitingFramesAndAnswersAllInOrder) {
  ConfigureLive();
  PushFrames(1, 20);
  EXPECT_EQ(session_.occupancy(), 0U) << "a live client is never slowed down";
  const size_t in_flight = FramesSent().size();
  EXPECT_LT(in_flight, 8U);
  uint64_t next_to_answer = 0;
  while (next_to_answer < FramesSent().size()) {
    AnswerFrame(PoseResult(FramesSent()[next_to_answer]));
    ++next_to_answer;
  }
  std::vector<uint64_t> all(20);
  for (uint64_t i = 0; i < 20; ++i) all[i] = i + 1;
  EXPECT_EQ(client_.Answered(), all);
  EXPECT_EQ(FramesSent().back(), 20U) << "the newest frames survive";
  const auto dropped = std::ranges::count(observer_.statuses, v1::FRAME_STATUS_DROPPED);
  EXPECT_EQ(dropped, 20 - static_cast<int64_t>(FramesSent().size()));
  EXPECT_GT(dropped, 0);
}

TEST_F(AnalysisSessionLive, RemembersABoundedNumberOfDroppedFrames) {
  ConfigureLive();
  PushFrames(1, 2000);
  EXPECT_GT(session_.occupancy(), 1000U);
}

TEST_F(AnalysisSessionLive, DropsFramesAlsoWhileNoModelIsKnown) {
  const auto model = std::exchange(model_, nullptr);
  ConfigureLive();
  PushFrames(1, 20);
  model_ = model;
  Wait(milliseconds(100));
  EXPECT_EQ(FramesSent().size(), 4U) << "the others were not kept";
  EXPECT_EQ(FramesSent().back(), 20U);
  EXPECT_EQ(client_.Answered().size(), 16U);
}

TEST_F(AnalysisSessionSurvival, SendsUnansweredFramesToANewExtractor) {
  Configure();
  PushFrames(1, 5);
  AnswerFrame(PoseResult(1));
  AnswerFrame(PoseResult(2));
  session_.OnExtractorClosed(extractor_.attempt(), absl::UnavailableError("killed"));
  EXPECT_THAT(extractor_.attempts, ElementsAre(1, 2));
  EXPECT_THAT(FramesSent(), ElementsAre(3, 4, 5));
  for (uint64_t sequence = 3; sequence <= 5; ++sequence) AnswerFrame(PoseResult(sequence));
  EXPECT_THAT(client_.Answered(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(observer_.broken.size(), 1U);
  EXPECT_FALSE(client_.finished);
}

TEST_F(AnalysisSessionSurvival, IgnoresLateNewsOfABrokenStream) {
  Configure();
  PushFrames(1, 2);
  session_.OnExtractorClosed(1, absl::UnavailableError("killed"));
  session_.OnFrameResult(1, PoseResult(1));
  EXPECT_TRUE(client_.Answered().empty());
  session_.OnFrameResult(2, PoseResult(1));
  EXPECT_THAT(client_.Answered(), ElementsAre(1));
}

TEST_F(AnalysisSessionSurvival, PausesBetweenAttempts) {
  Configure();
  PushFrame(1);
  session_.OnExtractorClosed(1, absl::UnavailableError("refused"));
  session_.OnExtractorClosed(2, absl::UnavailableError("refused"));
  EXPECT_EQ(extractor_.attempts.size(), 2U);
  Wait(milliseconds(100));
  EXPECT_EQ(extractor_.attempts.size(), 3U);
}

TEST_F(AnalysisSessionSurvival, GivesUpWithUnavailableAfterTheTimeout) {
  Configure();
  PushFrame(1);
  for (int waited = 0; waited < 130 && !client_.finished; ++waited) {
    if (!extractor_.attempts.empty()) {
      session_.OnExtractorClosed(extractor_.attempt(), absl::UnavailableError("connection refused"));
    }
    Wait(milliseconds(500));
  }
  ASSERT_TRUE(client_.finished);
  EXPECT_EQ(client_.finished->code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(client_.finished->message()),
              AllOf(HasSubstr("extractor"), HasSubstr("60 s"), HasSubstr("connection refused")));
}

TEST_F(AnalysisSessionSurvival, DoesNotGiveUpAnUpstreamThatOwesNothing) {
  Configure();
  PushFrame(1);
  AnswerFrame(ResultWithout(1, v1::FRAME_STATUS_NO_POSE));
  session_.OnExtractorClosed(1, absl::DeadlineExceededError("idle"));
  Wait(seconds(100));
  EXPECT_FALSE(client_.finished);
  EXPECT_EQ(extractor_.attempts.size(), 1U);
  PushFrame(2);
  EXPECT_THAT(FramesSent(), ElementsAre(2));
}

TEST_F(AnalysisSessionSurvival, EndsWithTheUpstreamsWordsWhenItRefusesTheInput) {
  Configure();
  PushPose(PoseNumber(1));
  session_.OnInferencerClosed(1, absl::InvalidArgumentError("pose.score is 7"));
  ExpectInvalidArgument("pose.score is 7");
  EXPECT_EQ(inferencer_.attempts.size(), 1U);
}

TEST_F(AnalysisSessionSurvival, HidesAnUpstreamsMisconfigurationBehindInternal) {
  Configure();
  PushFrame(1);
  session_.OnExtractorClosed(1, absl::UnauthenticatedError("bad certificate"));
  ASSERT_TRUE(client_.finished);
  EXPECT_EQ(client_.finished->code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(client_.finished->message()), HasSubstr("extractor"));
}

TEST_F(AnalysisSessionSurvival, ReplaysAllPosesBeforeTheFirstAssessment) {
  ConfigureAndPushPoses(40);
  session_.OnInferencerClosed(1, absl::UnavailableError("killed"));
  EXPECT_THAT(inferencer_.attempts, ElementsAre(1, 2));
  EXPECT_TRUE(inferencer_.sent.at(0)->has_config());
  TakePoses();
  TakePoses();
  EXPECT_EQ(PosesSent().size(), 41U);
  EXPECT_EQ(PosesSent().front(), 0U);
}

TEST_F(AnalysisSessionSurvival, ReplaysTheLastWindowInStepWithTheAssessments) {
  ConfigureAndPushPoses(200);
  for (uint64_t last = 59; last <= 194; last += 15) session_.OnAssessment(1, AssessmentOf(0, last));
  session_.OnInferencerClosed(1, absl::UnavailableError("killed"));
  // The default windows end with poses 60, 75, 90 and 105 of a stream, and the fourth is a full one of 100.
  EXPECT_EQ(PosesSent().front(), 194U - 104U);
}

TEST_F(AnalysisSessionSurvival, DeliversNoAssessmentTwice) {
  ConfigureAndPushPoses(100);
  session_.OnAssessment(1, AssessmentOf(0, 59));
  session_.OnAssessment(1, AssessmentOf(0, 74));
  session_.OnInferencerClosed(1, absl::UnavailableError("killed"));
  session_.OnAssessment(2, AssessmentOf(0, 59));
  session_.OnAssessment(2, AssessmentOf(0, 74));
  session_.OnAssessment(1, AssessmentOf(0, 89));  // late news
  session_.OnAssessment(2, AssessmentOf(0, 89));
  EXPECT_THAT(client_.Assessed(), ElementsAre(59, 74, 89));
}

TEST_F(AnalysisSessionSurvival, AsksANewInferencerForTheLastAssessmentToo) {
  ConfigureAndPushPoses(20);
  session_.OnHalfClose();
  EXPECT_TRUE(inferencer_.closed);
  session_.OnInferencerClosed(1, absl::UnavailableError("killed"));
  EXPECT_EQ(PosesSent().size(), 21U);
  TakePoses();
  EXPECT_TRUE(inferencer_.closed);
  session_.OnAssessment(2, AssessmentOf(0, 20));
  session_.OnInferencerClosed(2, absl::OkStatus());
  EXPECT_THAT(client_.Assessed(), ElementsAre(20));
  ASSERT_TRUE(client_.finished);
  EXPECT_TRUE(client_.finished->ok());
}

TEST_F(AnalysisSessionSurvival, GivesUpAnInferencerThatFailsAtEveryReplay) {
  ConfigureAndPushPoses(20);
  for (int i = 0; i < 1000 && !client_.finished; ++i) {
    session_.OnInferencerClosed(inferencer_.attempt(), absl::UnavailableError("crashed"));
    TakePoses();
    Wait(milliseconds(500));
  }
  ASSERT_TRUE(client_.finished);
  EXPECT_EQ(client_.finished->code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(client_.finished->message()), HasSubstr("inferencer"));
}

TEST_F(AnalysisSessionSurvival, WaitsForAModelAtTheStart) {
  const auto model = std::exchange(model_, nullptr);
  Configure();
  PushFrames(1, 2);
  Wait(seconds(10));
  EXPECT_TRUE(client_.responses.empty());
  model_ = model;
  Wait(milliseconds(100));
  ASSERT_FALSE(client_.responses.empty());
  EXPECT_TRUE(client_.responses[0].has_started());
  EXPECT_THAT(FramesSent(), ElementsAre(1, 2));
}

TEST_F(AnalysisSessionSurvival, GivesUpWithoutAModel) {
  model_ = nullptr;
  Configure();
  Wait(seconds(61));
  ASSERT_TRUE(client_.finished);
  EXPECT_EQ(client_.finished->code(), absl::StatusCode::kUnavailable);
}

TEST_F(AnalysisSessionSurvival, LetsTheUpstreamsGoWhenTheClientIsGone) {
  Configure();
  PushFrame(1);
  PushFrame(2);
  AnswerFrame(PoseResult(1));
  session_.OnEnd();
  EXPECT_EQ(extractor_.disconnects, 1);
  EXPECT_EQ(inferencer_.disconnects, 1);
  AnswerFrame(PoseResult(2));
  Wait(seconds(100));
  EXPECT_THAT(client_.Answered(), ElementsAre(1));
  EXPECT_FALSE(client_.finished);
}

TEST_F(AnalysisSessionSummary, ComesAfterEveryAnswerAndTheLastAssessment) {
  Configure();
  PushFrames(1, 2);
  session_.OnHalfClose();
  AnswerFrame(PoseResult(1));
  EXPECT_FALSE(extractor_.closed);
  AnswerFrame(PoseResult(2));
  EXPECT_TRUE(extractor_.closed);
  EXPECT_TRUE(inferencer_.closed);
  EXPECT_FALSE(client_.finished);
  session_.OnAssessment(1, AssessmentOf(1, 2));
  session_.OnInferencerClosed(1, absl::OkStatus());
  ASSERT_TRUE(client_.finished);
  EXPECT_TRUE(client_.finished->ok());
  EXPECT_TRUE(client_.responses.back().has_summary());
}

TEST_F(AnalysisSessionSummary, CountsWhatBecameOfEveryFrame) {
  v1::SessionConfig config;
  config.set_expected_exercise("squat");
  Configure(config);
  PushFrames(1, 4);
  AnswerFrame(PoseResult(1));
  AnswerFrame(ResultWithout(2, v1::FRAME_STATUS_NO_POSE));
  AnswerFrame(ResultWithout(3, v1::FRAME_STATUS_INVALID_FRAME));
  AnswerFrame(PoseResult(4));
  session_.OnAssessment(1, AssessmentOf(1, 3, "squat"));
  session_.OnAssessment(1, AssessmentOf(1, 4, "squat"));
  session_.OnHalfClose();
  session_.OnInferencerClosed(1, absl::OkStatus());
  ASSERT_TRUE(client_.finished);
  EXPECT_EQ(Summary().frames(), 4U);
  EXPECT_EQ(Summary().poses(), 2U);
  EXPECT_EQ(Summary().no_pose(), 1U);
  EXPECT_EQ(Summary().invalid(), 1U);
  EXPECT_EQ(Summary().dropped(), 0U);
  EXPECT_EQ(Summary().assessments(), 2U);
  EXPECT_EQ(Summary().duration_us(), 3 * kFrameUs);
  EXPECT_EQ(Summary().overall().exercise(), "squat");
  EXPECT_EQ(Summary().overall().last_sequence(), 4U);
  EXPECT_THAT(observer_.assessments, ElementsAre(std::pair<std::string, std::string>("squat", "squat"),
                                                 std::pair<std::string, std::string>("squat", "squat")));
}

TEST_F(AnalysisSessionSummary, NeedsNoInferencerWhenNobodyWasSeen) {
  Configure();
  PushFrame(1);
  AnswerFrame(ResultWithout(1, v1::FRAME_STATUS_NO_POSE));
  session_.OnHalfClose();
  ASSERT_TRUE(client_.finished);
  EXPECT_TRUE(client_.finished->ok());
  EXPECT_TRUE(inferencer_.attempts.empty());
  EXPECT_EQ(Summary().frames(), 1U);
  EXPECT_FALSE(Summary().has_overall());
}

TEST_F(AnalysisSessionSummary, ComesForASessionWithoutFrames) {
  Configure();
  session_.OnHalfClose();
  ASSERT_TRUE(client_.finished);
  EXPECT_TRUE(client_.finished->ok());
  EXPECT_EQ(Summary().frames(), 0U);
  EXPECT_EQ(Summary().duration_us(), 0);
}

}  // namespace
}  // namespace trackfit::serving
