// The coach behind the gateway, as real processes over real sockets. The network is small and takes
// everything for a squat.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "contract/convert.h"
#include "integration/support/analyze_client.h"
#include "integration/support/http_get.h"
#include "integration/support/resuming_client.h"
#include "integration/support/server_process.h"
#include "protogcn/archive_io.h"
#include "support/scratch_folder.h"
#include "support/small_network.h"
#include "support/tcp_forwarder.h"
#include "synthesis/camera.h"

namespace trackfit {
namespace {

namespace fs = std::filesystem;
using testing::Analyze;
using testing::AnalyzeCall;
using testing::Analyzed;
using testing::ConfigRequest;
using ::testing::HasSubstr;
using testing::HttpGet;
using testing::ServerProcess;

v1::SessionConfig Expecting(const std::string& exercise) {
  v1::SessionConfig config;
  config.set_expected_exercise(exercise);
  return config;
}

// A configuration, and the poses of a mannequin that squats, seen from the side.
std::vector<v1::AnalyzeRequest> Squats(int repetitions, const v1::SessionConfig& config) {
  synthesis::PoseOptions options;
  options.motion.exercise = "squat";
  options.motion.repetitions = repetitions;
  options.motion.lead_in_seconds = options.motion.lead_out_seconds = 1;
  synthesis::CameraOptions camera;
  camera.yaw_degrees = 75;
  options.camera = camera;
  const std::vector<skeleton::Pose> poses = synthesis::SynthesizePoses(options).value();
  std::vector<v1::AnalyzeRequest> requests = {ConfigRequest(config)};
  for (const skeleton::Pose& pose : poses) {
    *requests.emplace_back().mutable_pose() = contract::ToProto(pose);
  }
  return requests;
}

// "squat 1.2" is the second repetition of the first set.
std::vector<std::string> Numbers(const Analyzed& analyzed) {
  std::vector<std::string> numbers;
  for (const v1::Repetition& repetition : analyzed.Repetitions()) {
    numbers.push_back(repetition.exercise() + " " + std::to_string(repetition.set()) + "." +
                      std::to_string(repetition.number()));
  }
  return numbers;
}

class CoachProcesses : public ::testing::Test {
 protected:
  static fs::path Repository() {
    return fs::path(::testing::TempDir()) / ("coach_test_" + std::to_string(getpid()));
  }

  static void SetUpTestSuite() {
    protogcn::ModelMetadata metadata = testing::SmallMetadata();
    metadata.network.window = 100;
    metadata.known_threshold = 0;  // an untrained network that knows whatever it is shown
    const protogcn::Network network = testing::MakeNetwork(metadata.network);
    testing::FixLogits(network, {5, 0, 0});
    fs::create_directories(Repository() / "1");
    ASSERT_TRUE(protogcn::SaveArchive(Repository() / "1" / "model.pt", network, metadata).ok());
  }
  static void TearDownTestSuite() { fs::remove_all(Repository()); }

  void SetUp() override {
    inferencer_ = std::make_unique<ServerProcess>(
        "trackfit-inferencer", std::vector<std::string>{"--model-repository", Repository().string()});
    ASSERT_NE(inferencer_->port(), 0);
    gateway_ = std::make_unique<ServerProcess>(
        "trackfit-gateway",
        std::vector<std::string>{"--extractor", "127.0.0.1:1", "--inferencer", inferencer_->address(),
                                 "--drain-grace", "1", "--upstream-timeout", "90"});  // restarts take a while
    ASSERT_NE(gateway_->port(), 0);
  }

  int port() const { return gateway_->port(); }

  std::unique_ptr<ServerProcess> inferencer_;
  std::unique_ptr<ServerProcess> gateway_;
};

TEST_F(CoachProcesses, CountRepetitionsAndSumUpTheSet) {
  const Analyzed analyzed = Analyze(port(), Squats(5, Expecting("squat")));
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(Numbers(analyzed),
            (std::vector<std::string>{"squat 1.1", "squat 1.2", "squat 1.3", "squat 1.4", "squat 1.5"}));
  for (const v1::Repetition& repetition : analyzed.Repetitions()) {
    EXPECT_GT(repetition.findings_size(), 0);
    EXPECT_TRUE(repetition.complete());
  }
  ASSERT_EQ(analyzed.Summary().sets_size(), 1);
  EXPECT_EQ(analyzed.Summary().sets(0).repetitions(), 5U);
  EXPECT_EQ(analyzed.Summary().repetitions(), 5U);
  const std::string page = HttpGet(inferencer_->metrics_port(), "/metrics");
  EXPECT_THAT(page, HasSubstr("trackfit_repetition_score_count{exercise=\"squat\"} 5"));
}

class LostCoachProcesses : public CoachProcesses, public ::testing::WithParamInterface<std::string> {};

TEST_P(LostCoachProcesses, CountTheSameWhenTheInferencerIsKilledInTheMiddleOfASet) {
  const std::vector<v1::AnalyzeRequest> requests = Squats(8, Expecting(GetParam()));
  const Analyzed undisturbed = Analyze(port(), requests);
  ASSERT_TRUE(undisturbed.status.ok()) << undisturbed.status.error_message();
  ASSERT_EQ(undisturbed.Repetitions().size(), 8U);

  // It dies between the third repetition and the fourth, in the middle of the fifth, and so on.
  const auto expected = undisturbed.Repetitions();
  std::map<uint64_t, int> deaths;  // behind these frames, when so many repetitions have come
  for (const auto& [number, share] : std::map<size_t, double>{{2, 1.05}, {4, 0.3}, {5, 0.6}, {6, 0.9}}) {
    const v1::Repetition& then = expected[number];
    const auto length = static_cast<double>(then.last_sequence() - then.first_sequence());
    deaths[then.first_sequence() + static_cast<uint64_t>(share * length)] = static_cast<int>(number);
  }
  AnalyzeCall call(port());
  call.StartReading();
  for (const v1::AnalyzeRequest& request : requests) {
    ASSERT_TRUE(call.Send(request));
    const auto death = deaths.find(request.pose().sequence());
    if (death == deaths.end()) continue;
    ASSERT_TRUE(call.WaitForRepetitions(death->second));
    inferencer_->Restart();
  }
  const Analyzed analyzed = call.Finish();
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(Numbers(analyzed), Numbers(undisturbed));
  const auto actual = analyzed.Repetitions();
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    EXPECT_EQ(actual[i].correct(), expected[i].correct()) << Numbers(analyzed)[i];
    EXPECT_NEAR(static_cast<double>(actual[i].start_us()), static_cast<double>(expected[i].start_us()),
                100'000);
    EXPECT_NEAR(static_cast<double>(actual[i].end_us()), static_cast<double>(expected[i].end_us()), 100'000);
    EXPECT_NEAR(actual[i].score(), expected[i].score(), 3);
  }
  ASSERT_EQ(analyzed.Summary().sets_size(), 1);
  EXPECT_EQ(analyzed.Summary().repetitions(), 8U);
  EXPECT_EQ(analyzed.Summary().sets(0).correct(), undisturbed.Summary().sets(0).correct());
}

// Twice before the first window is complete: nothing that the session sent can have done that.
TEST_F(CoachProcesses, LeaveNothingOutWhenTheInferencerIsKilledTwiceWithoutAnAssessmentBetween) {
  const std::vector<v1::AnalyzeRequest> requests = Squats(5, Expecting("squat"));
  constexpr size_t kBeforeAWindow = 45;
  AnalyzeCall call(port());
  call.StartReading();
  for (size_t i = 0; i < requests.size(); ++i) {
    ASSERT_TRUE(call.Send(requests[i]));
    if (i != kBeforeAWindow) continue;
    for (int kill = 0; kill < 2; ++kill) {
      const std::string taken = "\ntrackfit_poses_total " + std::to_string(kBeforeAWindow);
      const auto has_all = [&] {
        return HttpGet(inferencer_->metrics_port(), "/metrics").find(taken) != std::string::npos;
      };
      const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
      while (!has_all() && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      ASSERT_TRUE(has_all());
      std::this_thread::sleep_for(std::chrono::milliseconds(1200));
      inferencer_->Restart();
    }
  }
  const Analyzed analyzed = call.Finish();
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  const v1::SessionSummary summary = analyzed.Summary();
  for (const v1::Notice& notice : summary.notices())
    EXPECT_NE(notice.code(), v1::NOTICE_CODE_POSES_SKIPPED) << notice.message();
  EXPECT_EQ(analyzed.Repetitions().size(), 5U);
  EXPECT_THAT(HttpGet(gateway_->metrics_port(), "/metrics"),
              HasSubstr("trackfit_gateway_poisoned_total{upstream=\"inferencer\"} 0"));
}

INSTANTIATE_TEST_SUITE_P(Exercises, LostCoachProcesses, ::testing::Values("squat", ""),
                         [](const auto& exercise) { return exercise.param.empty() ? "Found" : "Named"; });

TEST_F(CoachProcesses, CountTheSameWhenTheClientsConnectionBreaksInTheMiddleOfASet) {
  const std::vector<v1::AnalyzeRequest> requests = Squats(6, Expecting("squat"));
  const Analyzed undisturbed = Analyze(port(), requests);
  ASSERT_EQ(undisturbed.Repetitions().size(), 6U);

  const auto resumable = testing::Resumable(requests);
  testing::TcpForwarder network(port());
  testing::ResumedSession session;
  for (int streams = 0; streams < 4; ++streams) {
    AnalyzeCall call(network.port());
    ASSERT_TRUE(call.Send(session.token.empty() ? resumable.front() : session.Request()));
    const v1::AnalyzeResponse first = call.Receive();
    ASSERT_TRUE(first.has_started() || first.has_resumed());
    size_t next = first.has_resumed() ? testing::Received(resumable, first.resumed()) : 1;
    call.StartReading();
    const bool breaks = streams < 3;
    const size_t until = breaks ? resumable.size() * (streams + 1) / 4 : resumable.size();
    for (; next < until; ++next) ASSERT_TRUE(call.Send(resumable[next]));
    if (breaks) network.Cut();
    session.Add(breaks ? call.Await() : call.Finish());
  }
  ASSERT_TRUE(session.all.status.ok()) << session.all.status.error_message();
  EXPECT_TRUE(session.in_order);
  EXPECT_EQ(session.all.Fingerprint(), undisturbed.Fingerprint()) << "as if nothing had happened";
  EXPECT_THAT(gateway_->Log(), HasSubstr("session resumed"));
  EXPECT_THAT(gateway_->Log(), ::testing::Not(HasSubstr(session.token)));
}

// The gateway of the fixture, restarted as an upgrade does it.
TEST_F(CoachProcesses, CountTheSameWhenTheGatewayIsStartedAnewInTheMiddleOfASet) {
  const testing::ScratchFolder folder;
  fs::permissions(folder.path(), fs::perms::owner_all);
  gateway_ = std::make_unique<ServerProcess>(
      "trackfit-gateway",
      std::vector<std::string>{"--extractor", "127.0.0.1:1", "--inferencer", inferencer_->address(),
                               "--handover", folder.path(), "--upstream-timeout", "90"});
  ASSERT_NE(port(), 0);
  const std::vector<v1::AnalyzeRequest> requests = Squats(6, Expecting("squat"));
  const Analyzed undisturbed = Analyze(port(), requests);
  ASSERT_EQ(undisturbed.Repetitions().size(), 6U);

  const auto resumable = testing::Resumable(requests);
  testing::ResumedSession session;
  for (int processes = 0; processes < 4; ++processes) {
    AnalyzeCall call(port());
    ASSERT_TRUE(call.Send(session.token.empty() ? resumable.front() : session.Request()));
    const v1::AnalyzeResponse first = call.Receive();
    ASSERT_TRUE(first.has_started() || first.has_resumed());
    size_t next = first.has_resumed() ? testing::Received(resumable, first.resumed()) : 1;
    call.StartReading();
    const bool ends = processes < 3;
    const size_t until = ends ? resumable.size() * (processes + 1) / 4 : resumable.size();
    for (; next < until; ++next) ASSERT_TRUE(call.Send(resumable[next]));
    if (ends) gateway_->Stop();
    session.Add(ends ? call.Await() : call.Finish());
    if (ends) gateway_->Restart();
  }
  ASSERT_TRUE(session.all.status.ok()) << session.all.status.error_message();
  EXPECT_TRUE(session.in_order);
  EXPECT_EQ(session.all.Answered(), undisturbed.Answered());
  EXPECT_EQ(Numbers(session.all), Numbers(undisturbed));
  const auto of_each = [](const Analyzed& analyzed) {
    std::string windows;
    for (const v1::Assessment& assessment : analyzed.Assessments()) windows += assessment.SerializeAsString();
    return windows;
  };
  EXPECT_EQ(of_each(session.all), of_each(undisturbed)) << "bit by bit";
  v1::SessionSummary summary = session.all.Summary();
  v1::SessionSummary expected = undisturbed.Summary();
  EXPECT_EQ(summary.notices_size(), 1) << "that the gateway ended";
  *summary.mutable_notices() = expected.notices();
  // The filters of a coach who goes on begin anew, which moves what it measures a little, but not what it
  // counts.
  ASSERT_EQ(summary.sets_size(), expected.sets_size());
  for (int i = 0; i < summary.sets_size(); ++i) {
    EXPECT_EQ(summary.sets(i).exercise(), expected.sets(i).exercise());
    EXPECT_EQ(summary.sets(i).repetitions(), expected.sets(i).repetitions());
    EXPECT_EQ(summary.sets(i).partial(), expected.sets(i).partial());
    EXPECT_EQ(summary.sets(i).correct(), expected.sets(i).correct());
    EXPECT_NEAR(summary.sets(i).range_lost(), expected.sets(i).range_lost(), 0.01);
  }
  summary.clear_sets();
  expected.clear_sets();
  EXPECT_EQ(summary.SerializeAsString(), expected.SerializeAsString());
  EXPECT_THAT(gateway_->Log(), HasSubstr("sessions taken over"));
  EXPECT_THAT(gateway_->Log(), ::testing::Not(HasSubstr(session.token)));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST_F(CoachProcesses, CoachAnExerciseThatTheModelDoesNotKnowAndRefuseOneThatNobodyDoes) {
  const Analyzed lunge = Analyze(port(), Squats(1, Expecting("lunge")));
  EXPECT_TRUE(lunge.status.ok()) << lunge.status.error_message();
  const Analyzed juggling = Analyze(port(), Squats(1, Expecting("juggling")));
  EXPECT_EQ(juggling.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(
      juggling.status.error_message(),
      HasSubstr("config.expected_exercise is \"juggling\"; the model knows squat, push_up; the coach also "
                "barbell_biceps_curl, "));
}

TEST_F(CoachProcesses, RefuseAWrongVoiceBeforeTheFirstPose) {
  v1::SessionConfig config = Expecting("squat");
  config.mutable_coach()->set_voice("dril");
  const Analyzed voice = Analyze(port(), {ConfigRequest(config)});
  EXPECT_EQ(voice.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(
      voice.status.error_message(),
      "config.coach.voice is \"dril\"; there are analyst, calm, drill, hype, neutral; did you mean drill?");
}

TEST_F(CoachProcesses, NameTheFieldOfTheCoachsConfigurationThatIsWrong) {
  v1::SessionConfig config = Expecting("squat");
  config.mutable_coach()->add_targets()->set_code("squat_dept");
  const Analyzed analyzed = Analyze(port(), Squats(1, config));
  EXPECT_EQ(analyzed.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(analyzed.status.error_message(), HasSubstr("config.coach.targets[0].code is \"squat_dept\""));
}

}  // namespace
}  // namespace trackfit
