// The extractor as a real process over real sockets, with pictures of a rendered figure.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <trackfit/v1/extractor.grpc.pb.h>

#include <filesystem>
#include <memory>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "integration/support/http_get.h"
#include "integration/support/server_process.h"
#include "support/health_client.h"
#include "support/stage.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"
#include "synthesis/renderer.h"

namespace trackfit {
namespace {

using testing::CheckHealth;
using ::testing::HasSubstr;
using testing::HttpGet;
using testing::ServerProcess;
using Request = v1::ExtractStreamRequest;
using Response = v1::ExtractStreamResponse;
using Stream = grpc::ClientReaderWriter<Request, Response>;

constexpr int kFrames = 12;
const char* const kName = v1::ExtractorService::service_full_name();

v1::Frame MakeFrame(int index, const std::string& encoded) {
  v1::Frame frame;
  frame.set_sequence(static_cast<uint64_t>(index));
  frame.set_timestamp_us(index * 33333);
  frame.set_encoded(encoded);
  return frame;
}

Request MakeRequest(int index, const std::string& encoded) {
  Request request;
  *request.mutable_frame() = MakeFrame(index, encoded);
  return request;
}

std::vector<std::string> RenderJpegs(const std::string& exercise) {
  const auto motion = synthesis::SynthesizeMotion({.exercise = exercise, .repetitions = 1, .fps = 10});
  const auto cameras = synthesis::MakeCameraPath(synthesis::ShowcaseCamera(*motion, 1), *motion);
  const synthesis::Renderer renderer(*motion, synthesis::DrawAppearance(1));
  std::vector<std::string> jpegs;
  for (int frame = 0; frame < kFrames; ++frame) {
    const auto image = renderer.Render(frame, (*cameras)[static_cast<std::size_t>(frame)]);
    std::vector<unsigned char> bytes;
    cv::imencode(".jpg", *image, bytes);
    jpegs.emplace_back(bytes.begin(), bytes.end());
  }
  return jpegs;
}

Request PeopleRequest(uint32_t max_people) {
  Request request;
  request.mutable_config()->set_max_people(max_people);
  return request;
}

std::string TwoPeopleJpeg() {
  const testing::Stage stage;
  const testing::Mannequin left("standing_idle", 1), right("standing_idle", 2);
  const cv::Mat picture = stage.Render(0, {{&left, {.right = -0.8}}, {&right, {.right = 0.8}}});
  std::vector<unsigned char> bytes;
  cv::imencode(".jpg", picture, bytes);
  return {bytes.begin(), bytes.end()};
}

// One request, one response.
v1::FrameResult Ask(Stream& stream, const Request& request) {
  Response response;
  EXPECT_TRUE(stream.Write(request));
  EXPECT_TRUE(stream.Read(&response));
  return response.result();
}

class Extractor : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    squat_ = new std::vector(RenderJpegs("squat"));
    push_up_ = new std::vector(RenderJpegs("push_up"));
  }
  static void TearDownTestSuite() {
    delete std::exchange(squat_, nullptr);
    delete std::exchange(push_up_, nullptr);
  }

  void SetUp() override {
    if (!std::filesystem::exists("deploy/models/blazepose/pose_detection.tflite")) {
      GTEST_SKIP() << "no BlazePose weights; run tools/setup";
    }
  }

  void TearDown() override {
    if (server_) server_->Stop();
  }

  void StartServer(std::vector<std::string> flags = {}) {
    flags.insert(flags.end(), {"--model", "lite", "--workers", "2"});
    server_ = std::make_unique<ServerProcess>("trackfit-extractor", std::move(flags));
    ASSERT_NE(server_->port(), 0);
    channel_ = grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials());
    stub_ = v1::ExtractorService::NewStub(channel_);
  }

  // The results of a clip sent alone on a stream of its own, as bytes.
  std::vector<std::string> ExtractAlone(const std::vector<std::string>& jpegs) {
    grpc::ClientContext context;
    const auto stream = stub_->ExtractStream(&context);
    std::thread writer([&] {
      for (int i = 0; i < kFrames; ++i) stream->Write(MakeRequest(i, jpegs[static_cast<std::size_t>(i)]));
      stream->WritesDone();
    });
    std::vector<std::string> results;
    for (Response response; stream->Read(&response);)
      results.push_back(response.result().SerializeAsString());
    writer.join();
    EXPECT_TRUE(stream->Finish().ok());
    return results;
  }

  static std::vector<std::string>* squat_;
  static std::vector<std::string>* push_up_;
  std::unique_ptr<ServerProcess> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::ExtractorService::Stub> stub_;
};

std::vector<std::string>* Extractor::squat_ = nullptr;
std::vector<std::string>* Extractor::push_up_ = nullptr;

TEST_F(Extractor, FindsThePersonInEveryFrameInOrder) {
  StartServer();
  const std::vector<std::string> results = ExtractAlone(*squat_);
  ASSERT_EQ(results.size(), static_cast<std::size_t>(kFrames));
  for (int i = 0; i < kFrames; ++i) {
    v1::FrameResult result;
    ASSERT_TRUE(result.ParseFromString(results[static_cast<std::size_t>(i)]));
    EXPECT_EQ(result.sequence(), static_cast<uint64_t>(i));
    ASSERT_EQ(result.status(), v1::FRAME_STATUS_POSE) << result.detail();
    EXPECT_EQ(result.pose().sequence(), static_cast<uint64_t>(i));
    EXPECT_EQ(result.pose().timestamp_us(), i * 33333);
    EXPECT_EQ(result.pose().landmarks_size(), 33);
    EXPECT_EQ(result.pose().world_landmarks_size(), 33);
    EXPECT_GT(result.pose().image_width(), 0u);
  }
}

TEST_F(Extractor, InterleavedSessionsGiveExactlyWhatEachGivesAlone) {
  StartServer();
  const std::vector<std::string> squat_alone = ExtractAlone(*squat_);
  const std::vector<std::string> push_up_alone = ExtractAlone(*push_up_);

  grpc::ClientContext squat_context;
  grpc::ClientContext push_up_context;
  const auto squat = stub_->ExtractStream(&squat_context);
  const auto push_up = stub_->ExtractStream(&push_up_context);
  for (std::size_t i = 0; i < kFrames; ++i) {
    const int index = static_cast<int>(i);
    squat->Write(MakeRequest(index, (*squat_)[i]));
    push_up->Write(MakeRequest(index, (*push_up_)[i]));
    Response response;
    ASSERT_TRUE(push_up->Read(&response));
    EXPECT_EQ(response.result().SerializeAsString(), push_up_alone[i]) << "push-up, frame " << i;
    ASSERT_TRUE(squat->Read(&response));
    EXPECT_EQ(response.result().SerializeAsString(), squat_alone[i]) << "squat, frame " << i;
  }
}

TEST_F(Extractor, FindsThePersonInEveryRawFormat) {
  StartServer();
  const std::string& jpeg = squat_->front();
  const cv::Mat bgr = cv::imdecode(std::vector<char>(jpeg.begin(), jpeg.end()), cv::IMREAD_COLOR);
  cv::Mat rgb, grey, i420, nv12;
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  cv::cvtColor(bgr, grey, cv::COLOR_BGR2GRAY);
  cv::cvtColor(bgr, i420, cv::COLOR_BGR2YUV_I420);
  nv12 = i420.clone();
  const int quarter = bgr.cols * bgr.rows / 4;
  for (int i = 0; i < quarter; ++i) {
    nv12.ptr(bgr.rows)[2 * i] = i420.ptr(bgr.rows)[i];
    nv12.ptr(bgr.rows)[2 * i + 1] = i420.ptr(bgr.rows)[quarter + i];
  }
  const std::pair<v1::RawImage::PixelFormat, cv::Mat> pictures[] = {{v1::RawImage::PIXEL_FORMAT_BGR, bgr},
                                                                    {v1::RawImage::PIXEL_FORMAT_RGB, rgb},
                                                                    {v1::RawImage::PIXEL_FORMAT_GRAY, grey},
                                                                    {v1::RawImage::PIXEL_FORMAT_NV12, nv12},
                                                                    {v1::RawImage::PIXEL_FORMAT_I420, i420}};
  std::optional<v1::Landmark> nose;
  for (const auto& [format, pixels] : pictures) {
    v1::ExtractRequest request;
    v1::RawImage& raw = *request.mutable_frame()->mutable_raw();
    raw.set_width(static_cast<uint32_t>(bgr.cols));
    raw.set_height(static_cast<uint32_t>(bgr.rows));
    raw.set_format(format);
    raw.set_stride(static_cast<uint32_t>(pixels.step));
    raw.set_data(pixels.data, pixels.total() * pixels.elemSize());
    v1::ExtractResponse response;
    grpc::ClientContext context;
    ASSERT_TRUE(stub_->Extract(&context, request, &response).ok());
    ASSERT_EQ(response.result().status(), v1::FRAME_STATUS_POSE) << format << response.result().detail();
    const v1::Landmark& found = response.result().pose().landmarks(0);
    if (!nose) nose = found;
    EXPECT_NEAR(found.x(), nose->x(), 0.01) << format;
    EXPECT_NEAR(found.y(), nose->y(), 0.01) << format;
  }
}

TEST_F(Extractor, UnusablePicturesAreAnsweredAndTheStreamGoesOn) {
  StartServer({"--max-image-pixels", "400000", "--max-frame-bytes", "200000"});
  grpc::ClientContext context;
  const auto stream = stub_->ExtractStream(&context);
  const std::string& good = squat_->front();

  EXPECT_EQ(Ask(*stream, MakeRequest(0, good)).status(), v1::FRAME_STATUS_POSE);
  const v1::FrameResult corrupt = Ask(*stream, MakeRequest(1, good.substr(0, good.size() / 2)));
  EXPECT_EQ(corrupt.status(), v1::FRAME_STATUS_INVALID_FRAME);
  EXPECT_EQ(corrupt.sequence(), 1u);
  EXPECT_THAT(corrupt.detail(), HasSubstr("frame.encoded"));

  std::vector<unsigned char> large;
  cv::imencode(".png", cv::Mat(1000, 1000, CV_8UC3, cv::Scalar::all(0)), large);
  const v1::FrameResult oversize = Ask(*stream, MakeRequest(2, std::string(large.begin(), large.end())));
  EXPECT_EQ(oversize.status(), v1::FRAME_STATUS_INVALID_FRAME);
  EXPECT_THAT(oversize.detail(), HasSubstr("at most 400000"));

  const v1::FrameResult heavy = Ask(*stream, MakeRequest(3, std::string(200'001, 'x')));
  EXPECT_EQ(heavy.status(), v1::FRAME_STATUS_INVALID_FRAME);
  EXPECT_THAT(heavy.detail(), HasSubstr("frame.encoded has 200001 bytes; at most 200000"));

  Request missing = MakeRequest(4, "");
  missing.mutable_frame()->clear_image();
  EXPECT_THAT(Ask(*stream, missing).detail(), HasSubstr("frame.image is missing"));

  Request raw = MakeRequest(5, "");
  raw.mutable_frame()->mutable_raw()->set_width(64);
  raw.mutable_frame()->mutable_raw()->set_height(64);
  raw.mutable_frame()->mutable_raw()->set_format(v1::RawImage::PIXEL_FORMAT_RGB);
  raw.mutable_frame()->mutable_raw()->set_data("too few");
  EXPECT_THAT(Ask(*stream, raw).detail(), HasSubstr("frame.raw.data has 7 bytes"));

  const v1::FrameResult without_end = Ask(*stream, MakeRequest(6, good.substr(0, good.size() - 2)));
  EXPECT_EQ(without_end.status(), v1::FRAME_STATUS_POSE);
  EXPECT_THAT(without_end.detail(), HasSubstr("without its last bytes"));

  const v1::FrameResult sound = Ask(*stream, MakeRequest(7, good));
  EXPECT_EQ(sound.status(), v1::FRAME_STATUS_POSE);
  EXPECT_EQ(sound.detail(), "");
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(Extractor, BrokenOrderEndsTheStreamNamingTheField) {
  StartServer();
  {
    grpc::ClientContext context;
    const auto stream = stub_->ExtractStream(&context);
    Ask(*stream, MakeRequest(5, squat_->front()));
    stream->Write(MakeRequest(4, squat_->front()));
    const grpc::Status status = stream->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_THAT(status.error_message(),
                HasSubstr("frame.sequence is 4; it must be greater than the one before, 5"));
  }
  {
    grpc::ClientContext context;
    const auto stream = stub_->ExtractStream(&context);
    stream->Write(Request());
    EXPECT_THAT(stream->Finish().error_message(), HasSubstr("frame is missing"));
  }
}

TEST_F(Extractor, TimestampThatDoesNotIncreaseIsAnInvalidFrameAndTheStreamGoesOn) {
  StartServer();
  grpc::ClientContext context;
  const auto stream = stub_->ExtractStream(&context);
  Ask(*stream, MakeRequest(1, squat_->front()));
  Request request = MakeRequest(2, squat_->front());
  request.mutable_frame()->set_timestamp_us(33333);
  const v1::FrameResult late = Ask(*stream, request);
  EXPECT_EQ(late.status(), v1::FRAME_STATUS_INVALID_FRAME);
  EXPECT_THAT(late.detail(), HasSubstr("timestamp does not increase: frame.timestamp_us is 33333"));
  EXPECT_EQ(Ask(*stream, MakeRequest(3, squat_->front())).status(), v1::FRAME_STATUS_POSE);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

// Sends the requests and gives how the stream ends.
grpc::Status EndOf(v1::ExtractorService::Stub& stub, const std::vector<Request>& requests) {
  grpc::ClientContext context;
  const auto stream = stub.ExtractStream(&context);
  for (const Request& request : requests) stream->Write(request);
  stream->WritesDone();
  for (Response response; stream->Read(&response);) {
  }
  return stream->Finish();
}

TEST_F(Extractor, LooksOnlyAtTheNewestFrameWhereTheConfigurationSaysSo) {
  StartServer();
  grpc::ClientContext context;
  const auto stream = stub_->ExtractStream(&context);
  Request config;
  config.mutable_config()->set_newest_only(true);
  stream->Write(config);
  std::thread writer([&] {  // all at once
    for (int i = 0; i < kFrames; ++i) stream->Write(MakeRequest(i, (*squat_)[static_cast<std::size_t>(i)]));
    stream->WritesDone();
  });
  uint64_t answered = 0, dropped = 0;
  v1::FrameStatus last = v1::FRAME_STATUS_UNSPECIFIED;
  for (Response response; stream->Read(&response);) {
    EXPECT_EQ(response.result().sequence(), answered++);
    last = response.result().status();
    EXPECT_THAT(last, ::testing::AnyOf(v1::FRAME_STATUS_POSE, v1::FRAME_STATUS_DROPPED));
    dropped += last == v1::FRAME_STATUS_DROPPED ? 1 : 0;
  }
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(answered, static_cast<uint64_t>(kFrames));
  EXPECT_GT(dropped, 0U);
  EXPECT_EQ(last, v1::FRAME_STATUS_POSE) << "the newest";
}

TEST_F(Extractor, FindsLandmarksWithTheModelThatTheConfigurationNames) {
  StartServer({"--session-models", "full"});
  const auto landmarks = [this](v1::PoseModel model) {
    grpc::ClientContext context;
    const auto stream = stub_->ExtractStream(&context);
    Request config;
    config.mutable_config()->set_pose_model(model);
    stream->Write(config);
    stream->Write(MakeRequest(0, squat_->front()));
    stream->WritesDone();
    Response response;
    stream->Read(&response);
    const grpc::Status status = stream->Finish();
    return status.ok() ? response.result().pose().SerializeAsString() : status.error_message();
  };
  const std::string lite = landmarks(v1::POSE_MODEL_LITE);
  EXPECT_EQ(landmarks(v1::POSE_MODEL_UNSPECIFIED), lite) << "--model";
  EXPECT_NE(landmarks(v1::POSE_MODEL_FULL), lite);
  EXPECT_EQ(landmarks(v1::POSE_MODEL_HEAVY),
            "config.pose_model is POSE_MODEL_HEAVY; the server has POSE_MODEL_LITE and POSE_MODEL_FULL");
}

TEST_F(Extractor, NumbersAsManyPeopleAsTheConfigurationSays) {
  StartServer();
  const std::string two = TwoPeopleJpeg();
  grpc::ClientContext context, second_context;
  const auto stream = stub_->ExtractStream(&context);
  stream->Write(PeopleRequest(2));
  for (int i = 0; i < 3; ++i) {
    const v1::FrameResult result = Ask(*stream, MakeRequest(i, two));
    EXPECT_EQ(result.sequence(), static_cast<uint64_t>(i)) << "the configuration has no response";
    EXPECT_EQ(result.pose().person_id(), 1u);
    ASSERT_EQ(result.other_poses_size(), 1);
    EXPECT_EQ(result.other_poses(0).person_id(), 2u);
    EXPECT_EQ(result.other_poses(0).landmarks_size(), 33);
    EXPECT_EQ(result.other_poses(0).sequence(), static_cast<uint64_t>(i));
  }
  const auto alone = stub_->ExtractStream(&second_context);
  const v1::FrameResult result = Ask(*alone, MakeRequest(0, two));
  EXPECT_EQ(result.pose().person_id(), 1u);
  EXPECT_EQ(result.other_poses_size(), 0);
}

TEST_F(Extractor, RefusesABrokenOrLateConfigurationNamingTheField) {
  StartServer();
  const auto message_of = [this](const std::vector<Request>& requests) {
    const grpc::Status status = EndOf(*stub_, requests);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    return status.error_message();
  };
  EXPECT_EQ(message_of({PeopleRequest(99)}), "config.max_people is 99; it must be within [1, 8]");
  EXPECT_THAT(message_of({PeopleRequest(2), PeopleRequest(2)}), HasSubstr("config came late"));
  EXPECT_THAT(message_of({MakeRequest(0, squat_->front()), PeopleRequest(2)}), HasSubstr("config came late"));
}

TEST_F(Extractor, AnswersASinglePicture) {
  StartServer();
  v1::ExtractRequest request;
  *request.mutable_frame() = MakeFrame(9, squat_->front());
  v1::ExtractResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->Extract(&context, request, &response).ok());
  EXPECT_EQ(response.result().sequence(), 9u);
  EXPECT_EQ(response.result().status(), v1::FRAME_STATUS_POSE);

  request.mutable_frame()->set_encoded("garbage");
  grpc::ClientContext second_context;
  ASSERT_TRUE(stub_->Extract(&second_context, request, &response).ok());
  EXPECT_EQ(response.result().status(), v1::FRAME_STATUS_INVALID_FRAME);
}

TEST_F(Extractor, TerminationInMidStreamLetsItFinishAndExitsWithZero) {
  StartServer();
  grpc::ClientContext context;
  const auto stream = stub_->ExtractStream(&context);
  Ask(*stream, MakeRequest(0, squat_->front()));
  server_->SendTerm();
  while (CheckHealth(channel_, kName) == "SERVING") std::this_thread::sleep_for(std::chrono::milliseconds(5));
  // A question that arrives just as the server shuts down may be cancelled; after that there is nobody.
  std::string health = CheckHealth(channel_, kName);
  for (int attempt = 0; attempt < 20 && health != "UNAVAILABLE"; ++attempt) {
    EXPECT_NE(health, "SERVING");
    health = CheckHealth(channel_, kName);
  }
  EXPECT_EQ(health, "UNAVAILABLE");
  EXPECT_EQ(Ask(*stream, MakeRequest(1, squat_->front())).status(), v1::FRAME_STATUS_POSE);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(server_->Wait(), 0);
}

TEST_F(Extractor, TerminationEndsAStreamThatOutstaysTheGracePeriod) {
  StartServer({"--drain-grace", "0.3"});
  grpc::ClientContext context;
  const auto stream = stub_->ExtractStream(&context);
  Ask(*stream, MakeRequest(0, squat_->front()));
  server_->SendTerm();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(server_->Wait(), 0);
  EXPECT_THAT(server_->Log(), HasSubstr("ending streams after the grace period"));
}

TEST_F(Extractor, RefusesTheSessionTooManyAndCountsIt) {
  StartServer({"--max-sessions", "1"});
  grpc::ClientContext context;
  const auto stream = stub_->ExtractStream(&context);
  Ask(*stream, MakeRequest(0, squat_->front()));
  grpc::ClientContext refused_context;
  EXPECT_EQ(stub_->ExtractStream(&refused_context)->Finish().error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(refused_context.GetServerTrailingMetadata().count("retry-after-ms"), 1u);
  EXPECT_THAT(HttpGet(server_->metrics_port(), "/metrics"),
              HasSubstr("trackfit_calls_total{code=\"RESOURCE_EXHAUSTED\",method=\"ExtractStream\"} 1"));
}

TEST_F(Extractor, SaysThatItIsServingAndShowsItsMetrics) {
  StartServer();
  EXPECT_EQ(CheckHealth(channel_, ""), "SERVING");
  EXPECT_EQ(CheckHealth(channel_, kName), "SERVING");
  ExtractAlone(*squat_);
  const std::string page = HttpGet(server_->metrics_port(), "/metrics");
  EXPECT_THAT(page, HasSubstr("trackfit_frames_total{status=\"pose\"} " + std::to_string(kFrames)));
  for (const char* family :
       {"trackfit_build_info", "trackfit_calls_started_total", "trackfit_call_duration_seconds_bucket",
        "trackfit_workers", "trackfit_sessions_active", "trackfit_sessions_limit", "trackfit_queue_size",
        "trackfit_queue_wait_seconds_bucket", "trackfit_decode_seconds_bucket",
        "trackfit_pose_seconds_bucket"}) {
    EXPECT_THAT(page, HasSubstr(family));
  }
}

}  // namespace
}  // namespace trackfit
