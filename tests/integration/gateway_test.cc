// The servers as real processes over real sockets. Without a trained model a stand-in assesses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <numeric>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>
#include <string>
#include <vector>

#include "contract/convert.h"
#include "integration/support/analyze_client.h"
#include "integration/support/fake_upstreams.h"
#include "integration/support/server_process.h"
#include "integration/support/web_socket_analyze.h"
#include "support/eventually.h"
#include "support/poses.h"

namespace trackfit {
namespace {

namespace fs = std::filesystem;
using testing::Analyze;
using testing::AnalyzeCall;
using testing::Analyzed;
using testing::ConfigRequest;
using testing::FrameRequest;
using ::testing::HasSubstr;
using testing::ServerProcess;

bool HasModel() {
  std::error_code error;
  for (const auto& version : fs::directory_iterator("deploy/models/protogcn", error)) {
    if (fs::exists(version.path() / "model.pt", error)) return true;
  }
  return false;
}

std::vector<uint64_t> Range(uint64_t count) {
  std::vector<uint64_t> range(count);
  std::iota(range.begin(), range.end(), 0U);
  return range;
}

// A configuration and the frames of a synthesised clip.
std::vector<v1::AnalyzeRequest> Clip(const std::string& exercise, uint64_t frames) {
  const fs::path path = fs::temp_directory_path() / ("gateway_test_" + std::to_string(getpid()) + ".mp4");
  const std::string command = std::string(TRACKFIT_BINARIES) + "/trackfit synthesize --exercise " + exercise +
                              " --repetitions 2 --output " + path.string() + " >/dev/null 2>&1";
  std::vector<v1::AnalyzeRequest> requests = {ConfigRequest()};
  if (std::system(command.c_str()) != 0) return requests;
  cv::VideoCapture video(path.string());
  std::vector<unsigned char> jpeg;
  for (cv::Mat image; requests.size() <= frames && video.read(image);) {
    cv::imencode(".jpg", image, jpeg);
    requests.push_back(FrameRequest(requests.size() - 1, std::string(jpeg.begin(), jpeg.end())));
  }
  fs::remove(path);
  fs::remove(path.string().substr(0, path.string().size() - 4) + ".json");
  return requests;
}

class GatewayProcesses : public ::testing::Test {
 protected:
  static constexpr uint64_t kFrames = 75;

  static void SetUpTestSuite() {
    if (!fs::exists("deploy/models/blazepose/pose_detection.tflite")) return;
    squat_ = new std::vector(Clip("squat", kFrames));
  }
  static void TearDownTestSuite() { delete std::exchange(squat_, nullptr); }

  void SetUp() override {
    if (squat_ == nullptr) GTEST_SKIP() << "no BlazePose weights; run tools/setup";
    ASSERT_EQ(squat_->size(), kFrames + 1) << "trackfit synthesize makes no clip";
    extractor_ =
        std::make_unique<ServerProcess>("trackfit-extractor", std::vector<std::string>{"--model", "lite"});
    std::string inferencer;
    if (HasModel()) {
      inferencer_ = std::make_unique<ServerProcess>("trackfit-inferencer", std::vector<std::string>{});
      ASSERT_NE(inferencer_->port(), 0);
      inferencer = inferencer_->address();
    } else {
      stand_in_ = std::make_unique<testing::FakeServer<testing::FakeInferencer>>();
      inferencer = stand_in_->address();
    }
    gateway_ = std::make_unique<ServerProcess>(
        "trackfit-gateway",
        std::vector<std::string>{"--extractor", extractor_->address(), "--inferencer", inferencer,
                                 "--drain-grace", "1", "--upstream-timeout", "90"});  // restarts take a while
    ASSERT_NE(gateway_->port(), 0);
  }

  int port() const { return gateway_->port(); }

  static std::vector<v1::AnalyzeRequest>* squat_;
  std::unique_ptr<ServerProcess> extractor_;
  std::unique_ptr<ServerProcess> inferencer_;
  std::unique_ptr<testing::FakeServer<testing::FakeInferencer>> stand_in_;
  std::unique_ptr<ServerProcess> gateway_;
};

std::vector<v1::AnalyzeRequest>* GatewayProcesses::squat_ = nullptr;

TEST_F(GatewayProcesses, AnswerEveryFrameOnceInOrder) {
  const Analyzed analyzed = Analyze(port(), *squat_);
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered(), Range(kFrames));
  EXPECT_EQ(analyzed.Summary().frames(), kFrames);
  EXPECT_GT(analyzed.Summary().poses(), kFrames * 9 / 10) << "the figure is seen";
  EXPECT_FALSE(analyzed.Assessments().empty());
}

TEST_F(GatewayProcesses, GiveTwoInterleavedSessionsWhatEachGetsAlone) {
  const auto push_up_clip = Clip("push_up", kFrames);
  ASSERT_EQ(push_up_clip.size(), kFrames + 1);
  const Analyzed squat_alone = Analyze(port(), *squat_);
  const Analyzed push_up_alone = Analyze(port(), push_up_clip);
  ASSERT_TRUE(squat_alone.status.ok()) << squat_alone.status.error_message();
  ASSERT_TRUE(push_up_alone.status.ok()) << push_up_alone.status.error_message();
  AnalyzeCall squat(port()), push_up(port());
  squat.StartReading();
  push_up.StartReading();
  for (size_t i = 0; i <= kFrames; ++i) {
    ASSERT_TRUE(squat.Send((*squat_)[i]));
    ASSERT_TRUE(push_up.Send(push_up_clip[i]));
  }
  EXPECT_EQ(squat.Finish().Fingerprint(), squat_alone.Fingerprint());
  EXPECT_EQ(push_up.Finish().Fingerprint(), push_up_alone.Fingerprint());
}

// A 4K picture as a camera's driver hands it out is three times as large as the largest file.
TEST_F(GatewayProcesses, GiveOverAWebSocketWhatTheyGiveOverGrpc) {
  const auto push_up_clip = Clip("push_up", kFrames);
  ASSERT_EQ(push_up_clip.size(), kFrames + 1);
  const Analyzed grpc = Analyze(port(), push_up_clip);
  const Analyzed web = testing::AnalyzeOverWebSocket(gateway_->http_port(), push_up_clip);
  ASSERT_TRUE(grpc.status.ok()) << grpc.status.error_message();
  ASSERT_TRUE(web.status.ok()) << web.status.error_message();
  EXPECT_EQ(web.Answered(), Range(kFrames));
  EXPECT_FALSE(web.Assessments().empty());
  EXPECT_EQ(web.Fingerprint(), grpc.Fingerprint());
}

TEST_F(GatewayProcesses, TakeLargePixelsButNoLargeFilesAndGoOn) {
  auto requests = std::vector(squat_->begin(), squat_->begin() + 6);
  requests[2].mutable_frame()->set_encoded(std::string((4 << 20) + 1, 'x'));
  v1::RawImage& raw = *requests[3].mutable_frame()->mutable_raw();
  raw.set_width(3840);
  raw.set_height(2160);
  raw.set_format(v1::RawImage::PIXEL_FORMAT_NV12);
  raw.set_data(std::string(3840 * 2160 * 3 / 2, 'x'));
  const Analyzed analyzed = Analyze(port(), requests);
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  const auto results = analyzed.FrameResults();
  ASSERT_EQ(results.size(), 5U);
  EXPECT_EQ(results[1].status(), v1::FRAME_STATUS_INVALID_FRAME);
  EXPECT_THAT(results[1].detail(), HasSubstr("frame.encoded has 4194305 bytes; at most 4194304"));
  EXPECT_EQ(results[2].status(), v1::FRAME_STATUS_NO_POSE) << results[2].detail();
  EXPECT_EQ(results[4].status(), v1::FRAME_STATUS_POSE);
}

TEST_F(GatewayProcesses, GoOnAfterACorruptPicture) {
  auto requests = std::vector(squat_->begin(), squat_->begin() + 6);
  std::string& jpeg = *requests[3].mutable_frame()->mutable_encoded();
  jpeg = "not a picture" + jpeg.substr(13);
  const Analyzed analyzed = Analyze(port(), requests);
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  const auto results = analyzed.FrameResults();
  ASSERT_EQ(results.size(), 5U);
  EXPECT_EQ(results[2].status(), v1::FRAME_STATUS_INVALID_FRAME);
  EXPECT_FALSE(results[2].detail().empty());
  EXPECT_EQ(results[3].status(), v1::FRAME_STATUS_POSE);
}

TEST_F(GatewayProcesses, EndWithTheNameOfTheFieldThatBreaksTheProtocol) {
  const Analyzed analyzed = Analyze(port(), {ConfigRequest(), (*squat_)[2], (*squat_)[1]});
  EXPECT_EQ(analyzed.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(analyzed.status.error_message(), HasSubstr("frame.sequence"));
}

TEST_F(GatewayProcesses, EndCleanlyWhenTheGatewayIsTerminatedInMidStream) {
  AnalyzeCall call(port());
  call.StartReading();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(call.Send((*squat_)[i]));
  ASSERT_TRUE(call.WaitForResponses(5));
  gateway_->SendTerm();
  EXPECT_EQ(gateway_->Wait(), 0);
  const Analyzed analyzed = call.Await();
  EXPECT_EQ(analyzed.status.error_code(), grpc::StatusCode::UNAVAILABLE) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered(), Range(analyzed.Answered().size()));
}

TEST_F(GatewayProcesses, AnswerEveryFrameOnceWhenTheExtractorIsKilled) {
  AnalyzeCall call(port());
  call.StartReading();
  std::thread sender([&] {
    for (const auto& request : *squat_) call.Send(request);
  });
  EXPECT_TRUE(call.WaitForResponses(20));
  extractor_->Restart();
  sender.join();
  const Analyzed analyzed = call.Finish();
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered(), Range(kFrames));
}

// Variables that some container runtimes inject, naming a proxy where nobody listens.
class DeadProxies {
 public:
  DeadProxies() {
    for (const char* name : kNames) setenv(name, "http://127.0.0.1:9", 1);
  }
  ~DeadProxies() {
    for (const char* name : kNames) unsetenv(name);
  }

 private:
  static constexpr const char* kNames[] = {"http_proxy", "https_proxy", "grpc_proxy", "HTTP_PROXY",
                                           "HTTPS_PROXY"};
};

TEST(GatewayProcess, ReachesItsUpstreamsDirectlyWhateverTheEnvironmentSaysOfProxies) {
  testing::FakeServer<testing::FakeExtractor> extractor;
  testing::FakeServer<testing::FakeInferencer> inferencer;
  // By name: proxies are asked for addresses in numbers, too, but names are what people give.
  const auto by_name = [](const std::string& address) {
    return "localhost" + address.substr(address.rfind(':'));
  };
  std::unique_ptr<ServerProcess> gateway;
  {
    const DeadProxies proxies;
    gateway = std::make_unique<ServerProcess>(
        "trackfit-gateway",
        std::vector<std::string>{"--extractor", by_name(extractor.address()), "--inferencer",
                                 by_name(inferencer.address()), "--upstream-timeout", "5"});
  }
  ASSERT_NE(gateway->port(), 0);
  const Analyzed analyzed = Analyze(gateway->port(), {ConfigRequest(), FrameRequest(0, "a")});
  EXPECT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Summary().poses(), 1U);
}

// An outage is two lines in the log, not one for every attempt of every session.
TEST(GatewayProcess, LogsOnceThatAnUpstreamIsAwayAndOnceThatItIsBack) {
  testing::FakeServer<testing::FakeExtractor> extractor;
  testing::FakeServer<testing::FakeInferencer> inferencer;
  const ServerProcess gateway("trackfit-gateway",
                              {"--extractor", extractor.address(), "--inferencer", inferencer.address()});
  ASSERT_NE(gateway.port(), 0);
  ASSERT_TRUE(Analyze(gateway.port(), {ConfigRequest(), FrameRequest(0, "a")}).status.ok());
  extractor.Kill();
  AnalyzeCall first(gateway.port()), second(gateway.port());
  for (AnalyzeCall* call : {&first, &second}) {
    call->StartReading();
    call->Send(ConfigRequest());
    call->Send(FrameRequest(0, "a"));
    ASSERT_TRUE(call->WaitForResponses(2)) << "the introduction and a notice";
  }
  extractor.Start();
  EXPECT_TRUE(first.Finish().status.ok());
  EXPECT_TRUE(second.Finish().status.ok());
  const std::string log = gateway.Log();
  const auto lines_with = [&log](const std::string& text) {
    size_t count = 0;
    for (size_t at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) ++count;
    return count;
  };
  EXPECT_EQ(lines_with("upstream away"), 1U) << log;
  EXPECT_EQ(lines_with("upstream back"), 1U) << log;
  EXPECT_EQ(lines_with("upstream stream broken"), 0U) << log;
}

TEST_F(GatewayProcesses, NameTheTraceOfASessionInAllTheirLogs) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  AnalyzeCall call(port(), {{"traceparent", "00-" + trace + "-00f067aa0ba902b7-01"}});
  call.StartReading();
  for (const auto& request : *squat_) ASSERT_TRUE(call.Send(request));
  ASSERT_TRUE(call.Finish().status.ok());
  for (const ServerProcess* server : {gateway_.get(), extractor_.get(), inferencer_.get()}) {
    if (server == nullptr) continue;  // a stand-in
    EXPECT_TRUE(testing::Eventually([&] {
      const std::string log = server->Log();
      const std::size_t end = log.find("stream ended");
      return end != std::string::npos && log.find("trace_id=" + trace, end) != std::string::npos;
    })) << server->Log();
  }
}

TEST_F(GatewayProcesses, GiveTheSameAssessmentsWhenTheInferencerIsKilled) {
  if (inferencer_ == nullptr) GTEST_SKIP() << "no trained model in deploy/models/protogcn";
  std::vector<v1::AnalyzeRequest> requests = {ConfigRequest()};
  for (const skeleton::Pose& pose : testing::WavingPoses(30, 6)) {
    *requests.emplace_back().mutable_pose() = contract::ToProto(pose);
  }
  const Analyzed undisturbed = Analyze(port(), requests);
  ASSERT_TRUE(undisturbed.status.ok()) << undisturbed.status.error_message();
  AnalyzeCall call(port());
  call.StartReading();
  for (size_t i = 0; i < requests.size(); ++i) {
    ASSERT_TRUE(call.Send(requests[i]));
    if (i == 40 || i == 140) inferencer_->Restart();
  }
  const Analyzed analyzed = call.Finish();
  ASSERT_TRUE(analyzed.status.ok()) << analyzed.status.error_message();
  EXPECT_EQ(analyzed.Answered(), Range(180));
  const auto expected = undisturbed.Assessments(), actual = analyzed.Assessments();
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    EXPECT_EQ(actual[i].last_sequence(), expected[i].last_sequence());
    EXPECT_EQ(actual[i].exercise(), expected[i].exercise());
    EXPECT_NEAR(actual[i].confidence(), expected[i].confidence(), 0.01);
  }
}

}  // namespace
}  // namespace trackfit
