// An analysis session among scripted neighbours.
#ifndef TRACKFIT_TESTS_UNIT_GATEWAY_ANALYSIS_SESSION_FIXTURE_H_
#define TRACKFIT_TESTS_UNIT_GATEWAY_ANALYSIS_SESSION_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/analysis_session.h"

namespace trackfit::gateway {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr int64_t kFrameUs = 33'333;

inline v1::Pose PoseNumber(uint64_t sequence) {
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

inline v1::FrameResult PoseResult(uint64_t sequence) {
  v1::FrameResult result;
  result.set_sequence(sequence);
  result.set_status(v1::FRAME_STATUS_POSE);
  *result.mutable_pose() = PoseNumber(sequence);
  return result;
}

// People who are seen, lowest id first.
inline v1::FrameResult ResultWithPeople(uint64_t sequence, const std::vector<uint32_t>& ids) {
  v1::FrameResult result = PoseResult(sequence);
  result.mutable_pose()->set_person_id(ids.front());
  for (size_t other = 1; other < ids.size(); ++other) {
    *result.add_other_poses() = PoseNumber(sequence);
    result.mutable_other_poses()->rbegin()->set_person_id(ids[other]);
  }
  return result;
}

inline std::vector<uint32_t> PeopleIn(const v1::FrameResult& result) {
  std::vector<uint32_t> ids = {result.pose().person_id()};
  for (const v1::Pose& other : result.other_poses()) ids.push_back(other.person_id());
  return ids;
}

inline v1::FrameResult ResultWithout(uint64_t sequence, v1::FrameStatus status) {
  v1::FrameResult result;
  result.set_sequence(sequence);
  result.set_status(status);
  return result;
}

inline v1::Assessment AssessmentOf(uint64_t first, uint64_t last, const std::string& exercise = "squat") {
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

  // What was noticed, in order.
  std::vector<v1::Notice> Notices() const {
    std::vector<v1::Notice> notices;
    for (const auto& response : responses) {
      notices.insert(notices.end(), response.notices().begin(), response.notices().end());
    }
    return notices;
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
  void OnFrameAnswered(v1::FrameStatus status, const FrameLedger::Times& frame_times,
                       FrameLedger::TimePoint now) override {
    statuses.push_back(status);
    times.push_back(frame_times);
    latencies.push_back(std::chrono::duration<double>(now - frame_times.received).count());
  }
  void OnAssessment(const v1::Assessment& assessment, const std::string& expected_exercise,
                    std::optional<std::chrono::duration<double>> latency) override {
    assessments.emplace_back(assessment.exercise(), expected_exercise);
    assessment_latencies.push_back(latency ? std::optional(latency->count()) : std::nullopt);
  }
  void OnUpstreamBroken(Upstream upstream, const absl::Status& status) override {
    broken.emplace_back(upstream, status.code());
  }
  void OnUpstreamAnswered(Upstream upstream) override { answered.push_back(upstream); }
  void OnPoisoned(Upstream upstream) override { poisoned.push_back(upstream); }
  void OnPose(const skeleton::Pose& pose) override { poses.push_back(pose.sequence); }

  std::vector<v1::FrameStatus> statuses;
  std::vector<FrameLedger::Times> times;
  std::vector<double> latencies;
  std::vector<std::optional<double>> assessment_latencies;
  std::vector<std::pair<std::string, std::string>> assessments;
  std::vector<std::pair<Upstream, absl::StatusCode>> broken;
  std::vector<Upstream> answered;
  std::vector<Upstream> poisoned;
  std::vector<uint64_t> poses;
};

class AnalysisSessionTest : public ::testing::Test {
 protected:
  AnalysisSessionTest() {
    model_ = std::make_shared<ModelInfo>(ModelInfo{"7", {"push_up", "squat"}, 30, 100, {}, {}});
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

  void Assess(uint64_t attempt, v1::Assessment assessment) {
    v1::InferStreamResponse response;
    *response.mutable_assessment() = std::move(assessment);
    session_.OnInferred(attempt, std::move(response));
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
    for (const auto& request : extractor_.sent) {
      if (request->has_frame()) sequences.push_back(request->frame().sequence());
    }
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
    EXPECT_THAT(std::string(client_.finished->message()), ::testing::HasSubstr(field));
  }

  const v1::SessionSummary& Summary() const { return client_.responses.back().summary(); }

  absl::StatusOr<std::shared_ptr<const ModelInfo>> Model() const {
    if (model_ == nullptr) return absl::UnavailableError("it loads its model");
    return model_;
  }

  std::shared_ptr<const ModelInfo> model_;
  AnalysisSession::TimePoint now_{seconds(1000)};
  FakeClient client_;
  FakeLink<v1::ExtractStreamRequest> extractor_;
  FakeLink<v1::InferStreamRequest> inferencer_;
  FakeObserver observer_;
  AnalysisSession session_{
      "session-1",
      AnalysisOptions{.max_frame_bytes = 100,
                      .max_raw_frame_bytes = 200,
                      .upstream_timeout = seconds(60),
                      .extractor = "extractor:8001",
                      .inferencer = "inferencer:8002"},
      {client_, extractor_, inferencer_, observer_, [this] { return Model(); }, [this] { return now_; }}};
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_TESTS_UNIT_GATEWAY_ANALYSIS_SESSION_FIXTURE_H_
