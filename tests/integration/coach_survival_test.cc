// A gateway's session over inferencers' sessions, in this process, that die again and again: what the coach
// says does not change. The network is scripted; everything else is the product's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "contract/convert.h"
#include "gateway/analysis_session.h"
#include "infer_stream_handler.h"
#include "support/scripted_assessor.h"
#include "support/serving.h"
#include "synthesis/camera.h"

namespace trackfit {
namespace {

using gateway::AnalysisSession;
using inferencer_server::InferStreamHandler;
using inferencer_server::PoseSession;
using Request = v1::InferStreamRequest;
using Response = v1::InferStreamResponse;

class Responses : public streaming::ResponseWriter<Response> {
 public:
  void Write(Response response) override { waiting.push_back(std::move(response)); }
  void Finish(absl::Status status) override {
    if (!finished) finished = std::move(status);
  }

  std::deque<Response> waiting;
  std::optional<absl::Status> finished;
};

// Requests on their way to an inferencer, the inferencer, and responses on their way back.
class Inferencer : public gateway::InferencerLink {
 public:
  Inferencer(const PoseSession::Shared& shared, telemetry::Metrics& metrics)
      : shared_(shared), metrics_(metrics) {}

  void Connect(uint64_t attempt) override {
    ++streams;
    attempt_ = attempt;
    requests_.clear();
    closed_ = false;
    responses_ = std::make_shared<Responses>();
    const telemetry::Logger silent("inferencer", telemetry::LogLevel::kError, telemetry::LogFormat::kText,
                                   [](const std::string&) {});
    const telemetry::TraceContext trace = telemetry::ContinueTrace("");
    handler_ = std::make_unique<InferStreamHandler>(
        streaming::StreamSession<Response>{"test", trace, responses_, nullptr, {}, silent}, shared_,
        metrics_);
  }
  void Send(std::shared_ptr<const Request> request) override { requests_.push_back(std::move(request)); }
  void CloseSending() override { closed_ = true; }
  void Disconnect() override { handler_.reset(); }

  bool alive() const { return handler_ != nullptr; }

  // Takes the next request, if there is one.
  void Work(AnalysisSession& session) {
    if (!handler_) return;
    if (!requests_.empty()) {
      handler_->OnRequest(*requests_.front(), streaming::InFlight(nullptr), 0);
      requests_.pop_front();
      session.OnPoseWritten(attempt_);
    } else if (closed_ && !responses_->finished) {
      handler_->OnHalfClose(0);
    }
  }
  // Lets the next response arrive, if there is one, or the end.
  void Answer(AnalysisSession& session) {
    if (!handler_) return;
    if (!responses_->waiting.empty()) {
      Response response = std::move(responses_->waiting.front());
      responses_->waiting.pop_front();
      session.OnInferred(attempt_, std::move(response));
    } else if (responses_->finished) {
      handler_.reset();
      session.OnInferencerClosed(attempt_, *responses_->finished);
    }
  }
  void Die(AnalysisSession& session) {
    if (!handler_) return;
    handler_.reset();
    session.OnInferencerClosed(attempt_, absl::UnavailableError("killed"));
  }

  int streams = 0;

 private:
  const PoseSession::Shared shared_;
  telemetry::Metrics& metrics_;
  uint64_t attempt_ = 0;
  std::deque<std::shared_ptr<const Request>> requests_;
  bool closed_ = false;
  std::shared_ptr<Responses> responses_;
  std::unique_ptr<InferStreamHandler> handler_;
};

class NoExtractor : public gateway::ExtractorLink {
 public:
  void Connect(uint64_t) override {}
  void Send(std::shared_ptr<const v1::ExtractStreamRequest>) override {}
  void CloseSending() override {}
  void Disconnect() override {}
};

class Client : public gateway::AnalysisClient, public gateway::AnalysisObserver {
 public:
  void Send(v1::AnalyzeResponse response) override { responses.push_back(std::move(response)); }
  void Finish(absl::Status status) override { finished = std::move(status); }
  void OnFrameAnswered(v1::FrameStatus, const gateway::FrameLedger::Times&,
                       gateway::FrameLedger::TimePoint) override {}
  void OnAssessment(const v1::Assessment&, const std::string&,
                    std::optional<std::chrono::duration<double>>) override {}
  void OnUpstreamBroken(gateway::Upstream, const absl::Status&) override {}
  void OnUpstreamAnswered(gateway::Upstream) override {}
  void OnPoisoned(gateway::Upstream) override {}
  void OnPose(const skeleton::Pose&) override {}

  // What the coach said and which windows were assessed, each in order. Timings of a repetition may differ a
  // little, so they are left out.
  std::vector<std::string> Told() const {
    std::vector<std::string> assessments, told;
    for (const v1::AnalyzeResponse& response : responses) {
      if (response.has_assessment()) {
        assessments.push_back("window " + std::to_string(response.assessment().last_sequence()));
      }
      if (response.has_repetition()) {
        const v1::Repetition& repetition = response.repetition();
        told.push_back(repetition.exercise() + " " + std::to_string(repetition.set()) + "." +
                       std::to_string(repetition.number()) + (repetition.complete() ? "" : " partial"));
      }
      if (response.has_advice()) told.push_back(response.advice().text());
      if (response.has_hint()) {
        told.push_back((response.hint().withdrawn() ? "no longer " : "") + response.hint().code());
      }
      if (response.has_summary()) {
        for (const v1::SetSummary& set : response.summary().sets()) {
          told.push_back("set " + std::to_string(set.set()) + ": " + set.exercise() + " " +
                         std::to_string(set.repetitions()) + "+" + std::to_string(set.partial()));
        }
      }
    }
    told.insert(told.end(), assessments.begin(), assessments.end());
    return told;
  }

  // Bit by bit. (Windows differ in one respect after the loss of an inferencer: how long they have waited for
  // a repetition in vain.)
  std::string Answers() const {
    std::string answers;
    for (const v1::AnalyzeResponse& response : responses) {
      if (response.has_frame_result()) answers += response.SerializeAsString();
    }
    return answers;
  }

  std::vector<v1::AnalyzeResponse> responses;
  std::optional<absl::Status> finished;
};

// A set of squats, and after half a minute of rest another, so slow that a repetition began before the window
// that the next inferencer needs.
std::vector<v1::Pose> TwoSets() {
  std::vector<v1::Pose> poses;
  for (const auto& [repetitions, seconds] : {std::pair(5, 2.2), std::pair(3, 7.0)}) {
    synthesis::PoseOptions options;
    options.motion.exercise = "squat";
    options.motion.repetitions = repetitions;
    options.motion.repetition_seconds = seconds;
    options.motion.lead_in_seconds = options.motion.lead_out_seconds = 15;
    synthesis::CameraOptions camera;
    camera.yaw_degrees = 75;
    options.camera = camera;
    const uint64_t sequence = poses.size();
    const int64_t time_us = poses.empty() ? 0 : poses.back().timestamp_us() + 33'333;
    const std::vector<skeleton::Pose> set = synthesis::SynthesizePoses(options).value();
    for (const skeleton::Pose& pose : set) {
      poses.push_back(contract::ToProto(pose));
      poses.back().set_sequence(pose.sequence + sequence);
      poses.back().set_timestamp_us(pose.timestamp_us + time_us);
    }
  }
  return poses;
}

// The model recognises squats in some windows: for three seconds of seven.
bool IsSure(int64_t end_us) { return end_us / 1'000'000 % 7 < 3; }

class CoachSurvival : public ::testing::TestWithParam<std::string> {
 protected:
  // The mean number of steps that an inferencer lives, and that a gateway does before the next one goes on;
  // 0: for ever. A step is a pose sent, or taken, or a response.
  Client Run(const std::vector<v1::Pose>& poses, int lifetime, uint64_t seed, int gateways_lifetime = 0) {
    std::mt19937_64 random(seed);
    const auto one_in = [&random](int count) { return random() % static_cast<uint64_t>(count) == 0; };
    AnalysisSession::TimePoint now{std::chrono::seconds(1000)};
    Client client;
    NoExtractor extractor;
    Inferencer inferencer(shared_, metrics_);
    const auto model = std::make_shared<const gateway::ModelInfo>(gateway::ModelInfo{
        "1", shared_.models->Choose({}).value()->exercises(), 30, 100, shared_.knowledge->exercises(), {}});
    gateway::AnalysisOptions options;
    options.upstream_timeout = std::chrono::minutes(5);  // some die before they come to anything new
    const auto make_session = [&] {
      return std::make_unique<AnalysisSession>(
          "test", options,
          AnalysisSession::Parts{client, extractor, inferencer, client, [&] { return model; },
                                 [&] { return now; }});
    };
    auto process = make_session();
    gateways_ = 1;
    v1::AnalyzeRequest config;
    config.mutable_config()->set_expected_exercise(GetParam());
    process->OnRequest(config);
    size_t sent = 0;
    for (int step = 0; !client.finished && step < 1'000'000; ++step) {
      if (gateways_lifetime > 0 && one_in(gateways_lifetime)) {
        if (const auto state = process->State()) {
          auto next = make_session();
          EXPECT_TRUE(next->Restore(*state).ok());
          process->OnEnd();
          process = std::move(next);
          ++gateways_;
        }
      }
      AnalysisSession& session = *process;
      if (sent < poses.size() && session.occupancy() < 8 && one_in(3)) {
        v1::AnalyzeRequest request;
        *request.mutable_pose() = poses[sent++];
        session.OnRequest(std::move(request));
        if (sent == poses.size()) session.OnHalfClose();
      }
      if (!one_in(3)) inferencer.Work(session);
      if (!one_in(3)) inferencer.Answer(session);
      if (lifetime > 0 && one_in(lifetime)) inferencer.Die(session);
      now += std::chrono::milliseconds(10);
      session.OnTick();
    }
    streams_ = inferencer.streams;
    return client;
  }

  telemetry::Metrics metrics_{"inferencer", "1"};
  std::shared_ptr<const coaching::Knowledge> knowledge_ =
      coaching::Knowledge::Load(TRACKFIT_EXERCISES).value();
  inferencer_server::CoachMetrics coach_metrics_{metrics_, knowledge_->catalogue()};
  PoseSession::Shared shared_{testing::Serving(std::make_shared<testing::ScriptedAssessor>(
                                  [](std::span<const skeleton::Pose> window, const std::string& expected) {
                                    assessment::Assessment squat = testing::SureOfSquat(0.9F, expected);
                                    squat.known = IsSure(window.back().timestamp_us);
                                    return squat;
                                  })),
                              knowledge_, coach_metrics_};
  int streams_ = 0;   // of the last run
  int gateways_ = 0;  // of the last run
};

TEST_P(CoachSurvival, LosesDoublesAndRenumbersNothing) {
  const std::vector<v1::Pose> poses = TwoSets();
  const Client undisturbed = Run(poses, 0, 1);
  ASSERT_TRUE(undisturbed.finished && undisturbed.finished->ok());
  const auto repetitions = std::ranges::count_if(undisturbed.responses, &v1::AnalyzeResponse::has_repetition);
  ASSERT_EQ(repetitions, 8);
  int streams = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    const Client survivor = Run(poses, seed % 2 == 0 ? 1000 : 2500, seed);
    ASSERT_TRUE(survivor.finished && survivor.finished->ok()) << *survivor.finished;
    EXPECT_EQ(survivor.Told(), undisturbed.Told()) << "seed " << seed << ", " << streams_ << " streams";
    streams += streams_;
  }
  EXPECT_GE(streams, 150) << "too few died";
}

TEST_P(CoachSurvival, IsTheSameWhateverGatewayGoesOnWithTheSession) {
  const std::vector<v1::Pose> poses = TwoSets();
  const Client undisturbed = Run(poses, 0, 1);
  int gateways = 0;
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    const Client survivor = Run(poses, seed % 4 == 0 ? 2500 : 0, seed, seed % 2 == 0 ? 1000 : 2500);
    ASSERT_TRUE(survivor.finished && survivor.finished->ok()) << *survivor.finished;
    EXPECT_EQ(survivor.Told(), undisturbed.Told()) << "seed " << seed << ", " << gateways_ << " gateways";
    EXPECT_TRUE(survivor.Answers() == undisturbed.Answers()) << "seed " << seed;
    gateways += gateways_;
  }
  EXPECT_GE(gateways, 50) << "too few handed it over";
}

INSTANTIATE_TEST_SUITE_P(Exercises, CoachSurvival, ::testing::Values("squat", ""),
                         [](const auto& exercise) { return exercise.param.empty() ? "Found" : "Named"; });

}  // namespace
}  // namespace trackfit
