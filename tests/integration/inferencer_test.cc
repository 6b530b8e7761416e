// The inferencer as a real process over real sockets, with a small untrained network: its answers are
// arbitrary, but its behaviour is the product's.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <trackfit/v1/inferencer.grpc.pb.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "contract/convert.h"
#include "integration/support/http_get.h"
#include "integration/support/server_process.h"
#include "protogcn/archive_io.h"
#include "support/health_client.h"
#include "support/poses.h"
#include "support/small_network.h"
#include "synthesis/camera.h"

namespace trackfit {
namespace {

namespace fs = std::filesystem;
using testing::CheckHealth;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HttpGet;
using ::testing::IsSupersetOf;
using testing::ServerProcess;
using testing::WavingPoses;
using Request = v1::InferStreamRequest;
using Response = v1::InferStreamResponse;

const char* const kName = v1::InferencerService::service_full_name();

Request ConfigRequest(const std::string& expected_exercise = "") {
  Request request;
  request.mutable_config()->set_expected_exercise(expected_exercise);
  return request;
}

Request PoseRequest(const skeleton::Pose& pose) {
  Request request;
  *request.mutable_pose() = contract::ToProto(pose);
  return request;
}

class Inferencer : public ::testing::Test {
 protected:
  static fs::path Repository() {
    return fs::path(::testing::TempDir()) / ("inferencer_test_" + std::to_string(getpid()));
  }

  // Version 2 works, version 3 is broken.
  static void SetUpTestSuite() {
    protogcn::ModelMetadata metadata = testing::SmallMetadata();
    metadata.network.window = 100;
    metadata.known_threshold = 0;  // an untrained network that knows whatever it is shown
    fs::create_directories(Repository() / "2");
    fs::create_directories(Repository() / "3");
    ASSERT_TRUE(protogcn::SaveArchive(Repository() / "2" / "model.pt", testing::MakeNetwork(metadata.network),
                                      metadata)
                    .ok());
    std::ofstream(Repository() / "3" / "model.pt") << "half a file";
  }
  static void TearDownTestSuite() { fs::remove_all(Repository()); }

  void SetUp() override {
    server_ = std::make_unique<ServerProcess>(
        "trackfit-inferencer",
        std::vector<std::string>{"--model-repository", Repository().string(), "--workers", "2"});
    ASSERT_NE(server_->port(), 0);
    channel_ = grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials());
    stub_ = v1::InferencerService::NewStub(channel_);
  }

  // The assessments of these requests on a stream of their own, as bytes.
  std::vector<std::string> InferAlone(const std::vector<Request>& requests) {
    grpc::ClientContext context;
    const auto stream = stub_->InferStream(&context);
    for (const Request& request : requests) stream->Write(request);
    stream->WritesDone();
    std::vector<std::string> results;
    for (Response response; stream->Read(&response);) {
      if (response.has_assessment()) results.push_back(response.assessment().SerializeAsString());
    }
    status_ = stream->Finish();
    return results;
  }

  void ExpectRefused(const std::vector<Request>& requests, const std::string& reason) {
    InferAlone(requests);
    EXPECT_EQ(status_.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_THAT(status_.error_message(), HasSubstr(reason));
  }

  std::unique_ptr<ServerProcess> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::InferencerService::Stub> stub_;
  grpc::Status status_;
};

std::vector<Request> Requests(const std::vector<skeleton::Pose>& poses,
                              const std::string& expected_exercise = "") {
  std::vector<Request> requests = {ConfigRequest(expected_exercise)};
  for (const skeleton::Pose& pose : poses) requests.push_back(PoseRequest(pose));
  return requests;
}

TEST_F(Inferencer, AssessesSlidingWindowsOverAStream) {
  const std::vector<std::string> results = InferAlone(Requests(WavingPoses(30, 3), "squat"));
  ASSERT_TRUE(status_.ok()) << status_.error_message();
  ASSERT_EQ(results.size(), 3u);  // after 60 poses, after 75 and after 90
  v1::Assessment first;
  ASSERT_TRUE(first.ParseFromString(results[0]));
  EXPECT_EQ(first.first_sequence(), 0u);
  EXPECT_EQ(first.last_sequence(), 59u);
  EXPECT_EQ(first.model_version(), "2");
  EXPECT_EQ(first.judged_exercise(), "squat");
  EXPECT_EQ(first.joint_errors_size(), 33);
  float sum = 0;
  for (const v1::ClassScore& score : first.classes()) sum += score.probability();
  EXPECT_NEAR(sum, 1, 1e-4);
}

TEST_F(Inferencer, AssessesAShortClipWhenTheClientHalfCloses) {
  EXPECT_EQ(InferAlone(Requests(WavingPoses(30, 1))).size(), 1u);
  EXPECT_TRUE(status_.ok());
}

TEST_F(Inferencer, InterleavedSessionsGiveExactlyWhatEachGivesAlone) {
  const std::vector<Request> slow = Requests(WavingPoses(30, 3));
  const std::vector<Request> fast = Requests(WavingPoses(45, 2));  // as many
  ASSERT_EQ(slow.size(), fast.size());
  const std::vector<std::string> slow_alone = InferAlone(slow);
  const std::vector<std::string> fast_alone = InferAlone(fast);
  EXPECT_NE(slow_alone[0], fast_alone[0]);

  grpc::ClientContext slow_context;
  grpc::ClientContext fast_context;
  const auto slow_stream = stub_->InferStream(&slow_context);
  const auto fast_stream = stub_->InferStream(&fast_context);
  for (std::size_t i = 0; i < slow.size(); ++i) {
    slow_stream->Write(slow[i]);
    fast_stream->Write(fast[i]);
  }
  slow_stream->WritesDone();
  fast_stream->WritesDone();
  std::vector<std::string> slow_results;
  std::vector<std::string> fast_results;
  for (Response response; slow_stream->Read(&response);) {
    if (response.has_assessment()) slow_results.push_back(response.assessment().SerializeAsString());
  }
  for (Response response; fast_stream->Read(&response);) {
    if (response.has_assessment()) fast_results.push_back(response.assessment().SerializeAsString());
  }
  EXPECT_EQ(slow_results, slow_alone);
  EXPECT_EQ(fast_results, fast_alone);
}

TEST_F(Inferencer, BrokenProtocolEndsTheStreamNamingTheField) {
  const std::vector<skeleton::Pose> poses = WavingPoses(30, 0.2);
  ExpectRefused({PoseRequest(poses[0])}, "config is missing");
  ExpectRefused({}, "config is missing");
  ExpectRefused({ConfigRequest(), ConfigRequest()}, "config came twice");
  ExpectRefused({ConfigRequest(), Request()}, "config or pose is required");
  ExpectRefused({ConfigRequest("juggling")}, "expected_exercise");
  ExpectRefused({ConfigRequest(), PoseRequest(poses[1]), PoseRequest(poses[0])}, "sequence");

  Request window = ConfigRequest();
  window.mutable_config()->mutable_window()->set_frames(12);
  ExpectRefused({window}, "window.frames is 12");

  Request few = PoseRequest(poses[0]);
  few.mutable_pose()->mutable_landmarks()->RemoveLast();
  ExpectRefused({ConfigRequest(), few}, "pose.landmarks has 32 entries");

  Request nan = PoseRequest(poses[0]);
  nan.mutable_pose()->mutable_landmarks(3)->set_y(std::numeric_limits<float>::quiet_NaN());
  ExpectRefused({ConfigRequest(), nan}, "pose.landmarks[3].y");
}

v1::InferRequest ClipRequest(const std::vector<skeleton::Pose>& poses) {
  v1::InferRequest request;
  for (const skeleton::Pose& pose : poses) *request.add_poses() = contract::ToProto(pose);
  return request;
}

TEST_F(Inferencer, AssessesAWholeClipAsAStreamWould) {
  const std::vector<skeleton::Pose> poses = WavingPoses(30, 4);
  const v1::InferRequest request = ClipRequest(poses);
  v1::InferResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->Infer(&context, request, &response).ok());
  std::vector<std::string> windows;
  for (const v1::Assessment& window : response.windows()) windows.push_back(window.SerializeAsString());
  EXPECT_EQ(windows, InferAlone(Requests(poses)));
  EXPECT_EQ(response.overall().first_sequence(), 0u);
  EXPECT_EQ(response.overall().last_sequence(), 119u);
}

TEST_F(Inferencer, CoachesAWholeClipAsAStreamWould) {
  synthesis::PoseOptions options;
  options.motion.exercise = "squat";
  options.motion.repetitions = 3;
  synthesis::CameraOptions camera;
  camera.yaw_degrees = 75;
  options.camera = camera;
  const std::vector<skeleton::Pose> poses = synthesis::SynthesizePoses(options).value();

  v1::InferResponse streamed;
  grpc::ClientContext stream_context;
  const auto stream = stub_->InferStream(&stream_context);
  for (const Request& request : Requests(poses, "squat")) stream->Write(request);
  stream->WritesDone();
  for (Response response; stream->Read(&response);) {
    if (response.has_repetition()) *streamed.add_repetitions() = response.repetition();
    if (response.has_advice()) *streamed.add_advice() = response.advice();
    if (response.has_hint()) *streamed.add_hints() = response.hint();
    if (response.has_set()) *streamed.add_sets() = response.set();
  }
  EXPECT_TRUE(stream->Finish().ok());

  v1::InferRequest request = ClipRequest(poses);
  request.set_expected_exercise("squat");
  v1::InferResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->Infer(&context, request, &response).ok());
  EXPECT_EQ(response.repetitions_size(), 3);
  EXPECT_EQ(response.sets_size(), 1);
  response.clear_overall();
  response.clear_windows();
  EXPECT_EQ(response.SerializeAsString(), streamed.SerializeAsString());
}

TEST_F(Inferencer, RefusesAClipThatIsBrokenOrTooShortSayingWhy) {
  const auto refusal = [this](const v1::InferRequest& request) {
    v1::InferResponse response;
    grpc::ClientContext context;
    const grpc::Status refused = stub_->Infer(&context, request, &response);
    EXPECT_EQ(refused.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    return refused.error_message();
  };
  EXPECT_THAT(refusal({}), HasSubstr("poses is empty"));
  EXPECT_THAT(refusal(ClipRequest(WavingPoses(30, 0.2))), HasSubstr("poses span less than half a second"));
  v1::InferRequest broken = ClipRequest(WavingPoses(30, 4));
  broken.mutable_poses(7)->mutable_landmarks()->RemoveLast();
  EXPECT_THAT(refusal(broken), HasSubstr("poses[7]: pose.landmarks has 32 entries"));
  v1::InferRequest target = ClipRequest(WavingPoses(30, 4));
  target.mutable_coach()->add_targets()->set_code("squat_dept");
  EXPECT_EQ(refusal(target).find("coach.targets[0].code is \"squat_dept\""), 0U);
}

TEST_F(Inferencer, KnowsNothingWithoutMovementOrWithTooFewPosesAndSaysWhy) {
  const auto infer = [&](const std::vector<skeleton::Pose>& poses) {
    v1::InferRequest request;
    for (const skeleton::Pose& pose : poses) *request.add_poses() = contract::ToProto(pose);
    v1::InferResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(stub_->Infer(&context, request, &response).ok());
    // A stream says the same.
    std::vector<std::string> windows;
    for (const v1::Assessment& window : response.windows()) windows.push_back(window.SerializeAsString());
    EXPECT_EQ(windows, InferAlone(Requests(poses)));
    return response;
  };
  const auto expect_held_back = [](const v1::InferResponse& response, v1::NoticeCode code) {
    std::vector<v1::Assessment> assessments(response.windows().begin(), response.windows().end());
    assessments.push_back(response.overall());
    for (const v1::Assessment& assessment : assessments) {
      EXPECT_FALSE(assessment.known());
      ASSERT_EQ(assessment.notices_size(), 1);
      EXPECT_EQ(assessment.notices(0).code(), code) << assessment.notices(0).message();
    }
  };
  const v1::InferResponse moving = infer(WavingPoses(30, 4));
  EXPECT_TRUE(moving.overall().known());
  EXPECT_EQ(moving.overall().notices_size(), 0);

  std::vector<skeleton::Pose> frozen = WavingPoses(30, 4);
  for (skeleton::Pose& pose : frozen) pose.landmarks = frozen[0].landmarks;
  expect_held_back(infer(frozen), v1::NOTICE_CODE_NO_MOVEMENT);

  expect_held_back(infer(WavingPoses(1, 6)), v1::NOTICE_CODE_FEW_POSES);
}

TEST_F(Inferencer, ServesTheNewestModelThatWorksAndDescribesIt) {
  v1::GetModelResponse model;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->GetModel(&context, {}, &model).ok());
  EXPECT_EQ(model.version(), "2");
  EXPECT_THAT(model.exercises(), ElementsAre("squat", "push_up"));
  EXPECT_EQ(model.layout(), "coco_20");
  EXPECT_EQ(model.rate_hz(), 30);
  EXPECT_EQ(model.window_frames(), 100u);
  EXPECT_THAT(model.coached_exercises(), IsSupersetOf({"lunge", "plank", "push_up", "squat"}));
  EXPECT_THAT(server_->Log(), HasSubstr("model refused"));
}

TEST_F(Inferencer, TerminationInMidStreamLetsItFinishAndExitsWithZero) {
  grpc::ClientContext context;
  const auto stream = stub_->InferStream(&context);
  const std::vector<skeleton::Pose> poses = WavingPoses(30, 2);
  stream->Write(ConfigRequest());
  for (std::size_t i = 0; i + 1 < poses.size(); ++i) stream->Write(PoseRequest(poses[i]));
  // Only a stream that the server knows can be waited for.
  while (HttpGet(server_->metrics_port(), "/metrics").find("trackfit_poses_total 59") == std::string::npos) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  server_->SendTerm();
  while (CheckHealth(channel_, kName) == "SERVING") std::this_thread::sleep_for(std::chrono::milliseconds(5));
  stream->Write(PoseRequest(poses.back()));
  stream->WritesDone();
  std::vector<uint64_t> assessed;
  for (Response response; stream->Read(&response);) {
    if (response.has_assessment()) assessed.push_back(response.assessment().last_sequence());
  }
  EXPECT_THAT(assessed, ElementsAre(59));
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(server_->Wait(), 0);
}

TEST_F(Inferencer, TerminationWhileItLoadsItsModelEndsWithZero) {
  ServerProcess loading("trackfit-inferencer", {"--model-repository", Repository().string()},
                        ServerProcess::Await::kNothing);
  while (loading.Log().find("BLAS") == std::string::npos) {  // logged before the model is loaded
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  loading.SendTerm();
  EXPECT_EQ(loading.Wait(), 0);
}

TEST_F(Inferencer, SaysThatItIsServingAndShowsItsMetrics) {
  EXPECT_EQ(CheckHealth(channel_, ""), "SERVING");
  EXPECT_EQ(CheckHealth(channel_, kName), "SERVING");
  InferAlone(Requests(WavingPoses(30, 2)));
  const std::string page = HttpGet(server_->metrics_port(), "/metrics");
  EXPECT_THAT(page, HasSubstr("trackfit_model_info{model=\"inferencer_test_" + std::to_string(getpid()) +
                              "\",model_version=\"2\"} 1"));
  EXPECT_THAT(page, HasSubstr("trackfit_poses_total 60"));
  EXPECT_THAT(page, HasSubstr("trackfit_inference_seconds_count 1"));
  EXPECT_THAT(page, HasSubstr("trackfit_windows_assessed_total"));
  EXPECT_THAT(page, HasSubstr("trackfit_blas_gflops"));
}

}  // namespace
}  // namespace trackfit
