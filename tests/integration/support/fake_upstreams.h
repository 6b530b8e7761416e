// Stand-ins for the servers behind the gateway, over real sockets: quick, deterministic, and easily killed.
#ifndef TRACKFIT_TESTS_INTEGRATION_SUPPORT_FAKE_UPSTREAMS_H_
#define TRACKFIT_TESTS_INTEGRATION_SUPPORT_FAKE_UPSTREAMS_H_

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <trackfit/v1/extractor.grpc.pb.h>
#include <trackfit/v1/inferencer.grpc.pb.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "assessment/window_session.h"
#include "contract/convert.h"
#include "rpc/status.h"
#include "support/scripted_assessor.h"

namespace trackfit::testing {

// A server that can be killed and started again on the same port.
template <class Service>
class FakeServer {
 public:
  explicit FakeServer(
      std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials())
      : credentials_(std::move(credentials)) {
    Start();
  }
  ~FakeServer() { Kill(); }

  void Start() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port_), credentials_, &port_);
    builder.SetMaxReceiveMessageSize(-1);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }
  // All its streams break at once.
  void Kill() {
    if (server_) server_->Shutdown(std::chrono::system_clock::now());
    server_.reset();
  }

  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  Service& service() { return service_; }

 private:
  const std::shared_ptr<grpc::ServerCredentials> credentials_;
  int port_ = 0;
  Service service_;
  std::unique_ptr<grpc::Server> server_;
};

// Kills a server and starts it again, as its supervisor does, whenever its service is dying.
template <class Service>
class Undertaker {
 public:
  explicit Undertaker(FakeServer<Service>& server)
      : thread_([&server](const std::stop_token& stop) {
          for (int deaths = 0; !stop.stop_requested();) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            if (server.service().dying == deaths) continue;
            deaths = server.service().dying;
            server.Kill();
            server.Start();
          }
        }) {}

 private:
  std::jthread thread_;
};

struct StreamCount {
  std::atomic<int> streams = 0;  // since the beginning
  std::atomic<int> open = 0;     // at the moment
};

// One stream of a service, while it lives.
class OpenStream {
 public:
  explicit OpenStream(StreamCount& count) : count_(count) {
    ++count_.streams;
    ++count_.open;
  }
  OpenStream(const OpenStream&) = delete;
  OpenStream& operator=(const OpenStream&) = delete;
  ~OpenStream() { --count_.open; }

 private:
  StreamCount& count_;
};

// A server that is frozen, until `hangs` is taken back or its stream ends. True while it goes on.
inline bool ThawOrEnd(const grpc::ServerContext& context, const std::atomic<bool>& hangs,
                      std::atomic<int>& frozen) {
  if (hangs) ++frozen;
  while (hangs && !context.IsCancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return !context.IsCancelled();
}

inline void AwaitDeath(const grpc::ServerContext& context, std::atomic<int>& dying) {
  ++dying;
  while (!context.IsCancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

// Sees in every picture a pose that depends on its bytes; "corrupt" is an invalid frame, "nobody" an empty
// one. "failure" is one over which the engine fails, and with "deadly" the stream waits for the death of the
// server, which a test brings about.
class FakeExtractor final : public v1::ExtractorService::Service, public StreamCount {
 public:
  grpc::Status ExtractStream(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::ExtractStreamResponse, v1::ExtractStreamRequest>* stream) override {
    const OpenStream counted(*this);
    deadline = context->deadline();
    stream->SendInitialMetadata();  // as our servers do
    for (v1::ExtractStreamRequest request; stream->Read(&request);) {
      if (request.has_config()) continue;
      if (request.frame().encoded() == "failure") return {grpc::StatusCode::INTERNAL, "the engine fails"};
      if (request.frame().encoded() == "deadly") AwaitDeath(*context, dying);
      std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
      if (!ThawOrEnd(*context, hangs, frozen)) break;
      v1::ExtractStreamResponse response;
      *response.mutable_result() = See(request.frame());
      ++frames;
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

  std::atomic<int> frames = 0;
  std::atomic<int> pause_ms = 0;
  std::atomic<bool> hangs = false;                                // over frames
  std::atomic<int> frozen = 0;                                    // how often it did
  std::atomic<int> dying = 0;                                     // how often it got something deadly
  std::atomic<std::chrono::system_clock::time_point> deadline{};  // of the latest stream

 private:
  static v1::FrameResult See(const v1::Frame& frame) {
    v1::FrameResult result;
    result.set_sequence(frame.sequence());
    if (frame.encoded() == "corrupt") {
      result.set_status(v1::FRAME_STATUS_INVALID_FRAME);
      result.set_detail("frame.encoded is no picture");
      return result;
    }
    if (frame.encoded() == "nobody") {
      result.set_status(v1::FRAME_STATUS_NO_POSE);
      return result;
    }
    result.set_status(v1::FRAME_STATUS_POSE);
    v1::Pose& pose = *result.mutable_pose();
    pose.set_sequence(frame.sequence());
    pose.set_timestamp_us(frame.timestamp_us());
    pose.set_score(0.9F);
    const auto shade = static_cast<float>(std::hash<std::string>()(frame.encoded()) % 1000);
    for (int j = 0; j < skeleton::kJointCount; ++j) {
      v1::Landmark& landmark = *pose.add_landmarks();
      landmark.set_x(shade / 1000);
      landmark.set_y(static_cast<float>(frame.sequence() % 30) / 30);
      landmark.set_visibility(0.9F);
      landmark.set_presence(0.9F);
    }
    return result;
  }
};

// As sure of a squat as the mean of the window says.
inline assessment::Assessment JudgeByMean(std::span<const skeleton::Pose> window,
                                          const std::string& expected) {
  float mean = 0;
  for (const auto& pose : window) {
    mean += (pose.landmarks[0].x + pose.landmarks[0].y) / 2 / static_cast<float>(window.size());
  }
  return SureOfSquat(mean, expected);
}

// Dies, as the extractor does, of a window with the pose whose sequence is `deadly`.
class FakeInferencer final : public v1::InferencerService::Service, public StreamCount {
 public:
  grpc::Status InferStream(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::InferStreamResponse, v1::InferStreamRequest>* stream) override {
    const OpenStream counted(*this);
    deadline = context->deadline();
    stream->SendInitialMetadata();
    v1::InferStreamRequest request;
    if (!stream->Read(&request)) return grpc::Status::OK;
    auto session = assessment::WindowSession::Create(
        assessor_, contract::FromProto(request.config().window()), request.config().expected_exercise());
    if (!session.ok()) return rpc::ToGrpcStatus(session.status());
    while (stream->Read(&request)) {
      const auto pose = contract::FromProto(request.pose());
      if (!pose.ok()) return rpc::ToGrpcStatus(pose.status());
      const auto assessments = session->Push(*pose);
      if (!assessments.ok()) return rpc::ToGrpcStatus(assessments.status());
      for (const auto& assessment : *assessments) {
        if (!ThawOrEnd(*context, hangs, frozen)) return grpc::Status::CANCELLED;
        if (assessment.first_sequence <= deadly && deadly <= assessment.last_sequence) {
          AwaitDeath(*context, dying);
        }
        Write(*stream, assessment);
      }
      ++poses;
    }
    const auto last = session->Finish();
    if (last.ok() && *last) Write(*stream, **last);
    return grpc::Status::OK;
  }

  grpc::Status GetModel(grpc::ServerContext* /*context*/, const v1::GetModelRequest* /*request*/,
                        v1::GetModelResponse* response) override {
    response->set_version(assessor_->model_version());
    for (const auto& exercise : assessor_->exercises()) response->add_exercises(exercise);
    response->set_layout(assessor_->layout());
    response->set_rate_hz(assessor_->rate_hz());
    response->set_window_frames(100);
    return grpc::Status::OK;
  }

  std::atomic<int> poses = 0;
  std::atomic<bool> hangs = false;  // over windows
  std::atomic<int> frozen = 0;      // how often it did
  std::atomic<uint64_t> deadly = std::numeric_limits<uint64_t>::max();
  std::atomic<int> dying = 0;                                     // how often it got something deadly
  std::atomic<std::chrono::system_clock::time_point> deadline{};  // of the latest stream

 private:
  static void Write(grpc::ServerReaderWriter<v1::InferStreamResponse, v1::InferStreamRequest>& stream,
                    const assessment::Assessment& assessment) {
    v1::InferStreamResponse response;
    *response.mutable_assessment() = contract::ToProto(assessment);
    stream.Write(response);
  }

  const std::shared_ptr<const assessment::Assessor> assessor_ =
      std::make_shared<ScriptedAssessor>(JudgeByMean, "7");
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_INTEGRATION_SUPPORT_FAKE_UPSTREAMS_H_
